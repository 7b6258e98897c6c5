import struct Crypto.SHA256

/// What whoever bears a token has of it, and shows: the one secret of it, which the store does not keep.
///
/// ```text
/// touchlog_auditor_k7m2p9xq4d_0Zp…43 digits…aT1Bf9Qc
/// └───┬──┘ └──┬──┘ └───┬────┘ └────────┬────────┘└─┬──┘
///   fixed    role     id, 10     secret, 43    checksum, 6
/// ```
///
/// Letters, digits and `_` alone: it needs no escaping in a URL or a shell, and a double click selects it whole. Secret
/// and checksum are digits of base 62 (`0–9A–Za–z`). The secret has 43, drawn one by one, which is 256 random bits. The
/// checksum is the first 32 bits of SHA-256 over all that stands before it, so a scanner for leaked secrets can tell a
/// token from what looks like one without asking anybody:
/// `touchlog_(adapter|analyst|auditor|admin)_[a-km-np-z2-9]{10}_[0-9A-Za-z]{49}`.
struct TokenText: Sendable {
  /// The whole text.
  let text: String
  /// The role's word.
  let role: String
  /// The token's id.
  let id: String

  private static let prefix = "touchlog"
  private static let idLength = 10
  private static let secretLength = 43
  private static let checksumLength = 6
  private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
  /// Without those that are taken for one another, as ids are typed.
  private static let idDigits = Array("abcdefghijkmnpqrstuvwxyz23456789".utf8)

  /// A new token's, from the system's random numbers.
  init(role: String) {
    var generator = SystemRandomNumberGenerator()
    func draw(_ count: Int, from digits: [UInt8]) -> String {
      let drawn = (0..<count).map { _ in digits[Int.random(in: digits.indices, using: &generator)] }
      return String(decoding: drawn, as: UTF8.self)
    }
    self.role = role
    id = draw(TokenText.idLength, from: TokenText.idDigits)
    let body = "\(TokenText.prefix)_\(role)_\(id)_\(draw(TokenText.secretLength, from: TokenText.digits))"
    text = body + TokenText.checksum(of: body)
  }

  /// What somebody shows; nil for what cannot be a token, by its form or its checksum.
  init?(_ text: String) {
    let longest = 128
    guard text.utf8.count <= longest else { return nil }
    // By bytes, so that no mark that combines with a letter is taken for a part of it.
    let parts = text.utf8.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0].elementsEqual(TokenText.prefix.utf8),
      let role = TokenRole.words.first(where: { $0.utf8.elementsEqual(parts[1]) }),
      parts[2].count == TokenText.idLength, parts[2].allSatisfy(TokenText.idDigits.contains),
      parts[3].count == TokenText.secretLength + TokenText.checksumLength,
      parts[3].allSatisfy(TokenText.digits.contains)
    else { return nil }
    let body = String(decoding: text.utf8.dropLast(TokenText.checksumLength), as: UTF8.self)
    guard text == body + TokenText.checksum(of: body) else { return nil }
    self.text = text
    self.role = role
    id = String(decoding: parts[2], as: UTF8.self)
  }

  /// SHA-256 of the text, 32 bytes.
  var digest: [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

  static func isID(_ text: String) -> Bool { text.utf8.count == idLength && text.utf8.allSatisfy(idDigits.contains) }

  static func checksum(of body: String) -> String {
    var rest = SHA256.hash(data: Array(body.utf8)).prefix(4).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    var reversed: [UInt8] = []
    for _ in 0..<checksumLength {
      reversed.append(digits[Int(rest % 62)])
      rest /= 62
    }
    return String(decoding: reversed.reversed(), as: UTF8.self)
  }
}
