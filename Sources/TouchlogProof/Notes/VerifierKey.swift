import Touchlog
import TouchlogStore

import enum Crypto.Curve25519

/// Whose signatures to believe: the public half of a `SigningKey`, which auditors are given.
///
/// Its text is `NAME+ID+KEY` as in C2SP signed-note and Go's golang.org/x/mod/sumdb/note: the key's name, eight
/// hexadecimal digits of the key's id, and, in base 64, the byte 1 for Ed25519 with the 32 bytes of the public key.
public struct VerifierKey: Sendable, CustomStringConvertible {
  /// Who signs, e.g. `bank.example/touchlog`.
  public let name: String
  /// The first four bytes of SHA-256(name ‖ newline ‖ 1 ‖ public key): a hint at the key, and no proof of it.
  public let id: UInt32
  private let publicKey: [UInt8]

  /// Ed25519's byte among the types of signatures.
  static let algorithm: UInt8 = 1
  static let keySize = 32
  static let signatureSize = 64

  /// A key by its parts.
  init(name: String, publicKey: [UInt8]) throws(ProofError) {
    guard VerifierKey.isName(name) else { throw .unusableName(name) }
    self.name = name
    self.publicKey = publicKey
    id = VerifierKey.id(name: name, publicKey: publicKey)
  }

  /// Reads a key's text, without anything around it.
  ///
  /// - Throws: `ProofError.malformedKey`; also for a signing key, which is to be given to nobody.
  public init(_ text: String) throws(ProofError) {
    guard !text.utf8.starts(with: SigningKey.prefix.utf8) else {
      throw .malformedKey(reason: "it is a signing key, which is secret. Verifying takes the verifier key that goes with it")
    }
    let (name, id, key) = try VerifierKey.parts(of: Array(text.utf8), expected: "NAME+ID+KEY")
    self = try VerifierKey(name: name, publicKey: key)
    guard self.id == id else { throw .malformedKey(reason: "its id is not that of its name and key") }
  }

  /// The parts of a key's text, that of a verifier and that of a signer behind its prefix.
  static func parts(
    of text: [UInt8], expected: String,
  ) throws(ProofError) -> (name: String, id: UInt32, key: [UInt8]) {
    let parts = text.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw .malformedKey(reason: "expected a key of the form \(expected)") }
    guard let name = String(validating: parts[0], as: UTF8.self), isName(name) else {
      throw .malformedKey(reason: "its name is empty, no UTF-8, or has spaces or control characters")
    }
    guard parts[1].count == 8, parts[1].allSatisfy(isLowercaseDigit),
      let id = UInt32(String(decoding: parts[1], as: UTF8.self), radix: 16)
    else { throw .malformedKey(reason: "its id is not eight hexadecimal digits in lower case") }
    guard let key = Base64.decode(parts[2]), let first = key.first else {
      throw .malformedKey(reason: "what follows its id is no base 64")
    }
    guard first == algorithm else { throw .malformedKey(reason: "it is not for Ed25519, but of type \(first)") }
    guard key.count == 1 + keySize else {
      throw .malformedKey(reason: "an Ed25519 key has \(keySize) bytes, not \(key.count - 1)")
    }
    return (name, id, Array(key.dropFirst()))
  }

  private static func isLowercaseDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }

  /// The key's text.
  public var description: String {
    "\(name)+\(idDigits)+\(Base64.encode([VerifierKey.algorithm] + publicKey))"
  }

  /// The id in eight hexadecimal digits.
  var idDigits: String {
    let digits = String(id, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// Whether some bytes are this key's signature of a text.
  func isSignature(_ signature: [UInt8], of text: String) -> Bool {
    guard signature.count == VerifierKey.signatureSize else { return false }
    do {
      return try Curve25519.Signing.PublicKey(rawRepresentation: publicKey)
        .isValidSignature(signature, for: Array(text.utf8))
    } catch {
      // Bytes that are no point of the curve have signed nothing.
      return false
    }
  }

  /// Whether a text can name a key: not empty, without Unicode's spaces, plus signs and control characters.
  package static func isName(_ text: String) -> Bool {
    !text.isEmpty
      && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "+" && !$0.properties.isWhitespace }
  }

  private static func id(name: String, publicKey: [UInt8]) -> UInt32 {
    let bytes = Array(name.utf8) + [UInt8(ascii: "\n"), algorithm] + publicKey
    return bytes.withUnsafeBytes { SHA256.digest(of: $0) }.withBytes {
      UInt32(bigEndian: $0.loadUnaligned(as: UInt32.self))
    }
  }
}

extension VerifierKey: Equatable {
  /// By the bytes of the text.
  public static func == (left: VerifierKey, right: VerifierKey) -> Bool {
    left.name.hasSameBytes(as: right.name) && left.publicKey == right.publicKey
  }
}
