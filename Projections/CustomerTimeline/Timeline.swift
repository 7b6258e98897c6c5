public import Touchlog

/// All that is known of one person, in order, folded on read from the streams of the references that are linked.
///
/// A value of events and bounds alone: no clock, no state, and whatever order the events are handed over in gives the
/// same timeline. What depends on order (episodes, waits, marks) is derived from the events by `occurredAt`, then
/// position.
///
/// ```swift
/// let timeline = Timeline(
///   of: try store.events(Query(customer: customer)) + anonymousEvents,
///   provenance: Timeline.Provenance(customer: customer, customerNumber: number, head: try store.head()))
/// print(TimelineText.render(timeline, width: 100))
/// ```
public struct Timeline: Hashable, Sendable {
  /// Names this definition in reports; never changes.
  public static let name = "customer-timeline"
  /// Raised when the same events would give other figures.
  public static let version: UInt32 = 1

  /// From which log, up to where, and within which bounds.
  public let provenance: Provenance
  /// From which delay between `occurredAt` and `recordedAt` an event is marked as late.
  public let lateAfter: Duration
  /// In the order of their first events.
  public let interactions: [Interaction]
  /// The events that belong to no interaction, in order.
  public let others: [Line]
  /// What was promised, in the order of the first events.
  public let promises: [Promise]
  /// What was said of the person's references, by events of others too, in order.
  public let linkStatements: [LinkStatement]

  /// Whose timeline it is; nil when the customer was erased, or was never there.
  public var customer: Reference? { provenance.customer }

  /// Every event's line, in order, whatever interaction it belongs to.
  public var lines: [Line] {
    (interactions.flatMap(\.lines) + others).sorted(by: Line.isBefore)
  }

  /// When the log took it that the customer was erased for whom it was asked; nil where that is not so, within the bounds.
  public var erasedAt: Timestamp? {
    provenance.customerNumber.flatMap { number in
      // The company's stream has such events too, which tell of others and can be read.
      lines.first {
        $0.type == Catalogue.customerErased.name && $0.customerNumber == number && $0.marks.isErased
      }?.recordedAt
    }
  }

  /// How many events it shows.
  public var eventCount: Int { others.count + interactions.reduce(0) { $0 + $1.lines.count } }

  /// The channels that its events name, in the catalogue's order.
  public var channels: [Channel] {
    var found = Set(others.compactMap(\.channel))
    for interaction in interactions { found.formUnion(interaction.lines.compactMap(\.channel)) }
    return Channel.allCases.filter(found.contains)
  }

  /// Folds the events of one person.
  ///
  /// - Parameters:
  ///   - events: The streams of the references in `provenance`, the anonymous events of the same interactions where
  ///     these name nobody else, which is for the caller to know, and what others' events say of the references'
  ///     identity. In any order; what is handed over twice counts once. Events outside the bounds are passed over, and
  ///     so are anonymous ones whose interaction has no event of the person's own within the bounds: by then, nobody
  ///     had been named.
  ///   - provenance: What the figures rest on, bounds included.
  ///   - lateAfter: From which delay between `occurredAt` and `recordedAt` an event is marked as late.
  public init(
    of events: some Sequence<OpenedEvent>, provenance: Provenance, lateAfter: Duration = .seconds(3600),
  ) {
    let everything = Timeline.everyMoment(of: events, provenance: provenance)
    let moments = Timeline.moments(in: everything, provenance: provenance)
    let disorder = Disorder(of: moments)
    let commitments = Commitments(of: moments)

    var grouped: [String: [Int]] = [:]
    var names: [String] = []
    var outside: [Int] = []
    for (index, moment) in moments.enumerated() {
      guard let name = moment.event.interaction else {
        outside.append(index)
        continue
      }
      if grouped[name] == nil { names.append(name) }
      grouped[name, default: []].append(index)
    }

    func line(_ index: Int, _ facts: Facts) -> Line {
      Line(
        moments[index], facts: facts.merging(commitments.facts[index]), isOutOfOrder: disorder.isLateComer[index],
        lateAfter: lateAfter)
    }
    self.provenance = provenance
    self.lateAfter = lateAfter
    promises = Promise.promises(in: moments, end: provenance.end)
    linkStatements = LinkStatement.statements(in: everything)
    self.interactions = names.map { name in
      let indices = grouped[name] ?? []
      let course = Course(of: indices.map { moments[$0] })
      let lines = zip(indices, course.facts).map { line($0, $1) }
      return Interaction(name: name, moments: indices.map { moments[$0] }, course: course, lines: lines)
    }
    self.others = outside.map { line($0, Facts()) }
  }

  /// All events within the bounds, in order.
  private static func everyMoment(of events: some Sequence<OpenedEvent>, provenance: Provenance) -> [Moment] {
    let own = Set(provenance.references.map(\.number))
    var reader = FieldReader()
    var seen: Set<Position> = []
    var moments: [Moment] = []
    for opened in events where provenance.bounds.contains(opened) && seen.insert(opened.position).inserted {
      let isAnonymous =
        opened.customer?.isAnonymous == true && !own.contains(opened.customerNumber)
        && opened.customer != provenance.customer
      moments.append(Moment(opened, isAnonymous: isAnonymous, reader: &reader))
    }
    return moments.sorted { $0.isBefore($1) }
  }

  /// The person's own events, and the anonymous ones of their interactions.
  private static func moments(in everything: [Moment], provenance: Provenance) -> [Moment] {
    let numbers = Set(provenance.references.map(\.number))
    func isOwn(_ moment: Moment) -> Bool {
      !moment.isAnonymous && (numbers.isEmpty || numbers.contains(moment.opened.customerNumber))
    }
    let own = Set(everything.compactMap { isOwn($0) ? $0.event.interaction : nil })
    return everything.filter { isOwn($0) || $0.isAnonymous && $0.event.interaction.map(own.contains) == true }
  }
}
