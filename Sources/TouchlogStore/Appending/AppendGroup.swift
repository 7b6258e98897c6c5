import LMDB
import Touchlog

/// The appends that go into one commit: decided one by one, each seeing the earlier ones, before the first put.
struct AppendGroup: ~Copyable {
  /// Where a request's events are: in the log since long, or in this group.
  struct Answer {
    let positions: [Position]
    let appended: Int
    let streamVersion: UInt32?
  }

  /// An event that will be put.
  struct Planned {
    /// Whose it is, and which of those.
    let request: Int
    let event: Int
    let identityHash: UInt64
    /// The payload record, in a buffer that the request keeps.
    let payload: UnsafeRawBufferPointer
    /// The hash of the sealed payload.
    let digest: SHA256.Digest

    /// The event's id, in the payload record.
    var id: UnsafeRawBufferPointer { PayloadRecord.id(in: payload) }
  }

  private let log: Log
  private let vault: Vault
  private let recordedAt: Timestamp
  private let firstPosition: Position
  /// The requests' events, also of those that were refused.
  private(set) var requests: [PreparedEvents] = []
  /// The events that will be put.
  private(set) var planned: [Planned] = []
  /// Their headers.
  private(set) var headers: [RecordHeader] = []
  private(set) var tails: [CustomerNumber: StreamTail] = [:]
  private(set) var newCustomers: [KeyRing.Entry] = []
  private(set) var newNames: [(number: NameNumber, text: String)] = []
  private(set) var nextCustomer: UInt32
  private var nextName: UInt32
  private var customersByReference: [Reference: KeyRing.Entry] = [:]
  private var namesByText: [ExactText: NameNumber] = [:]
  /// The planned events by identity: those before `identified`, as nobody looks for the last request's.
  private var identities = IdentityIndex()
  private var identified = 0

  init(
    log: Log, vault: Vault, head: Position, recordedAt: Timestamp, nextCustomer: UInt32, nextName: UInt32,
  ) {
    self.log = log
    self.vault = vault
    self.recordedAt = recordedAt
    self.nextCustomer = nextCustomer
    self.nextName = nextName
    firstPosition = head
  }

  /// How many events the log will have after the commit.
  var head: Position { Position(firstPosition.value + UInt64(planned.count)) }

  /// Decides a request, and plans its new events.
  ///
  /// - Throws: `AppendError` when it is refused, `StoreError` when the store fails. The group is as before then.
  mutating func decide(
    _ request: AppendRequest, transaction: borrowing WriteTransaction, vault: borrowing ReadTransaction,
  ) throws -> Answer {
    let events = request.events
    let customer = try onlyCustomer(of: request)
    identifyPlanned()
    if let conflict = events.conflict { throw conflict }
    let found = try find(events, transaction: transaction, vault: vault)
    let new = events.count - events.repeats.count - found.stored
    if new > 0, request.expectation != .any, let customer {
      guard found.stored == 0 else { throw AppendError.partlyStored(stored: found.stored, new: new) }
      let version = try version(of: customer, transaction: transaction, vault: vault)
      guard request.expectation.isMet(by: version) else {
        throw AppendError.unexpectedVersion(
          customer: customer.reference, expected: request.expectation, found: version)
      }
    }
    let positions = try plan(events, found: found, transaction: transaction, vault: vault)
    return Answer(
      positions: positions, appended: new,
      streamVersion: try customer.map { try version(of: $0, transaction: transaction, vault: vault) })
  }

  /// Plans events of the log's own, whose identities are new and whose customers have numbers.
  mutating func add(
    _ events: PreparedEvents, transaction: borrowing WriteTransaction, vault: borrowing ReadTransaction,
  ) throws(StoreError) -> [Position] {
    try plan(events, found: Found(), transaction: transaction, vault: vault)
  }

  private mutating func identifyPlanned() {
    guard identified < planned.count else { return }
    identities.reserveCapacity(planned.count)
    while identified < planned.count {
      identities.insert(planned[identified].identityHash, at: identified)
      identified += 1
    }
  }

  /// The one customer whom a request is about; nil when there are several or none.
  private func onlyCustomer(of request: AppendRequest) throws(AppendError) -> KeyRing.Entry? {
    let events = request.events
    guard let first = events.records.first?.header.customer else { return nil }
    guard let other = events.records.first(where: { $0.header.customer != first })?.header.customer else {
      return events.customer(of: 0)
    }
    guard request.expectation == .any else {
      throw AppendError.severalCustomers(
        events.customer(of: 0).reference, events.customers[Int(other.value)].reference)
    }
    return nil
  }

  // MARK: Finding what is stored

  /// Where the events of a request are already.
  private struct Found {
    /// Positions by the events' places; `Found.isNew` where there is none. Empty where nothing is stored.
    var positions: [UInt64] = []
    var stored = 0

    static let isNew = UInt64.max

    subscript(index: Int) -> Position? {
      positions.isEmpty || positions[index] == Found.isNew ? nil : Position(positions[index])
    }

    mutating func set(_ position: Position, at index: Int, of count: Int) {
      if positions.isEmpty { positions = Array(repeating: Found.isNew, count: count) }
      positions[index] = position.value
      stored += 1
    }
  }

  /// Finds the events that are in the log or in the group.
  ///
  /// - Throws: `AppendError.conflict` for the first whose content is another.
  private func find(
    _ events: PreparedEvents, transaction: borrowing WriteTransaction, vault: borrowing ReadTransaction,
  ) throws -> Found {
    var found = Found()
    if firstPosition.value > 0 { try findStored(events, transaction: transaction, into: &found) }
    if identified == 0, found.stored == 0 { return found }
    for index in 0..<events.count where events.repeats.isEmpty || events.repeats[index] == nil {
      let difference: String?
      let position: Position
      if let stored = found[index] {
        position = stored
        difference = try log.difference(
          of: index, in: events, fromStored: stored, log: transaction, vault: self.vault, vault)
      } else if let place = place(of: index, in: events) {
        position = Position(firstPosition.value + UInt64(place))
        found.set(position, at: index, of: events.count)
        difference = events.content(of: index).firstDifference(
          from: requests[planned[place].request].content(of: planned[place].event))
      } else {
        continue
      }
      if let difference {
        throw AppendError.conflict(
          index: index, id: events.id(of: index), source: events.source(of: index), stored: position,
          field: difference)
      }
    }
    return found
  }

  /// Which planned event has the identity; nil for none.
  private func place(of index: Int, in events: PreparedEvents) -> Int? {
    identities.place(of: events.records[index].identityHash) { place in
      events.hasIdentity(index, of: planned[place].event, in: requests[planned[place].request])
    }
  }

  /// Looks the identities up in the order of the index: neighbours then share a page while it is at hand.
  private func findStored(
    _ events: PreparedEvents, transaction: borrowing WriteTransaction, into found: inout Found,
  ) throws {
    // A source that the log does not know has no events in it.
    var known: [(number: NameNumber, run: IdentityOrder.Run)] = []
    for run in events.order.runs {
      guard let number = try log.names.number(of: events.names[run.source], in: transaction) else { continue }
      known.append((number, run))
    }
    known.sort { $0.number < $1.number }
    var key: [UInt8] = []
    var cursor = try transaction.cursor(in: log.tables.identities)
    for (number, run) in known {
      // A source that counts its ids upwards has all new ones behind the last that is stored.
      guard let last = try log.lastID(of: number, through: &cursor) else { continue }
      for index in events.order.places[run.range] where events.repeats.isEmpty || events.repeats[index] == nil {
        if last.withUnsafeBytes({ $0.precedes(events.records[index].id) }) { break }
        LogTables.setIdentityKey(&key, source: number, id: events.records[index].id)
        if let position = try log.position(ofIdentity: key, through: &cursor) {
          found.set(position, at: index, of: events.count)
        }
      }
    }
  }

  private mutating func version(
    of customer: KeyRing.Entry, transaction: borrowing WriteTransaction, vault: borrowing ReadTransaction,
  ) throws(StoreError) -> UInt32 {
    guard let number = try known(customer, vault: vault)?.number else { return 0 }
    return try tail(of: number, in: transaction)?.version ?? 0
  }

  /// The end of a stream, as the group's earlier events leave it.
  private func tail(
    of number: CustomerNumber, in transaction: borrowing WriteTransaction,
  ) throws(StoreError) -> StreamTail? {
    if let tail = tails[number] { return tail }
    return try log.tail(of: number, in: transaction)
  }

  // MARK: Planning

  /// What the numbers of a request's names and customers stand for in the log; found when they are first needed, so that
  /// what is not put uses up no number.
  private struct Numbering {
    var names: [NameNumber?]
    var customers: [NumberedCustomer?]

    init(for events: PreparedEvents) {
      names = Array(repeating: nil, count: events.names.count)
      customers = Array(repeating: nil, count: events.customers.count)
    }
  }

  /// A customer of a request, as far as putting its events needs it: no object, so that nothing is counted per event.
  private struct NumberedCustomer {
    let number: CustomerNumber
    let dataKeyNumber: UInt32
    /// Whether the request's events are sealed under the key that the customer has now.
    let isSealedRight: Bool
    /// The end of the stream, once the request's events move it.
    var tail: StreamTail?
  }

  private mutating func plan(
    _ events: PreparedEvents, found: Found, transaction: borrowing WriteTransaction,
    vault: borrowing ReadTransaction,
  ) throws(StoreError) -> [Position] {
    var positions: [Position] = []
    positions.reserveCapacity(events.count)
    var numbering = Numbering(for: events)
    requests.append(events)
    planned.reserveCapacity(planned.count + events.count)
    headers.reserveCapacity(headers.count + events.count)
    for index in 0..<events.count {
      if let stored = found[index] {
        positions.append(stored)
      } else if !events.repeats.isEmpty, let first = events.repeats[index] {
        positions.append(positions[first])
      } else {
        positions.append(head)
        try plan(index, numbering: &numbering, transaction: transaction, vault: vault)
      }
    }
    for case let customer? in numbering.customers {
      if let tail = customer.tail { tails[customer.number] = tail }
    }
    return positions
  }

  /// Plans an event of the last request.
  private mutating func plan(
    _ index: Int, numbering: inout Numbering, transaction: borrowing WriteTransaction,
    vault: borrowing ReadTransaction,
  ) throws(StoreError) {
    let request = requests.count - 1
    let record = requests[request].records[index]
    var header = record.header
    let local = Int(header.customer.value)
    let customer = try numbered(local, of: request, numbering: &numbering, vault: vault)
    // Another request may have made the customer known since this one was sealed.
    if !customer.isSealedRight { try reseal(index, of: request, for: customer.number, vault: vault) }
    header.dataKeyNumber = customer.dataKeyNumber
    header.customer = customer.number
    header.recordedAt = recordedAt
    var tail = customer.tail
    if tail == nil { tail = try self.tail(of: customer.number, in: transaction) }
    header.previous = tail?.last
    header.streamVersion = tail?.version ?? 0
    guard header.streamVersion < .max else { throw StoreError.exhausted(what: "event of \(customer.number)") }
    numbering.customers[local]?.tail = StreamTail(last: head, version: header.streamVersion + 1)
    func name(_ local: NameNumber) throws(StoreError) -> NameNumber {
      if let known = numbering.names[Int(local.value)] { return known }
      let number = try self.name(requests[request].names[local.value], in: transaction)
      numbering.names[Int(local.value)] = number
      return number
    }
    header.source = try name(header.source)
    if let agent = header.agent { header.agent = try name(agent) }
    if let team = header.team { header.team = try name(team) }
    if let location = header.location { header.location = try name(location) }
    if let topic = header.topic { header.topic = try name(topic) }
    var slots = record.nameSlots | record.referenceSlots
    while slots != 0 {
      let slot = slots.trailingZeroBitCount
      slots &= slots - 1
      guard let value = header.slots[slot] else { continue }
      if record.nameSlots & 1 << UInt16(slot) != 0 {
        header.slots[slot] = Int64(try name(NameNumber(UInt32(value))).value)
      } else {
        let other = try numbered(Int(value), of: request, numbering: &numbering, vault: vault)
        header.slots[slot] = Int64(other.number.value)
      }
    }
    let sealed = customer.isSealedRight ? record : requests[request].records[index]
    planned.append(
      Planned(
        request: request, event: index, identityHash: record.identityHash, payload: sealed.payload,
        digest: sealed.digest))
    headers.append(header)
  }

  /// The customer with a number: one that is known, or a new one.
  private mutating func numbered(
    _ local: Int, of request: Int, numbering: inout Numbering, vault: borrowing ReadTransaction,
  ) throws(StoreError) -> NumberedCustomer {
    if let known = numbering.customers[local] { return known }
    return try number(local, of: request, numbering: &numbering, vault: vault)
  }

  // Apart, so that the few that come here do not cost the many: the compiler counts references ahead of the branch.
  @inline(never)
  private mutating func number(
    _ local: Int, of request: Int, numbering: inout Numbering, vault: borrowing ReadTransaction,
  ) throws(StoreError) -> NumberedCustomer {
    let entry = requests[request].customers[local]
    let customer: KeyRing.Entry
    if let known = try known(entry, vault: vault) {
      customer = known
    } else {
      guard nextCustomer < .max else { throw StoreError.exhausted(what: "customer") }
      // A key of an earlier vault may be that of somebody who was erased, under the same reference.
      let dataKey = entry.generation == self.vault.generation ? entry.dataKey : DataKey(number: 1)
      customer = KeyRing.Entry(
        reference: entry.reference, dataKey: dataKey, number: CustomerNumber(nextCustomer),
        generation: self.vault.generation)
      nextCustomer += 1
      customersByReference[entry.reference] = customer
      newCustomers.append(customer)
    }
    guard let number = customer.number else { preconditionFailure("a numbered customer has a number") }
    let numbered = NumberedCustomer(
      number: number, dataKeyNumber: customer.dataKey.number,
      isSealedRight: customer.dataKey.isSame(as: entry.dataKey))
    numbering.customers[local] = numbered
    return numbered
  }

  private mutating func reseal(
    _ index: Int, of request: Int, for number: CustomerNumber, vault: borrowing ReadTransaction,
  ) throws(StoreError) {
    guard let key = try known(requests[request].customer(of: index), vault: vault)?.dataKey else {
      preconditionFailure("\(number) is known, as its events are sealed under another key")
    }
    requests[request].reseal(index, under: key)
  }

  /// The customer with the number that the group or the vault has given it; nil for a new one.
  private mutating func known(
    _ entry: KeyRing.Entry, vault: borrowing ReadTransaction,
  ) throws(StoreError) -> KeyRing.Entry? {
    if entry.number != nil, entry.generation == self.vault.generation { return entry }
    if let known = customersByReference[entry.reference] { return known }
    guard let number = try self.vault.number(of: entry.reference, in: vault),
      let customer = try self.vault.customer(number, in: vault)
    else { return nil }
    let known = KeyRing.Entry(
      reference: entry.reference, dataKey: customer.dataKey, number: number, generation: self.vault.generation)
    customersByReference[entry.reference] = known
    return known
  }

  /// The number of a name: the one that the log or the group has given it, or a new one.
  private mutating func name(
    _ text: String, in transaction: borrowing WriteTransaction,
  ) throws(StoreError) -> NameNumber {
    if let number = namesByText[ExactText(text)] { return number }
    if let number = try log.names.number(of: text, in: transaction) { return number }
    guard nextName < .max else { throw StoreError.exhausted(what: "name") }
    let number = NameNumber(nextName)
    nextName += 1
    namesByText[ExactText(text)] = number
    newNames.append((number, text))
    return number
  }
}
