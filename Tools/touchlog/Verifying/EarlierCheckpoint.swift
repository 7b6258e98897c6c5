import Touchlog
import TouchlogProof
import TouchlogStore

/// A checkpoint that a log has signed earlier, with which it is compared.
struct EarlierCheckpoint {
  let checkpoint: Checkpoint
  /// What was wrong with the note before anything was compared.
  private let noteFault: String?

  /// Reads a signed checkpoint, and looks who has signed it.
  ///
  /// - Parameters:
  ///   - path: its file; `-` is standard input.
  ///   - verifierKey: the log's key or a file with it; nil for that of the store's signing key.
  /// - Throws: `Failure` where there is no checkpoint or no key; `ProofError` where something is there that is none.
  init(_ path: String, of store: StoreOptions, verifierKey: String?) throws {
    let key = try EarlierCheckpoint.key(of: store, named: verifierKey)
    let bytes = try InputFile(
      path, as: "a checkpoint", compressedHint: "gunzip -c \(path) | touchlog verify --against -"
    ).wholeContents()
    let name = path == "-" ? "standard input" : path.inert
    do {
      let note = try SignedNote(bytes)
      checkpoint = try Checkpoint(note.text)
      noteFault = EarlierCheckpoint.fault(of: note, checkpoint, by: key)
    } catch {
      throw Failure("\(name): \(error)", .found)
    }
  }

  private static func key(of store: StoreOptions, named verifierKey: String?) throws -> VerifierKey {
    if let verifierKey { return try VerifierKey.named(verifierKey, option: "--verifier-key") }
    let path = try store.path()
    let options = store.opening.storeOptions
    let id = try Store.id(at: path, options: options)
    let keyPath = SigningKeyPlace.path(beside: try store.opening.keyPath(for: { () throws(StoreError) in id }))
    let key = try SigningKey(contentsOf: keyPath)
    try SigningKeyPlace.check(key, at: keyPath, isOf: id)
    return key.verifier
  }

  private static func fault(of note: SignedNote, _ checkpoint: Checkpoint, by key: VerifierKey) -> String? {
    guard checkpoint.origin.hasSameBytes(as: key.name) else {
      return "its origin is \(checkpoint.origin), and the key is of \(key.name)"
    }
    do throws(ProofError) {
      try note.verify(by: key)
      return nil
    } catch {
      return error.description
    }
  }

  /// What is not as the checkpoint says; nil where the log has only grown since.
  ///
  /// - Parameter verified: what was found of all records: the proof is led to its root.
  func fault(in store: StoreOptions, verified: Verification) throws -> Verification.Damage? {
    guard let what = try noteFault ?? treeFault(in: store, verified: verified) else { return nil }
    return Verification.Damage(position: nil, through: nil, table: "checkpoint", what: what)
  }

  private func treeFault(in store: StoreOptions, verified: Verification) throws -> String? {
    guard checkpoint.size <= verified.events else {
      return "it is of \(checkpoint.size.counted("event")), and the log has \(verified.events.grouped)"
    }
    return try store.open(.reading).tree { tree in
      guard verified.events <= tree.size, try tree.root(size: verified.events).hexadecimal == verified.root else {
        return "the log was replaced while it was looked at. Run it again"
      }
      let path = try tree.consistency(from: checkpoint.size, to: verified.events)
      let beginning = try tree.root(size: checkpoint.size)
      // No path is needed, and none would show anything, from a log without events.
      let isBeginning =
        checkpoint.size == 0
        ? beginning.isEqual(to: checkpoint.root)
        : MerkleProof.isConsistent(
          old: (checkpoint.size, checkpoint.root), new: (verified.events, try tree.root(size: verified.events)),
          path: path)
      if isBeginning { return nil }
      return """
        it has the root \(checkpoint.root.hexadecimal) over \(checkpoint.size.counted("event")), and the log has \
        \(beginning.hexadecimal)
        """
    }
  }

  /// For people, where the log has only grown.
  var words: String {
    """
    only grown since the checkpoint of \(checkpoint.origin.inert): its \(checkpoint.size.counted("event")), root \
    \(checkpoint.root.hexadecimal), are the beginning
    """
  }
}
