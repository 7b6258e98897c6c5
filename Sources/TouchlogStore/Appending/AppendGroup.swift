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

  private let log: Log
  private let recordedAt: Timestamp
  private let firstPosition: Position
  /// The events that will be put.
  private(set) var planned: [PreparedEvent] = []
  /// Their headers, apart: nothing is counted when one is read.
  private(set) var headers: [RecordHeader] = []
  private(set) var tails: [CustomerNumber: StreamTail] = [:]
  private(set) var newCustomers: [KeyRing.Entry] = []
  private(set) var newNames: [(number: NameNumber, text: String)] = []
  private(set) var nextCustomer: UInt32
  private var nextName: UInt32
  private var customersByReference: [Reference: KeyRing.Entry] = [:]
  private var namesByText: [ExactText: NameNumber] = [:]
  private var recentNames = RecentNames()
  /// The planned events by identity: those before `identified`, as nobody looks for the last request's.
  private var identities = IdentityIndex()
  private var identified = 0
  private var identityKey: [UInt8] = []

  init(log: Log, head: Position, recordedAt: Timestamp, nextCustomer: UInt32, nextName: UInt32) {
    self.log = log
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
    while identified < planned.count {
      identities.insert(planned[identified].identityHash, at: identified)
      identified += 1
    }
    let repeats = try repeats(within: events)
    var found: [Found] = []
    found.reserveCapacity(events.count)
    for (index, event) in events.enumerated() {
      if let first = repeats[index] {
        found.append(.repeats(first))
      } else {
        found.append(try find(event, index: index, transaction: transaction, vault: vault))
      }
    }
    let new = found.count { if case .new = $0 { true } else { false } }
    let stored = found.count { if case .stored = $0 { true } else { false } }
    if new > 0, request.expectation != .any, let customer {
      guard stored == 0 else { throw AppendError.partlyStored(stored: stored, new: new) }
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

  private enum Found {
    case new
    case stored(Position)
    /// The same event stands earlier in the request.
    case repeats(Int)
  }

  /// The one customer whom a request is about; nil when there are several or none.
  private func onlyCustomer(of request: AppendRequest) throws(AppendError) -> KeyRing.Entry? {
    guard let first = request.events.first?.customer else { return nil }
    guard let other = request.events.first(where: { $0.customer.reference != first.reference })?.customer else {
      return first
    }
    guard request.expectation == .any else {
      throw AppendError.severalCustomers(first.reference, other.reference)
    }
    return nil
  }

  /// Which events of a request stand in it before, and where.
  private func repeats(within events: [PreparedEvent]) throws(AppendError) -> [Int: Int] {
    guard events.count > 1 else { return [:] }
    var seen = IdentityIndex()
    seen.reserveCapacity(events.count)
    var repeats: [Int: Int] = [:]
    for (index, event) in events.enumerated() {
      guard let first = seen.place(of: event.identityHash, where: { events[$0].hasIdentity(of: event) }) else {
        seen.insert(event.identityHash, at: index)
        continue
      }
      if let field = EventContent(event.checked).firstDifference(from: EventContent(events[first].checked)) {
        throw AppendError.conflictWithinRequest(
          index: index, earlier: first, id: event.event.id, source: event.event.source, field: field)
      }
      repeats[index] = first
    }
    return repeats
  }

  private mutating func find(
    _ event: PreparedEvent, index: Int, transaction: borrowing WriteTransaction,
    vault: borrowing ReadTransaction,
  ) throws -> Found {
    let position: Position
    let difference: String?
    if let place = identities.place(of: event.identityHash, where: { planned[$0].hasIdentity(of: event) }) {
      position = Position(firstPosition.value + UInt64(place))
      difference = EventContent(event.checked).firstDifference(
        from: EventContent(planned[place].checked))
    } else if let stored = try storedPosition(of: event, in: transaction) {
      position = stored
      difference = try log.difference(of: event, fromStored: stored, log: transaction, vault: vault)
    } else {
      return .new
    }
    if let difference {
      throw AppendError.conflict(
        index: index, id: event.event.id, source: event.event.source, stored: position, field: difference)
    }
    return .stored(position)
  }

  /// Where the log has an event of this identity; nil for an identity that it does not have.
  private mutating func storedPosition(
    of event: PreparedEvent, in transaction: borrowing WriteTransaction,
  ) throws(StoreError) -> Position? {
    guard let source = try knownName(event.checked.event.source, in: transaction) else { return nil }
    event.withID { LogTables.setIdentityKey(&identityKey, source: source, id: $0) }
    return try log.position(ofIdentity: identityKey, in: transaction)
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

  private mutating func plan(
    _ events: [PreparedEvent], found: [Found], transaction: borrowing WriteTransaction,
    vault: borrowing ReadTransaction,
  ) throws(StoreError) -> [Position] {
    var positions: [Position] = []
    positions.reserveCapacity(events.count)
    for (event, found) in zip(events, found) {
      switch found {
      case .stored(let position):
        positions.append(position)
      case .repeats(let first):
        positions.append(positions[first])
      case .new:
        positions.append(head)
        try plan(event, transaction: transaction, vault: vault)
      }
    }
    return positions
  }

  private mutating func plan(
    _ event: PreparedEvent, transaction: borrowing WriteTransaction, vault: borrowing ReadTransaction,
  ) throws(StoreError) {
    let customer = try numbered(event.customer, vault: vault)
    guard let number = customer.number else { preconditionFailure("a numbered customer has a number") }
    // Another request may have made the customer known since this one was sealed.
    let prepared =
      customer.dataKey === event.customer.dataKey
        || customer.dataKey.symmetricKey == event.customer.dataKey.symmetricKey
      ? event : event.resealed(for: customer, identifierKey: log.vault.identifierKey)
    var header = prepared.header
    header.dataKeyNumber = customer.dataKey.number
    header.customer = number
    header.recordedAt = recordedAt
    let tail = try tail(of: number, in: transaction)
    header.previous = tail?.last
    header.streamVersion = tail?.version ?? 0
    guard header.streamVersion < .max else { throw StoreError.exhausted(what: "event of \(number)") }
    tails[number] = StreamTail(last: head, version: header.streamVersion + 1)
    header.source = try name(prepared.checked.event.source, in: transaction)
    header.agent = try optionalName(prepared.checked.event.agent, in: transaction)
    header.team = try optionalName(prepared.checked.event.team, in: transaction)
    header.location = try optionalName(prepared.checked.event.location, in: transaction)
    header.topic = try optionalName(prepared.checked.event.topic, in: transaction)
    for (slot, value) in prepared.pending {
      switch value {
      case .name(let text):
        header.slots[slot] = Int64(try name(text, in: transaction).value)
      case .reference(let other):
        header.slots[slot] = try numbered(other, vault: vault).number.map { Int64($0.value) }
      }
    }
    planned.append(prepared)
    headers.append(header)
  }

  /// The customer with a number: one that is known, or a new one.
  private mutating func numbered(
    _ entry: KeyRing.Entry, vault: borrowing ReadTransaction,
  ) throws(StoreError) -> KeyRing.Entry {
    if let known = try known(entry, vault: vault) { return known }
    guard nextCustomer < .max else { throw StoreError.exhausted(what: "customer") }
    let new = KeyRing.Entry(
      reference: entry.reference, dataKey: entry.dataKey, number: CustomerNumber(nextCustomer))
    nextCustomer += 1
    customersByReference[entry.reference] = new
    newCustomers.append(new)
    return new
  }

  /// The customer with the number that the group or the vault has given it; nil for a new one.
  private mutating func known(
    _ entry: KeyRing.Entry, vault: borrowing ReadTransaction,
  ) throws(StoreError) -> KeyRing.Entry? {
    if entry.number != nil { return entry }
    if let known = customersByReference[entry.reference] { return known }
    guard let number = try log.vault.number(of: entry.reference, in: vault),
      let customer = try log.vault.customer(number, in: vault)
    else { return nil }
    let known = KeyRing.Entry(reference: entry.reference, dataKey: customer.dataKey, number: number)
    customersByReference[entry.reference] = known
    return known
  }

  private mutating func optionalName(
    _ text: String?, in transaction: borrowing WriteTransaction,
  ) throws(StoreError) -> NameNumber? {
    guard let text else { return nil }
    return try name(text, in: transaction)
  }

  private mutating func name(
    _ text: String, in transaction: borrowing WriteTransaction,
  ) throws(StoreError) -> NameNumber {
    if let number = try knownName(text, in: transaction) { return number }
    guard nextName < .max else { throw StoreError.exhausted(what: "name") }
    let number = NameNumber(nextName)
    nextName += 1
    namesByText[ExactText(text)] = number
    newNames.append((number, text))
    return number
  }

  /// The number that the log or the group has given to a name; nil for a new one.
  private mutating func knownName(
    _ text: String, in transaction: borrowing WriteTransaction,
  ) throws(StoreError) -> NameNumber? {
    if let number = recentNames[text] { return number }
    var number = namesByText[ExactText(text)]
    if number == nil { number = try log.names.number(of: text, in: transaction) }
    recentNames[text] = number
    return number
  }
}

extension Expectation {
  func isMet(by version: UInt32) -> Bool {
    switch self {
    case .any: true
    case .noStream: version == 0
    case .version(let expected): version == expected
    }
  }
}
