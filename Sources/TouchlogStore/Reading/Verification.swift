public import Touchlog

/// What `Store.verify` found.
public struct Verification: Sendable {
  /// How many events were checked.
  public let events: UInt64
  /// What is not as it was written; empty for a sound store.
  public let damages: [Damage]
  /// The root of the Merkle tree over what is there now: 64 hexadecimal digits. An event that cannot be read counts
  /// as a leaf of zeros, so the root of a damaged store is that of no other.
  public let root: String

  package init(events: UInt64, damages: [Damage], root: String) {
    self.events = events
    self.damages = damages
    self.root = root
  }

  /// One thing that is not as it was written.
  public struct Damage: Sendable, Hashable, CustomStringConvertible {
    /// The event that it concerns, where it concerns one; the first of them, where it concerns several in a row.
    public let position: Position?
    /// The last of the events in a row; nil where it concerns one or none.
    public let through: Position?
    /// The table in which it was found.
    public let table: String
    /// What was expected, and what is there.
    public let what: String

    package init(position: Position?, through: Position?, table: String, what: String) {
      self.position = position
      self.through = through == position ? nil : through
      self.table = table
      self.what = what
    }

    /// Whether an event is among those that it concerns.
    public func concerns(_ position: Position) -> Bool {
      guard let first = self.position else { return false }
      return first <= position && position <= (through ?? first)
    }

    public var description: String {
      switch (position, through) {
      case (nil, _): "\(table): \(what)"
      case (let first?, nil): "\(table) at position \(first): \(what)"
      case (let first?, let last?): "\(table) at positions \(first) to \(last): \(what)"
      }
    }
  }
}

extension Store {
  /// Checks every page, every record and every index against the log.
  ///
  /// Each page of both files on which something is; each header's checksum and shape; each payload's leaf hash; the
  /// order of positions, times and stream versions; the Merkle tree from the leaves up; identities, streams and names
  /// in both directions; each customer's row in the vault, in both directions, and that its key can be unwrapped; who was
  /// erased, by the vault and by the log. It opens no payload: the leaves cover what is sealed.
  ///
  /// The files are read by code of its own and not through LMDB, which follows damaged page numbers wherever they
  /// lead. A page that cannot be used is told, and the others are checked. One state is checked, whoever appends
  /// meanwhile. What it cannot tell is a store that was set back as a whole to an earlier state: note the root and the
  /// number of events elsewhere for that.
  ///
  /// - Parameter progress: told now and then how many events are checked, and how many there are. What it throws, other
  ///   than errors of the store, ends the checking.
  /// - Returns: what was found; a sound store has no damages.
  /// - Throws: `StoreError`, when the files cannot be read at all; damage is reported, not thrown.
  public func verify(
    progress: (_ done: UInt64, _ total: UInt64) throws -> Void = { _, _ in },
  ) throws -> Verification {
    let files = StoreFiles(
      path: path, log: log.environment, vault: { [vaults = log.vaults] in try vaults.vault($0)?.environment })
    return try files.withStates { states in
      var verifier = Verifier(states, storeKey: log.vaults.storeKey, formats: log.formats)
      try verifier.run(progress: progress) { _ in }
      return verifier.result
    }
  }
}
