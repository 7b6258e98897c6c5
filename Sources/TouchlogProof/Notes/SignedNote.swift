import Touchlog

/// A text and who signed it, after C2SP signed-note (https://c2sp.org/signed-note).
///
/// ```
/// bank.example/touchlog
/// 20852163
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
///
/// — bank.example/touchlog Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
/// ```
///
/// A note has one form: each other sequence of bytes is another note, or none. The text counts for nothing before
/// `verify(by:)` has passed.
public struct SignedNote: Sendable {
  /// What is signed; it ends in a newline.
  public let text: String
  /// Who says to have signed it, in order; at least one.
  public let signatures: [Signature]

  /// A line of the note: `— NAME SIGNATURE`.
  public struct Signature: Sendable {
    /// The name of the key.
    public let name: String
    /// The key's id, see `VerifierKey.id`.
    public let keyID: UInt32
    /// What the key made of the text.
    public let bytes: [UInt8]
  }

  /// The most bytes that a note may have.
  public static let maximumBytes = 1 << 20
  /// The most signatures that a note may have, as Go's reader has it; C2SP asks for 16 at least.
  public static let maximumSignatures = 100

  private static let dash = "\u{2014} "

  init(text: String, signatures: [Signature]) {
    self.text = text
    self.signatures = signatures
  }

  /// Reads a note.
  ///
  /// - Throws: `ProofError.malformedNote`.
  public init(_ bytes: some Collection<UInt8>) throws(ProofError) {
    guard bytes.count <= SignedNote.maximumBytes else {
      throw .malformedNote(reason: "it has \(bytes.count) bytes, more than \(SignedNote.maximumBytes)")
    }
    let bytes = Array(bytes)
    guard String(validating: bytes, as: UTF8.self) != nil else { throw .malformedNote(reason: "it is no UTF-8") }
    if let control = bytes.first(where: { $0 < 0x20 && $0 != SignedNote.newline }) {
      throw .malformedNote(reason: "it has a control character, byte \(control)")
    }
    guard let blank = SignedNote.lastBlankLine(in: bytes) else {
      throw .malformedNote(reason: "no blank line stands between a text and signatures")
    }
    guard blank + 1 < bytes.count, bytes.last == SignedNote.newline else {
      throw .malformedNote(reason: "it does not end in a line with a signature")
    }
    text = String(decoding: bytes[..<blank], as: UTF8.self)
    let lines = bytes[(blank + 1)...].dropLast().split(separator: SignedNote.newline, omittingEmptySubsequences: false)
    guard lines.count <= SignedNote.maximumSignatures else {
      throw .malformedNote(reason: "it has \(lines.count) signatures, more than \(SignedNote.maximumSignatures)")
    }
    signatures = try lines.map { (line) throws(ProofError) in try SignedNote.signature(of: line) }
  }

  private static let newline = UInt8(ascii: "\n")

  /// Where the last blank line's newline is.
  private static func lastBlankLine(in bytes: [UInt8]) -> Int? {
    bytes.indices.dropFirst().last { bytes[$0] == newline && bytes[$0 - 1] == newline }
  }

  private static func signature(of line: ArraySlice<UInt8>) throws(ProofError) -> Signature {
    guard line.starts(with: dash.utf8) else {
      throw .malformedNote(reason: "below the blank line a line begins without a dash (U+2014) and a space")
    }
    let words = line.dropFirst(dash.utf8.count)
      .split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(decoding: words[0], as: UTF8.self)
    guard words.count == 2, VerifierKey.isName(name) else {
      throw .malformedNote(reason: "a signature's line is not a dash, a key's name and base 64")
    }
    guard let bytes = Base64.decode(words[1]), bytes.count > 4 else {
      throw .malformedNote(reason: "the signature by \(name) is no base 64 of a key's id and a signature")
    }
    let id = bytes.withUnsafeBytes { UInt32(bigEndian: $0.loadUnaligned(as: UInt32.self)) }
    return Signature(name: name, keyID: id, bytes: Array(bytes.dropFirst(4)))
  }

  /// Refuses a text that cannot be signed.
  static func checkText(_ text: String) throws(ProofError) {
    guard text.utf8.last == newline else { throw .malformedNote(reason: "the text does not end in a newline") }
    guard text.utf8.allSatisfy({ $0 >= 0x20 || $0 == newline }) else {
      throw .malformedNote(reason: "the text has control characters")
    }
  }

  /// The note's one form.
  public var encoded: String {
    signatures.reduce(text + "\n") { encoded, signature in
      let id = withUnsafeBytes(of: signature.keyID.bigEndian) { Array($0) }
      return encoded + "\(SignedNote.dash)\(signature.name) \(Base64.encode(id + signature.bytes))\n"
    }
  }

  /// Sees whether a key has signed the text.
  ///
  /// Signatures by other keys are passed over, those that have the key's name and another id too.
  ///
  /// - Throws: `ProofError.unsigned` where no signature says to be by the key, `forged` where one does and is not.
  public func verify(by key: VerifierKey) throws(ProofError) {
    let own = signatures.filter { $0.keyID == key.id && $0.name.hasSameBytes(as: key.name) }
    guard !own.isEmpty else { throw .unsigned(by: key.name) }
    guard own.allSatisfy({ key.isSignature($0.bytes, of: text) }) else { throw .forged(by: key.name) }
  }
}
