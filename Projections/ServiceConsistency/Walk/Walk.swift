import Touchlog

/// A walk over the rows of some customers, which counts what the report shows.
///
/// Rows come by customer. What concerns the person (repeats, how many persons there are) waits until the customer's last
/// row; where the person has several references, or an interaction several rows, until all customers were walked over.
struct Walk: Sendable {
  let plan: Plan
  var table: CellTable
  /// Of each period, how many persons there are in all groups together: they cannot be summed.
  var allOfPeriod: [Cell]
  /// Interactions by what is known of their person, and of their clocks.
  var tally = Tally()
  var evidence: [ServiceEvidence] = []
  var experiences: ContiguousArray<Experience> = []

  private var course = InteractionCourse()
  private var customer: CustomerNumber?
  /// The customer's, as far as walked.
  var contacts: ContiguousArray<Contact> = []
  private var isWaiting = false
  private(set) var waitingContacts: ContiguousArray<Contact> = []
  var waitingRows = Fragments()
  var waitingPromises = Fragments()
  /// Counts persons, so that each is counted once in a cell.
  private var serial = 0

  struct Tally: Sendable {
    var interactions = 0
    var events = 0
    /// Interactions whose person is known.
    var known = 0
    /// Interactions that name several persons; they count as the first's.
    var ofSeveral = 0
    /// Events whose clocks contradict others of their interaction.
    var contradictions = 0
  }

  init(_ plan: Plan) {
    self.plan = plan
    table = CellTable(periodCount: plan.periodCount)
    allOfPeriod = Array(repeating: Cell(), count: plan.periodCount)
  }

  /// Takes a row of the table of interactions.
  mutating func take(_ key: RowKey, _ marks: borrowing Values<Mark>) {
    if key.customer != customer {
      finishCustomer()
      customer = key.customer
    }
    if plan.twice.contains(key.thing) {
      waitingRows.add(key, marks)
      isWaiting = true
      return
    }
    course.read(marks)
    let person = plan.persons.isKnown(key.customer) ? plan.persons.person(of: key.customer) : nil
    if let contact = addInteraction(key, person, events: marks.count) { contacts.append(contact) }
    if course.hasFeedback {
      var all: ContiguousArray<Mark> = []
      for index in 0..<marks.count { all.append(marks[index]) }
      addFeedback(all, key.customer, person)
    }
  }

  /// To be called after the last row.
  mutating func finishCustomer() {
    guard let customer, !contacts.isEmpty else {
      isWaiting = false
      return
    }
    if !plan.persons.isKnown(customer) {
      // Everybody who is nobody may be somebody else: no contact of theirs is known to be another's repeat.
      for index in contacts.indices { addUnknown(contacts[index]) }
    } else if isWaiting || plan.persons.isLinked(customer) {
      waitingContacts += contacts
    } else {
      if contacts.count > 1 { contacts.sort(by: Contact.isBefore) }
      addPerson(contacts.indices)
    }
    contacts.removeAll(keepingCapacity: true)
    isWaiting = false
  }

  /// Takes over what another walk has counted, and what waits there.
  mutating func merge(_ other: Walk) {
    var places: [Int32] = []
    for (key, cell) in zip(other.table.keys, other.table.cells) {
      let place = table.place(key.group, key.period)
      table[place].merge(cell)
      places.append(Int32(place))
    }
    for period in allOfPeriod.indices { allOfPeriod[period].merge(other.allOfPeriod[period]) }
    // Stamps of one walk are not those of another: persons that wait are counted with later ones.
    serial = max(serial, other.serial)
    tally.interactions += other.tally.interactions
    tally.events += other.tally.events
    tally.known += other.tally.known
    tally.ofSeveral += other.tally.ofSeveral
    tally.contradictions += other.tally.contradictions
    evidence += other.evidence
    experiences += other.experiences
    for var contact in other.waitingContacts {
      if contact.cell >= 0 { contact.cell = places[Int(contact.cell)] }
      waitingContacts.append(contact)
    }
    waitingRows.merge(other.waitingRows)
    waitingPromises.merge(other.waitingPromises)
  }

  /// Counts what has waited for all customers.
  mutating func finish() {
    let rows = waitingRows
    waitingRows = Fragments()
    rows.forEachThing { fragments, marks in takeJoined(fragments, marks, rows) }
    let promises = waitingPromises
    waitingPromises = Fragments()
    let persons = plan.persons
    promises.forEachThing(part: { persons.person(of: $0.customer).value }) { fragments, marks in
      if let first = fragments.first { addPromise(first.thing, first.customer, marks) }
    }
    contacts = waitingContacts
    waitingContacts = []
    contacts.sort { $0.person != $1.person ? $0.person < $1.person : Contact.isBefore($0, $1) }
    var start = 0
    while start < contacts.count {
      var end = start + 1
      while end < contacts.count, contacts[end].person == contacts[start].person { end += 1 }
      addPerson(start..<end)
      start = end
    }
  }

  /// Takes an interaction whose rows lie under several customers, or whose thing looks like another's.
  private mutating func takeJoined(
    _ fragments: ArraySlice<Fragment>, _ marks: ContiguousArray<Mark>, _ rows: Fragments,
  ) {
    guard let first = fragments.first else { return }
    var owner: Fragment?
    var isOfSeveral = false
    for fragment in fragments where plan.persons.isKnown(fragment.customer) {
      guard let before = owner else {
        owner = fragment
        continue
      }
      if plan.persons.person(of: before.customer) != plan.persons.person(of: fragment.customer) { isOfSeveral = true }
      if rows.first(of: fragment) < rows.first(of: before) { owner = fragment }
    }
    if isOfSeveral { tally.ofSeveral += 1 }
    let customer = (owner ?? first).customer
    let person = owner.map { plan.persons.person(of: $0.customer) }
    course.read(marks.span)
    if let contact = addInteraction(RowKey(customer, thing: first.thing), person, events: marks.count) {
      if person == nil { addUnknown(contact) } else { waitingContacts.append(contact) }
    }
    if course.hasFeedback { addFeedback(marks, customer, person) }
  }

  /// Counts the interaction that the course has read.
  ///
  /// - Returns: what is needed of it later; nil where it has no episode.
  private mutating func addInteraction(_ key: RowKey, _ person: CustomerNumber?, events: Int) -> Contact? {
    guard let first = course.episodes.first, let began = first.began ?? first.ended else { return nil }
    let isInbound = course.isOutbound != true
    var contact = Contact(
      began: began.microseconds, ended: (first.measurableEnd ?? began).microseconds,
      position: course.firstPosition.value, thing: key.thing, person: person?.value ?? .max,
      customer: key.customer.value, cell: -1, period: 0, topic: course.topic.map { $0.value + 1 } ?? 0,
      channel: first.lastCode, isInbound: isInbound, isAnchor: isAnchor(first, isInbound: isInbound))
    var transfers = 0
    for index in course.episodes.indices {
      let episode = course.episodes[index]
      transfers += Int(episode.transfers)
      guard let start = episode.began ?? episode.ended else { continue }
      if index == 1 {
        contact.reopened = start.microseconds
        contact.reopenedChannel = episode.firstCode
      }
      guard let period = plan.period(of: start) else { continue }
      let cell = table.place(group(of: episode, key.customer, at: start), period)
      if index == 0 {
        contact.cell = Int32(cell)
        contact.period = Int32(period)
      }
      addEpisode(index, episode, key, cell, isInbound: isInbound, interactionBegan: began)
    }
    guard contact.cell >= 0 else { return contact }
    let cell = Int(contact.cell)
    tally.interactions += 1
    tally.events += events
    tally.known += person == nil ? 0 : 1
    tally.contradictions += course.contradictions
    table[cell].interactions += 1
    table[cell].events += events
    table[cell].known += person == nil ? 0 : 1
    let wasReopened = course.episodes.count > 1 || first.isReopened
    table[cell].shares[ServiceFigure.transferred.place].add(transfers > 0)
    table[cell].shares[ServiceFigure.reopened.place].add(wasReopened && course.reopenings > 0)
    if plan.asked != nil {
      note(.interactions, cell, contact.customer, contact.thing, contact.position)
      note(.transferred, cell, contact.customer, contact.thing, contact.position, isCase: transfers > 0)
      note(.reopened, cell, contact.customer, contact.thing, contact.position, isCase: course.reopenings > 0)
    }
    return contact
  }

  private func isAnchor(_ first: InteractionEpisode, isInbound: Bool) -> Bool {
    guard isInbound, course.topic != nil, first.measurableEnd != nil else { return false }
    return switch plan.parameters.anchors {
    case .all: true
    case .handled: first.outcome != .abandoned
    case .resolved: first.outcome?.isResolved == true
    }
  }
}

// Groups.
extension Walk {
  func group(of episode: InteractionEpisode, _ customer: CustomerNumber, at time: Timestamp) -> GroupKey {
    group(of: episode, customer, at: time, plan.parameters.handler)
  }

  private func group(
    of episode: InteractionEpisode, _ customer: CustomerNumber, at time: Timestamp,
    _ handler: ServiceParameters.Handler,
  ) -> GroupKey {
    var key = GroupKey(first: value(plan.parameters.by, of: episode, customer, at: time, handler))
    if let then = plan.parameters.then { key.second = value(then, of: episode, customer, at: time, handler) }
    return key
  }

  @inline(__always)
  private func value(
    _ dimension: ServiceParameters.Dimension?, of episode: InteractionEpisode, _ customer: CustomerNumber,
    at time: Timestamp, _ handler: ServiceParameters.Handler,
  ) -> UInt32 {
    let isLast = handler == .last
    switch dimension {
    case nil: return 0
    case .channel: return UInt32((isLast ? episode.lastChannel : episode.firstChannel)?.rawValue ?? 0)
    case .team: return Walk.value(isLast ? episode.lastTeam : episode.firstTeam)
    case .agent: return Walk.value(isLast ? episode.lastAgent : episode.firstAgent)
    case .location: return Walk.value(course.location)
    case .topic: return Walk.value(course.topic)
    case .segment: return plan.segment(of: customer, at: time)
    }
  }

  @inline(__always)
  static func value(_ name: NameNumber?) -> UInt32 { name.map { $0.value + 1 } ?? 0 }

  /// The group of an event that names all by itself.
  func group(of mark: Mark, _ customer: CustomerNumber) -> GroupKey {
    func value(_ dimension: ServiceParameters.Dimension?) -> UInt32 {
      switch dimension {
      case nil: 0
      case .channel: UInt32(mark.channel?.rawValue ?? 0)
      case .team: Walk.value(mark.team)
      case .agent: Walk.value(mark.agent)
      case .location: Walk.value(mark.location)
      case .topic: Walk.value(mark.topic)
      case .segment: plan.segment(of: customer, at: mark.occurredAt)
      }
    }
    return GroupKey(
      first: value(plan.parameters.by), second: plan.parameters.then == nil ? 0 : value(plan.parameters.then))
  }

  /// The group of feedback on the interaction that the course has read: that of the episode before it.
  func groupOfFeedback(_ mark: Mark, _ customer: CustomerNumber) -> GroupKey {
    guard let episode = episode(before: mark) else { return group(of: mark, customer) }
    return group(of: episode, customer, at: mark.occurredAt, plan.parameters.feedbackBelongs)
  }

  /// The channel of such feedback.
  func channelOfFeedback(_ mark: Mark) -> UInt8 {
    guard let episode = episode(before: mark) else { return mark.channel?.rawValue ?? 0 }
    return plan.parameters.feedbackBelongs == .last ? episode.lastCode : episode.firstCode
  }

  private func episode(before mark: Mark) -> InteractionEpisode? {
    var place = course.episodes.count - 1
    while place > 0, let start = course.episodes[place].began, start > mark.occurredAt { place -= 1 }
    return place < 0 ? nil : course.episodes[place]
  }

  /// The position of the first event, in the course that was read.
  var firstPosition: UInt64 { course.firstPosition.value }

  /// Holds of an episode, in the course that was read.
  var holds: ContiguousArray<InteractionCourse.Hold> { course.holds }

  /// Keeps a case of the figure that is asked for.
  mutating func note(
    _ figure: ServiceFigure, _ cell: Int, _ customer: UInt32, _ thing: UInt64, _ position: UInt64,
    isCase: Bool? = nil, length: Int64? = nil,
  ) {
    guard let asked = plan.asked, asked.figure == figure else { return }
    let key = table.keys[cell]
    if let group = plan.askedGroup, group != key.group { return }
    if let period = asked.period, let periods = plan.periods, period - periods.numbers.lowerBound != key.period {
      return
    }
    evidence.append(
      ServiceEvidence(
        customer: CustomerNumber(customer), thing: thing, position: Position(position), counts: isCase,
        microseconds: length))
  }

  /// Counts a person in the cells and periods of a contact.
  mutating func countPerson(_ contact: Contact) {
    guard contact.cell >= 0 else { return }
    Walk.count(serial, &table[Int(contact.cell)])
    Walk.count(serial, &allOfPeriod[Int(contact.period)])
  }

  private static func count(_ person: Int, _ persons: inout Cell) {
    if persons.stamp != person {
      persons.stamp = person
      persons.persons += 1
    } else if persons.stampOfReturning != person {
      persons.stampOfReturning = person
      persons.returning += 1
    }
  }

  mutating func nextPerson() { serial += 1 }
}
