import CustomerTimeline
import JSON
import Touchlog

/// Who a person is taken for, and how much there is of them: `person.json` of an export.
struct PersonSummary {
  let person: TimelineSource.Person
  let timeline: Timeline
  /// The store's id.
  let store: String
  let madeAt: Timestamp
  /// How many events of the log were looked at.
  let end: Position
  /// When the log took the last of them; nil for an empty log.
  let recordedThrough: Timestamp?
  /// How many events of others name the person.
  var mentions = 0
  /// Which events of the person's own name others.
  var namesOthers: [Position] = []

  /// How many events there are, anonymous ones included.
  private(set) var events = 0
  private(set) var anonymousEvents = 0
  private(set) var types: [String: Int] = [:]
  private(set) var channels: [Channel: Int] = [:]
  private var spans: [CustomerNumber: Span] = [:]
  private(set) var span: Span?

  /// How many events, and between which times.
  struct Span {
    var events = 1
    var first: Timestamp
    var last: Timestamp
    var recordedFirst: Timestamp
    var recordedLast: Timestamp

    init(_ opened: OpenedEvent) {
      (first, last) = (opened.event.occurredAt, opened.event.occurredAt)
      (recordedFirst, recordedLast) = (opened.recordedAt, opened.recordedAt)
    }

    mutating func add(_ opened: OpenedEvent) {
      events += 1
      first = min(first, opened.event.occurredAt)
      last = max(last, opened.event.occurredAt)
      recordedFirst = min(recordedFirst, opened.recordedAt)
      recordedLast = max(recordedLast, opened.recordedAt)
    }

    fileprivate func write(to object: inout JSONWriter) {
      object.member("events", events)
      object.member("first", first)
      object.member("last", last)
      object.member("recordedFirst", recordedFirst)
      object.member("recordedLast", recordedLast)
    }
  }

  /// What is known before the events are read.
  init(
    person: TimelineSource.Person, timeline: Timeline, store: String, madeAt: Timestamp, end: Position,
    recordedThrough: Timestamp?,
  ) {
    self.person = person
    self.timeline = timeline
    self.store = store
    self.madeAt = madeAt
    self.end = end
    self.recordedThrough = recordedThrough
  }

  /// Counts an event of the person's, or an anonymous one that counts as theirs.
  mutating func count(_ opened: OpenedEvent) {
    events += 1
    types[opened.event.type, default: 0] += 1
    if let channel = opened.event.channel { channels[channel, default: 0] += 1 }
    if span?.add(opened) == nil { span = Span(opened) }
    guard person.references.contains(where: { $0.number == opened.customerNumber }) else {
      anonymousEvents += 1
      return
    }
    if spans[opened.customerNumber]?.add(opened) == nil { spans[opened.customerNumber] = Span(opened) }
  }

  /// The file's bytes: one JSON object. What is not known is left out.
  var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member("format", "touchlog-person/1")
      object.member("store", store)
      object.member("madeAt", madeAt)
      object.member("head", end.value)
      object.member("recordedThrough", recordedThrough)
      object.key("references")
      object.array { for reference in person.references { write(reference, to: &$0) } }
      object.key("leftOut")
      object.array { for reference in person.leftOut { write(reference, to: &$0) } }
      if let span { span.write(to: &object) } else { object.member("events", 0) }
      object.member("anonymousEvents", anonymousEvents)
      object.member("interactions", timeline.interactions.count)
      object.key("channels")
      object.object { object in
        for channel in Channel.allCases { object.member(channel.name, channels[channel]) }
      }
      object.key("types")
      object.object { object in
        for (type, count) in types.sorted(by: { $0.key < $1.key }) { object.member(type, count) }
      }
      object.key("identity")
      object.array { for statement in timeline.linkStatements { statement.write(to: &$0) } }
      object.key("promises")
      object.array { for promise in timeline.promises { promise.write(to: &$0) } }
      object.member("mentions", mentions)
      object.key("namesOthers")
      object.array { for position in namesOthers { $0.integer(position.value) } }
    }
    return writer.bytes
  }

  private func write(_ reference: Timeline.NumberedReference, to writer: inout JSONWriter) {
    writer.object { object in
      object.member("customer", reference.reference?.text)
      object.member("customernumber", reference.number.value)
      if reference.reference == nil { object.member("isErased", true) }
      spans[reference.number]?.write(to: &object)
    }
  }
}
