public import TouchlogStore

import enum Crypto.Curve25519

/// The key with which a log signs its checkpoints and receipts, Ed25519 (RFC 8032). It lies outside the store, readable
/// by its owner only.
///
/// The file is one line of text, `PRIVATE+KEY+NAME+ID+KEY` as Go's golang.org/x/mod/sumdb/note has it: the name, eight
/// hexadecimal digits of the key's id, and, in base 64, the byte 1 with the 32 bytes of RFC 8032's private key. Whoever
/// has it can sign for the log; whoever loses it makes another, and gives auditors its verifier key.
public struct SigningKey: Sendable {
  /// What auditors are given.
  public let verifier: VerifierKey
  private let key: Curve25519.Signing.PrivateKey

  static let prefix = "PRIVATE+KEY+"

  /// A new key.
  ///
  /// - Parameter name: Who signs, e.g. `bank.example/touchlog`; of a log it is the checkpoints' origin.
  /// - Throws: `ProofError.unusableName`.
  public init(named name: String) throws(ProofError) {
    try self.init(name: name, key: Curve25519.Signing.PrivateKey())
  }

  private init(name: String, key: Curve25519.Signing.PrivateKey) throws(ProofError) {
    self.key = key
    verifier = try VerifierKey(name: name, publicKey: Array(key.publicKey.rawRepresentation))
  }

  /// Reads a key's text, without anything around it.
  ///
  /// - Throws: `ProofError.malformedKey`.
  public init(_ text: String) throws(ProofError) {
    let expected = "\(SigningKey.prefix)NAME+ID+KEY"
    guard text.utf8.starts(with: SigningKey.prefix.utf8) else {
      throw .malformedKey(reason: "expected a key of the form \(expected)")
    }
    let (name, id, seed) = try VerifierKey.parts(
      of: Array(text.utf8.dropFirst(SigningKey.prefix.utf8.count)), expected: expected)
    do {
      try self.init(name: name, key: Curve25519.Signing.PrivateKey(rawRepresentation: seed))
    } catch let error as ProofError {
      throw error
    } catch {
      throw .malformedKey(reason: "its bytes are no Ed25519 key")
    }
    guard verifier.id == id else { throw .malformedKey(reason: "its id is not that of its name and key") }
  }

  /// The key's text, which is secret.
  private var secretText: String {
    let bytes = [VerifierKey.algorithm] + Array(key.rawRepresentation)
    return "\(SigningKey.prefix)\(verifier.name)+\(verifier.idDigits)+\(Base64.encode(bytes))"
  }

  /// Signs a text, which must end in a newline and have no other control characters.
  ///
  /// On Linux the signature of a text is the same each time, as RFC 8032 has it; on macOS the system's library makes
  /// another one each time.
  ///
  /// - Throws: `ProofError.malformedNote` for a text that cannot be signed.
  public func sign(_ text: String) throws(ProofError) -> SignedNote {
    try SignedNote.checkText(text)
    let signature: [UInt8]
    do {
      signature = Array(try key.signature(for: Array(text.utf8)))
    } catch {
      // Of a key that is in memory, BoringSSL signs any text.
      preconditionFailure("a text cannot be signed: \(error)")
    }
    return SignedNote(
      text: text,
      signatures: [SignedNote.Signature(name: verifier.name, keyID: verifier.id, bytes: signature)])
  }
}

// MARK: The file

extension SigningKey {
  /// Reads a key's file.
  ///
  /// - Throws: `ProofError` when there is none, others than its owner may read it, or it is not a key; `StoreError`.
  public init(contentsOf path: String) throws {
    guard OwnersFile.exists(path) else { throw ProofError.keyMissing(path: path) }
    guard OwnersFile.isPrivate(path) else {
      throw ProofError.keyUnusable(
        path: path, reason: "others than its owner may read it. Mend that with: chmod 600 \(path)")
    }
    var bytes = try OwnersFile.contents(path)
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    do {
      try self.init(String(decoding: bytes, as: UTF8.self))
    } catch {
      throw ProofError.keyUnusable(path: path, reason: "\(error)")
    }
  }

  /// Writes the key to a new file, and makes the folders on the way.
  ///
  /// - Throws: `StoreError`, also where a file is there already.
  public func write(to path: String) throws(StoreError) {
    try OwnersFile.create(path, contents: Array((secretText + "\n").utf8))
  }
}
