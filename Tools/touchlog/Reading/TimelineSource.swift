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
  private let end: Position
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

  /// The timeline of the person whom a reference names; nil for a reference that the log does not know.
  func timeline(of customer: Reference) throws -> Timeline? {
    guard let number = try number(of: customer) else { return nil }
    let persons = try Persons(in: view, links: CustomerTimeline.links, through: bounds.asOf, until: end)
    // A reference that a link alone names is somebody, too.
    guard try hasEvents(number) || persons.members(of: number).count > 1 else { return nil }
    let others = persons.members(of: number).filter { $0 != number }
    let references = try ([number] + others).map {
      Timeline.NumberedReference(number: $0, reference: try store.reference(of: $0))
    }
    let own = try references.flatMap { try events(of: $0.number) }
    let members = Set(references.map(\.number))
    let anonymous = try anonymousEvents(in: own, of: members, persons: persons)
    let provenance = Timeline.Provenance(
      customer: references[0].reference, customerNumber: number, references: references, head: view.provenance.head,
      bounds: bounds, end: bounds.asOf ?? (bounds.areOpen ? view.provenance.end : nil))
    return Timeline(of: own + anonymous + (try statements(about: members)), provenance: provenance)
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

  /// What the events of others say of the person's references.
  private func statements(about members: Set<CustomerNumber>) throws -> [OpenedEvent] {
    var positions: [Position] = []
    try view.forEachRow(in: CustomerTimeline.links) { key, marks in
      let other = CustomerNumber(UInt32(truncatingIfNeeded: key.thing))
      guard members.contains(other), !members.contains(key.customer) else { return }
      for index in 0..<marks.count where marks[index].position < end { positions.append(marks[index].position) }
    }
    return try positions.sorted().flatMap { try store.events(Query(from: $0, until: $0.next)) }
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
