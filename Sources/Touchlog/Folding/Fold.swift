/// A projection that folds, whatever its type: what the engine keeps a list of.
public final class Fold {
  /// The projection's name.
  public let name: String
  /// The projection's version.
  public let version: UInt32
  /// What it has seen.
  public internal(set) var tally = FoldTally()
  /// Who cannot be folded, with the first event that could not, and why.
  public internal(set) var parked: [CustomerNumber: ParkedCustomer] = [:]
  private let folding: any Folding

  /// A fold that has seen nothing.
  public convenience init<Folded: Projection & ~Copyable>(_ type: Folded.Type) {
    self.init(name: Folded.name, version: Folded.version, folding: FoldingBox<Folded>())
  }

  private init(name: String, version: UInt32, folding: any Folding) {
    self.name = name
    self.version = version
    self.folding = folding
  }

  /// Another fold of the same projection that has seen nothing.
  public func another() -> Fold {
    Fold(name: name, version: version, folding: folding.another())
  }

  /// Folds those events of a batch that had occurred by `latest`.
  public func apply(_ batch: borrowing EventBatch, through latest: Timestamp = Timestamp(microseconds: .max)) {
    folding.apply(batch, through: latest, tally: &tally) { customer, position, fault in
      let before = parked[customer]
      if before.map({ $0.position > position }) ?? true {
        parked[customer] = ParkedCustomer(position: position, reason: fault.reason)
      }
    }
  }

  /// Visits the projection's tables.
  package func visitTables(_ visit: (String, inout FoldTable) throws -> Void) throws {
    try folding.visitTables(visit)
  }

  /// Takes over what a fold of a later stretch has.
  package func absorb(_ later: Fold) throws {
    precondition(name == later.name && version == later.version, "two projections have no rows in common")
    try folding.absorb(later.folding)
    tally.merge(later.tally)
    parked.merge(later.parked) { $0.position < $1.position ? $0 : $1 }
    later.tally = FoldTally()
    later.parked = [:]
  }

  /// Leaves customers out who are parked already.
  package func park(_ customers: [CustomerNumber: ParkedCustomer]) {
    parked.merge(customers) { $0.position < $1.position ? $0 : $1 }
  }

  /// The memory of entries that wait to become rows.
  package func pendingBytes() throws -> Int {
    var bytes = 0
    try visitTables { _, table in bytes += table.blockBytes }
    return bytes
  }
}

/// A customer who is left out of a view whole.
public struct ParkedCustomer: Hashable, Sendable {
  /// The first event that could not be folded.
  public let position: Position
  /// Why, see `FoldFault`.
  public let reason: String

  /// A parked customer by the parts.
  public init(position: Position, reason: String) {
    self.position = position
    self.reason = reason
  }
}

/// The part of a fold that knows the projection's type: called for each batch, and not for each event.
private protocol Folding: AnyObject {
  func another() -> any Folding
  func apply(
    _ batch: borrowing EventBatch, through latest: Timestamp, tally: inout FoldTally,
    park: (CustomerNumber, Position, FoldFault) -> Void)
  func visitTables(_ visit: (String, inout FoldTable) throws -> Void) throws
  func absorb(_ later: any Folding) throws
}

private final class FoldingBox<Folded: Projection & ~Copyable>: Folding {
  private var projection = Folded()

  func another() -> any Folding { FoldingBox<Folded>() }

  func apply(
    _ batch: borrowing EventBatch, through latest: Timestamp, tally: inout FoldTally,
    park: (CustomerNumber, Position, FoldFault) -> Void,
  ) {
    projection.fold(batch, through: latest, tally: &tally, park: park)
  }

  func visitTables(_ visit: (String, inout FoldTable) throws -> Void) throws {
    try projection.visitTables(visit)
  }

  func absorb(_ later: any Folding) throws {
    guard let later = later as? FoldingBox<Folded> else { preconditionFailure("folds of one name have one type") }
    projection.visitTables { name, table in
      later.projection.visitTables { laterName, laterTable in
        if name == laterName { table.absorb(&laterTable) }
      }
    }
  }
}
