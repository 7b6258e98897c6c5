import LMDB
public import Touchlog

/// What `Store.verify` found.
public struct Verification: Sendable {
  /// How many events were checked.
  public let events: UInt64
  /// What is not as it was written; empty for a sound store.
  public let damages: [Damage]
  /// The root of the Merkle tree over what is there now: 64 hexadecimal digits.
  public let root: String

  /// One thing that is not as it was written.
  public struct Damage: Sendable, Hashable, CustomStringConvertible {
    /// The event that it concerns, where it concerns one.
    public let position: Position?
    /// The table in which it was found.
    public let table: String
    /// What was expected, and what is there.
    public let what: String

    public var description: String { "\(table)" + (position.map { " at position \($0)" } ?? "") + ": \(what)" }
  }
}

extension Store {
  /// Checks every record and every index against the log.
  ///
  /// Each header's checksum and shape; each payload's leaf hash; the order of positions, times and stream versions;
  /// the Merkle tree from the leaves up; identities, streams and names in both directions; that each customer has a
  /// row in the vault or none at all. It asks for the store's key like all reading, but opens no payload: the leaves
  /// cover what is sealed.
  ///
  /// A sound log is checked in one snapshot, whoever appends meanwhile. Where LMDB cannot read a page, the walk begins
  /// anew, each record for itself, and tells all positions that cannot be read.
  ///
  /// - Parameter progress: told now and then how many events are checked, and how many there are. What it throws, other
  ///   than errors of the store, ends the checking.
  /// - Returns: what was found; a sound store has no damages.
  /// - Throws: when not even the number of events can be read; other damage is reported, not thrown.
  public func verify(
    progress: (_ done: UInt64, _ total: UInt64) throws -> Void = { _, _ in },
  ) throws -> Verification {
    do {
      return try verifyAtOnce(progress: progress)
    } catch is LMDBError {
      return try verifyPiecemeal(progress: progress)
    } catch is StoreError {
      return try verifyPiecemeal(progress: progress)
    }
  }

  private func verifyAtOnce(progress: (UInt64, UInt64) throws -> Void) throws -> Verification {
    try log.environment.read { transaction in
      try log.vault.environment.read { vault in
        var verifier = try Verifier(log: log, in: transaction)
        for place in 0..<verifier.head {
          if place % 16_384 == 0 { try progress(place, verifier.head) }
          try verifier.verifyRecord(at: place, in: transaction)
        }
        try progress(verifier.head, verifier.head)
        try verifier.verifyTree(in: transaction)
        try verifier.verifyIdentities(in: transaction)
        try verifier.verifyStreams(in: transaction)
        try verifier.verifyNames(in: transaction)
        try verifier.verifyVault(vault)
        return verifier.result
      }
    }
  }

  /// After a page that it cannot read, LMDB gives nothing more from a transaction: each step has one of its own.
  private func verifyPiecemeal(progress: (UInt64, UInt64) throws -> Void) throws -> Verification {
    var verifier = try log.environment.read { try Verifier(log: log, in: $0) }
    for place in 0..<verifier.head {
      if place % 16_384 == 0 { try progress(place, verifier.head) }
      do {
        try log.environment.read { try verifier.verifyRecord(at: place, in: $0) }
      } catch {
        verifier.report("it cannot be read: \(error)", in: "headers or payloads", at: place)
      }
    }
    try progress(verifier.head, verifier.head)
    attempt("tree", &verifier) { verifier in try log.environment.read { try verifier.verifyTree(in: $0) } }
    attempt("identities", &verifier) { verifier in
      try log.environment.read { try verifier.verifyIdentities(in: $0) }
    }
    attempt("streams", &verifier) { verifier in try log.environment.read { try verifier.verifyStreams(in: $0) } }
    attempt("names", &verifier) { verifier in try log.environment.read { try verifier.verifyNames(in: $0) } }
    attempt("vault", &verifier) { verifier in
      try log.vault.environment.read { try verifier.verifyVault($0) }
    }
    return verifier.result
  }

  private func attempt(
    _ table: String, _ verifier: inout Verifier, _ step: (inout Verifier) throws -> Void,
  ) {
    do {
      try step(&verifier)
    } catch {
      verifier.report("it cannot be read: \(error)", in: table)
    }
  }
}
