/// Whose the anonymous events are: if an interaction's events name exactly one person, its anonymous events count as
/// theirs, and a report marks them so.
///
/// ```swift
/// let owners = try AnonymousOwners(in: view, ServiceConsistency.interactions, persons: persons)
/// let owner = owners.owner(of: key)   // whose the row is, or counts as; nil: nobody's by name
/// ```
///
/// References that the links in force connect are one person, and are not told apart here.
public struct AnonymousOwners: Sendable {
  private var table: ThingTable
  private let persons: Persons

  /// Reads the keys of a view's table whose things are interactions (see `InteractionKey.thing`).
  ///
  /// - Throws: what the view throws.
  public init<Value: RowValue>(in view: some View, _ interactions: TableName<Value>, persons: Persons) throws {
    let things = try view.mapCustomers { customers in
      var things: [UInt64] = []
      try view.forEachRow(in: interactions, customers: customers) { key, _ in
        if persons.isAnonymous(key.customer) { things.append(key.thing) }
      }
      return things
    }
    let table = ThingTable(things)
    let namings = try view.mapCustomers { customers in
      var namings: [Naming] = []
      try view.forEachRow(in: interactions, customers: customers) { key, _ in
        guard persons.isKnown(key.customer), let slot = table.slot(of: key.thing) else { return }
        namings.append(Naming(slot: slot, customer: key.customer))
      }
      return namings
    }
    self.persons = persons
    self.table = table
    for naming in namings.joined() { take(naming) }
  }

  /// Takes keys that a report has already, in any order, those of anonymous customers and of others.
  public init(_ keys: ContiguousArray<RowKey>, persons: Persons) {
    self.persons = persons
    var things: [UInt64] = []
    for key in keys where persons.isAnonymous(key.customer) { things.append(key.thing) }
    table = ThingTable([things])
    for key in keys where persons.isKnown(key.customer) {
      if let slot = table.slot(of: key.thing) { take(Naming(slot: slot, customer: key.customer)) }
    }
  }

  /// Whose a row is: its customer's where that one is known, else the one person's whom the interaction names, by the
  /// smallest of those numbers; nil where it names nobody, or several persons.
  public func owner(of key: RowKey) -> CustomerNumber? {
    if persons.isKnown(key.customer) { return key.customer }
    guard persons.isAnonymous(key.customer), let slot = table.slot(of: key.thing) else { return nil }
    let owner = table.owners[slot]
    return owner < ThingTable.several ? CustomerNumber(owner) : nil
  }

  private struct Naming {
    let slot: Int
    let customer: CustomerNumber
  }

  private mutating func take(_ naming: Naming) {
    let owner = table.owners[naming.slot]
    switch owner {
    case ThingTable.nobody: table.owners[naming.slot] = naming.customer.value
    case ThingTable.several: break
    default:
      let isSame = persons.person(of: CustomerNumber(owner)) == persons.person(of: naming.customer)
      table.owners[naming.slot] = isSame ? min(owner, naming.customer.value) : ThingTable.several
    }
  }
}

/// The interactions that have anonymous events, by open addressing: things are hashes, and need no other.
private struct ThingTable: Sendable {
  /// No customer has one of these numbers: the log gives them from 0 on.
  static let several = UInt32.max - 1
  static let nobody = UInt32.max

  private let things: [UInt64]
  private let shift: UInt64
  /// Whose the anonymous events of a slot's interaction are: a customer, nobody's or several's.
  var owners: [UInt32]

  /// An empty slot. An interaction whose thing is 0, one in 2⁶⁴, has no owner.
  private static let empty: UInt64 = 0

  init(_ groups: [[UInt64]]) {
    let count = groups.reduce(0) { $0 + $1.count }
    let bits = max(4, UInt64.bitWidth - (count * 2).leadingZeroBitCount)
    shift = UInt64(UInt64.bitWidth - bits)
    let shift = shift
    var slots = [UInt64](repeating: ThingTable.empty, count: 1 << bits)
    for thing in groups.joined() where thing != ThingTable.empty {
      var slot = Int(thing >> shift)
      while slots[slot] != ThingTable.empty, slots[slot] != thing { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = thing
    }
    things = slots
    owners = Array(repeating: ThingTable.nobody, count: slots.count)
  }

  @inline(__always)
  func slot(of thing: UInt64) -> Int? {
    if thing == ThingTable.empty { return nil }
    var slot = Int(thing >> shift)
    while things[slot] != ThingTable.empty {
      if things[slot] == thing { return slot }
      slot = (slot + 1) & (things.count - 1)
    }
    return nil
  }
}
