import Catalog
import CustomerTimeline
import Touchlog
import TouchlogReplay
import TouchlogStore

/// Reads from a store what a person's timeline is folded from. The view says where to look: which references are the
/// person, and whom else an interaction names.
struct TimelineSource {
  let store: Store
  let view: any View
  /// The position before which events count, under all bounds by what the log knew.
  let end: Position
  private let bounds: Bounds

  /// - Parameter view: The timeline's projection of the store, without bounds.
  init(store: Store, view: any View, within bounds: Bounds) throws {
    self.store = store
    self.view = view
    self.bounds = bounds
    // What is appended after the view was opened is left out everywhere.
    var end = min(bounds.until ?? view.provenance.head, view.provenance.head)
    if let time = bounds.asKnownAt { end = min(end, try store.head(recordedThrough: time)) }
    self.end = end
  }

  /// Calls `body` with a source whose view is that of the store now.
  static func reading<Result>(
    _ store: Store, within bounds: Bounds, progress: Replay.Progress = { _, _ in },
    _ body: (TimelineSource) throws -> Result,
  ) throws -> Result {
    try Replay(of: store, projections: Catalog.folds).withView(of: CustomerTimeline.name, progress: progress) { view in
      try body(TimelineSource(store: store, view: view, within: bounds))
    }
  }

  /// Who somebody is: the references that the links in force connect.
  struct Person {
    /// The one that was asked for first.
    let references: [Timeline.NumberedReference]
    /// The others of the person, where that one was asked for alone.
    let leftOut: [Timeline.NumberedReference]
    fileprivate let persons: Persons

    /// The references' numbers.
    var members: Set<CustomerNumber> { Set(references.map(\.number)) }
  }

  /// The timeline of the person whom a reference names; nil for a reference that the log does not know.
  func timeline(of customer: Reference) throws -> Timeline? {
    try person(of: customer).map { try timeline(of: $0) }
  }

  /// The person whom a reference names; nil for a reference that the log does not know.
  ///
  /// - Parameter alone: whether the reference is taken as if nothing were linked with it.
  func person(of customer: Reference, alone: Bool = false) throws -> Person? {
    guard let number = try number(of: customer) else { return nil }
    let persons = try Persons(in: view, links: CustomerTimeline.links, through: bounds.asOf, until: end)
    // A reference that a link alone names is somebody, too.
    guard try hasEvents(number) || persons.members(of: number).count > 1 else { return nil }
    let others = persons.members(of: number).filter { $0 != number }
    let references = try ([number] + others).map {
      Timeline.NumberedReference(number: $0, reference: try store.reference(of: $0))
    }
    return Person(
      references: alone ? [references[0]] : references, leftOut: alone ? Array(references.dropFirst()) : [],
      persons: persons)
  }

  /// The timeline of a person.
  ///
  /// - Parameter sparingOthers: whether what the events of other customers say of the person's identity is told without
  ///   those customers' references, and without the evidence that stands there.
  func timeline(of person: Person, sparingOthers: Bool = false) throws -> Timeline {
    let own = try person.references.flatMap { try events(of: $0.number) }
    let members = person.members
    let anonymous = try anonymousEvents(in: own, of: members, persons: person.persons)
    var statements: [OpenedEvent] = []
    for mention in try mentions(of: person) {
      try store.read(at: [mention.position]) { event in
        statements.append(sparingOthers ? try event.sparing(named: store.reference(of: mention.named)) : event)
      }
    }
    let provenance = Timeline.Provenance(
      customer: person.references[0].reference, customerNumber: person.references[0].number,
      references: person.references, head: view.provenance.head, bounds: bounds,
      end: bounds.asOf ?? (bounds.areOpen ? view.provenance.end : nil))
    return Timeline(of: own + anonymous + statements, provenance: provenance)
  }

  /// Why there is no timeline of a reference, with what was perhaps meant.
  func unknown(_ customer: Reference) throws -> Failure {
    let similar = try similar(to: customer)
    let hint =
      similar.isEmpty
      ? "List some with: touchlog customers"
      : "Did you mean \(similar.map(\.text).joined(separator: " or "))?"
    return Failure("nobody is known as \(customer.text.inert). \(hint)", .found)
  }

  /// The number of a reference, or of `number:17`.
  private func number(of customer: Reference) throws -> CustomerNumber? {
    try CustomerNumber(naming: customer) ?? store.number(of: customer)
  }

  private func hasEvents(_ number: CustomerNumber) throws -> Bool {
    var hasEvents = false
    try view.forEachRow(in: CustomerTimeline.interactions, of: number) { _, _ in hasEvents = true }
    // No row tells of erasures: neither of one's own, nor of those that the company was told of.
    return try hasEvents || !events(of: number).isEmpty
  }

  private func events(of number: CustomerNumber) throws -> [OpenedEvent] {
    try store.events(Query(until: end, customer: Reference(normalised: number.description)))
  }

  /// The events of the person's interactions that name nobody, where the interaction names nobody else either.
  private func anonymousEvents(
    in own: [OpenedEvent], of members: Set<CustomerNumber>, persons: Persons,
  ) throws -> [OpenedEvent] {
    var found: [UInt64: (name: String, events: [OpenedEvent])] = [:]
    for name in Set(own.compactMap(\.event.interaction)) {
      let events = try store.events(Query(until: end, customer: .anonymous(interaction: name)))
      if !events.isEmpty { found[Store.interactionKey(of: name).thing] = (name, events) }
    }
    guard !found.isEmpty else { return [] }
    for key in try rows(of: Array(found.keys), besides: members, persons: persons) {
      guard let name = found[key.thing]?.name, try has(key.customer, namedIn: name) else { continue }
      found[key.thing] = nil
    }
    return found.values.flatMap(\.events)
  }

  /// Who else has rows of some interactions: all keys of the view are looked at, some million a second.
  private func rows(
    of things: [UInt64], besides members: Set<CustomerNumber>, persons: Persons,
  ) throws -> [RowKey] {
    let view = view
    let sought = Set(things)
    return try view.mapCustomers { customers in
      var keys: [RowKey] = []
      try view.forEachRow(in: CustomerTimeline.interactions, customers: customers) { key, _ in
        if sought.contains(key.thing), persons.isKnown(key.customer), !members.contains(key.customer) {
          keys.append(key)
        }
      }
      return keys
    }.flatMap { $0 }
  }

  /// Whether an interaction has an event of the customer's within the bounds, which rows do not know.
  private func has(_ customer: CustomerNumber, namedIn interaction: String) throws -> Bool {
    let query = Query(until: end, customer: Reference(normalised: customer.description), interactions: [interaction])
    return try store.events(query).contains { bounds.contains($0) }
  }

  /// Where an event names a customer by number.
  struct Mention {
    let position: Position
    /// Who is named.
    let named: CustomerNumber
    /// In which field of the event's data.
    var field = Field.other
  }

  /// Where the events of others name the person: what they say of the identity of the references.
  func mentions(of person: Person) throws -> [Mention] {
    let members = person.members
    return try mentions { members.contains($1) && !members.contains($0) }
  }

  /// Where the company's stream says that the person's references were erased, by position.
  func erasures(of person: Person) throws -> [Mention] {
    let erased = Set(person.references.filter { $0.reference == nil }.map(\.number))
    guard !erased.isEmpty else { return [] }
    var reader = FieldReader()
    var mentions: [Mention] = []
    try store.read(Query(until: end, customer: .company, types: [Catalogue.customerErased.name])) { event in
      guard let text = try reader.fields(of: event.event).text(.customer),
        let number = CustomerNumber(naming: Reference(normalised: text)), erased.contains(number)
      else { return }
      mentions.append(Mention(position: event.position, named: number, field: .customer))
    }
    return mentions
  }

  /// Where the person's own events name others.
  func mentionsOfOthers(by person: Person) throws -> [Mention] {
    let members = person.members
    return try mentions { members.contains($0) && !members.contains($1) }
  }

  /// By position. A test holds the catalogue to it that, but for erasures, identity events alone name customers.
  private func mentions(where isSought: (_ by: CustomerNumber, _ named: CustomerNumber) -> Bool) throws -> [Mention] {
    var mentions: [Mention] = []
    try view.forEachRow(in: CustomerTimeline.links) { key, marks in
      let named = CustomerNumber(UInt32(truncatingIfNeeded: key.thing))
      guard isSought(key.customer, named) else { return }
      for index in 0..<marks.count where marks[index].position < end {
        mentions.append(Mention(position: marks[index].position, named: named))
      }
    }
    return mentions.sorted { $0.position < $1.position }
  }

  /// References that differ in little from one that is not known.
  func similar(to reference: Reference) throws -> [Reference] {
    let value = String(reference.value)
    var values = [value.lowercased(), value.uppercased(), String(value.drop { $0 == "0" })]
    values += ["0", "00"].map { $0 + value }
    var schemes = [String(reference.scheme)]
    for scheme in ["crm", "tel", "mailto"] where !schemes.contains(scheme) { schemes.append(scheme) }
    var similar: [Reference] = []
    for scheme in schemes {
      for value in [value] + values where !value.isEmpty {
        let candidate = Reference(normalised: "\(scheme):\(value)")
        guard candidate != reference, !similar.contains(candidate) else { continue }
        if let number = try number(of: candidate), try hasEvents(number) { similar.append(candidate) }
      }
    }
    return similar
  }
}

extension OpenedEvent {
  /// What an identity event says of somebody whom it names, without whose event it is and what it rests on.
  fileprivate func sparing(named: Reference?) -> OpenedEvent {
    let event = Event(
      id: event.id, source: event.source, type: event.type, occurredAt: event.occurredAt,
      data: named.map { ["other": .string($0.text)] })
    return OpenedEvent(
      position: position, recordedAt: recordedAt, customerNumber: customerNumber, customer: nil,
      streamVersion: streamVersion, event: event, isErased: isErased)
  }
}
