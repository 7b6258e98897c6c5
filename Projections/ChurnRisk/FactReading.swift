import Touchlog

/// Reads what a view's rows say of persons, up to a time.
struct FactReading: Sendable {
  let persons: Persons
  let owners: AnonymousOwners
  let limits: WaitLimits
  /// What is dated later is not looked at.
  let cut: Timestamp
  /// The one person whose facts are wanted, with their positions; everybody's, without, where nil.
  var only: UInt32?
  /// The share of all persons whose facts are wanted.
  let share: PersonShare

  /// - Parameters:
  ///   - known: who is one person with whom, whose anonymous events are, and which standards hold, is taken from events up
  ///     to then.
  ///   - cut: facts are taken from events up to then.
  ///   - personsMax: about how many persons are looked at at most; above that, a sample.
  init(in view: some View, known: Timestamp, cut: Timestamp, personsMax: Int = .max) throws {
    let persons = try Persons(in: view, links: ChurnRisk.links, through: known)
    let keys = try view.mapCustomers { customers in
      var keys = ContiguousArray<RowKey>()
      try view.forEachRow(in: ChurnRisk.contacts, customers: customers) { key, marks in
        if marks.first.occurredAt <= known { keys.append(key) }
      }
      return keys
    }
    self.persons = persons
    owners = AnonymousOwners(ContiguousArray(keys.joined()), persons: persons)
    limits = try WaitLimits(in: view, known: known)
    self.cut = cut
    let named = Int(view.customerBound) - (try view.anonymousCustomers().count)
    share = PersonShare(of: max(1, named), atMost: personsMax)
  }

  /// The facts in the rows of some customers.
  func facts(in view: some View, customers: Range<UInt32>) throws -> FactList {
    var list = FactList(keepsPositions: only != nil)
    try readContacts(in: view, customers, into: &list)
    try readVisits(in: view, customers, into: &list)
    try readMoments(in: view, customers, into: &list)
    try readPromises(in: view, customers, into: &list)
    return list
  }

  /// The person whose an interaction's row is; nil for nobody, or several.
  private func person(of key: RowKey) -> UInt32? {
    owners.owner(of: key).map { persons.person(of: $0).value }
  }

  /// The person of a customer, if their facts are wanted.
  private func knownPerson(of customer: CustomerNumber) -> UInt32? {
    guard persons.isKnown(customer) else { return nil }
    let person = persons.person(of: customer).value
    return isWanted(person) ? person : nil
  }

  private func isWanted(_ person: UInt32) -> Bool {
    if let only { return only == person }
    return share.contains(person)
  }

  private func readContacts(in view: some View, _ customers: Range<UInt32>, into list: inout FactList) throws {
    try view.forEachRow(in: ChurnRisk.contacts, customers: customers) { key, marks in
      guard let person = person(of: key) else {
        list.unattributed += 1
        return
      }
      guard isWanted(person) else { return }
      if persons.isKnown(key.customer) { list.interactions += 1 }
      let tag = UInt32(truncatingIfNeeded: key.thing >> 32)
      for index in 0..<marks.count {
        let mark = marks[index]
        guard mark.occurredAt <= cut, let kind = FactReading.kind(ofContact: mark.typeCode) else { continue }
        list.add(
          Fact(
            kind, time: mark.occurredAt, tag: tag, channel: mark.channelCode, value: mark.detail >> 8 & 0xF),
          of: person, at: mark.position)
      }
    }
  }

  private static func kind(ofContact code: UInt16) -> Fact.Kind? {
    switch code {
    case TypeCode.contactStarted: .started
    case TypeCode.contactQueued: .queued
    case TypeCode.contactAnswered: .answered
    case TypeCode.contactTransferred: .transferred
    case TypeCode.contactEnded: .ended
    case TypeCode.contactReopened: .reopened
    default: nil
    }
  }

  /// A visit is late when it begins after the end of the window that was agreed last before, and the standard.
  private func readVisits(in view: some View, _ customers: Range<UInt32>, into list: inout FactList) throws {
    try view.forEachRow(in: ChurnRisk.visits, customers: customers) { key, marks in
      guard let person = knownPerson(of: key.customer) else { return }
      list.interactions += 1
      let tag = UInt32(truncatingIfNeeded: key.thing >> 32)
      var windowEnd: Int64?
      var isBeyond = false
      for index in 0..<marks.count {
        let mark = marks[index]
        guard mark.occurredAt <= cut else { break }
        let channel = mark.channel?.rawValue ?? 0
        func add(_ kind: Fact.Kind, _ value: UInt16 = 0) {
          list.add(
            Fact(kind, time: mark.occurredAt, tag: tag, channel: channel, value: value), of: person, at: mark.position)
        }
        switch mark.typeCode {
        case TypeCode.visitScheduled:
          windowEnd = mark.secondNumber
          add(.booked)
        case TypeCode.visitArrived:
          let time = mark.occurredAt.microseconds
          guard let windowEnd, let limit = limits.lateness(onChannel: Int(channel), at: time), time - windowEnd > limit
          else { continue }
          isBeyond = true
          add(.visitBeyondStandard)
        case TypeCode.visitCompleted:
          add(.visitEnded, UInt16(mark.choice(0).map { $0 + 1 } ?? 0) | (isBeyond ? Fact.isBeyond : 0))
          isBeyond = false
        default: add(.visitEnded, FactValue.missed)
        }
      }
    }
  }

  private func readMoments(in view: some View, _ customers: Range<UInt32>, into list: inout FactList) throws {
    try view.forEachRow(in: ChurnRisk.moments, customers: customers) { key, marks in
      guard let person = knownPerson(of: key.customer) else { return }
      for index in 0..<marks.count {
        let mark = marks[index]
        guard mark.occurredAt <= cut else { break }
        let tag = UInt32(truncatingIfNeeded: mark.position.value)
        let fact =
          switch mark.typeCode {
          case TypeCode.purchaseMade: Fact(.purchase, time: mark.occurredAt, tag: tag, channel: mark.channelCode)
          case TypeCode.complaintRaised: Fact(.complaint, time: mark.occurredAt, tag: tag, channel: mark.channelCode)
          case TypeCode.feedbackGiven: Fact(.feedback, time: mark.occurredAt, tag: tag, value: mark.detail)
          default: Fact(.status, time: mark.occurredAt, tag: tag, value: mark.detail >> 8 & 0xF)
          }
        list.add(fact, of: person, at: mark.position)
      }
    }
  }

  /// A promise that was kept after the due time that was agreed last before, or broken. One without a due time cannot be
  /// late. A promise's number identifies it within the stream of one reference.
  private func readPromises(in view: some View, _ customers: Range<UInt32>, into list: inout FactList) throws {
    var open: [(promise: UInt64, due: UInt64)] = []
    try view.forEachRow(in: ChurnRisk.promises, customers: customers) { key, marks in
      guard let person = knownPerson(of: key.customer) else { return }
      open.removeAll(keepingCapacity: true)
      for index in 0..<marks.count {
        let mark = marks[index]
        guard mark.occurredAt <= cut else { break }
        let place = open.firstIndex { $0.promise == mark.first }
        func add(_ kind: Fact.Kind) {
          let tag = UInt32(truncatingIfNeeded: mark.position.value)
          list.add(Fact(kind, time: mark.occurredAt, tag: tag), of: person, at: mark.position)
        }
        switch mark.typeCode {
        case TypeCode.promiseMade, TypeCode.promiseRenegotiated:
          if let place {
            if mark.second != ChurnRisk.noTime { open[place].due = mark.second }
          } else {
            open.append((mark.first, mark.second))
          }
        case TypeCode.promiseBroken: add(.promiseBroken)
        case TypeCode.promiseKept:
          guard let place, open[place].due != ChurnRisk.noTime else { continue }
          if mark.occurredAt.microseconds > Int64(bitPattern: open[place].due) { add(.promiseLate) }
        default: break
        }
        if mark.typeCode >= TypeCode.promiseKept, let place { open.swapAt(place, open.count - 1) }
        if mark.typeCode >= TypeCode.promiseKept, place != nil { open.removeLast() }
      }
    }
  }
}

/// Facts as they were read, each with its person, and with where it is from where that is wanted.
struct FactList: Sendable {
  private(set) var persons = ContiguousArray<UInt32>()
  private(set) var facts = ContiguousArray<Fact>()
  /// Where each fact is from.
  private(set) var positions = ContiguousArray<Position>()
  /// Interactions that name one person; the anonymous part of one is not counted again.
  var interactions = 0
  /// Rows of interactions that name nobody, or several persons.
  var unattributed = 0
  private let keepsPositions: Bool

  /// Nothing yet.
  init(keepsPositions: Bool) { self.keepsPositions = keepsPositions }

  @inline(__always)
  mutating func add(_ fact: Fact, of person: UInt32, at position: Position) {
    persons.append(person)
    facts.append(fact)
    if keepsPositions { positions.append(position) }
  }
}
