public import Touchlog

extension Timeline {
  /// One event of a timeline, in words.
  public struct Line: Hashable, Sendable {
    /// With `source` the event's identity, to find it again.
    public let id: String
    /// The adapter that sent it.
    public let source: String
    /// Its place in the log.
    public let position: Position
    /// Whose stream it is in: another's than the customer's for linked references and anonymous events.
    public let customerNumber: CustomerNumber
    /// Whom that is, by name; nil when erased.
    public let customer: Reference?
    /// Its place in that stream, from 0.
    public let streamVersion: UInt32
    /// When it happened, by the source's clock.
    public let occurredAt: Timestamp
    /// When the log took it.
    public let recordedAt: Timestamp
    /// The type as on the wire.
    public let type: String
    /// Where it took place; nil, as below, where the event does not say.
    public let channel: Channel?
    /// Who acted.
    public let agent: String?
    /// Whose work it was.
    public let team: String?
    /// What happened, as a part of an English sentence: `waited 42 s in queue NW`. Texts stand in it as they came.
    public let words: String
    /// What to know before trusting it.
    public let marks: Marks

    static func isBefore(_ left: Line, _ right: Line) -> Bool {
      (left.occurredAt, left.position) < (right.occurredAt, right.position)
    }

    init(_ moment: Moment, facts: Facts, isOutOfOrder: Bool, lateAfter: Duration) {
      let opened = moment.opened
      id = opened.event.id
      source = opened.event.source
      position = opened.position
      customerNumber = opened.customerNumber
      customer = opened.customer
      streamVersion = opened.streamVersion
      occurredAt = opened.event.occurredAt
      recordedAt = opened.recordedAt
      type = opened.event.type
      channel = opened.event.channel
      agent = opened.event.agent
      team = opened.event.team
      words = Wording(moment: moment, facts: facts).words
      let delay = opened.recordedAt.duration(since: opened.event.occurredAt)
      marks = Marks(
        lateBy: delay > lateAfter ? delay : nil, isOutOfOrder: isOutOfOrder, isAnonymous: moment.isAnonymous,
        isErased: opened.isErased, contradiction: facts.contradiction)
    }
  }

  /// What a reader must know before trusting a line. Derived from the events shown, and from nothing else.
  public struct Marks: Hashable, Sendable {
    /// How long after it occurred the log took it, where that is above the threshold; nil where it is not.
    ///
    /// Until then, nobody who asked the log knew of it.
    public let lateBy: Duration?
    /// An event of the same stream with a smaller position occurred later: who read the stream in between saw a
    /// history in which this one was missing. Only events within the bounds are looked at.
    ///
    /// Apart from `lateBy`: a source that was offline for days is late and in order, one whose clock is a second
    /// behind another's is out of order and not late.
    public let isOutOfOrder: Bool
    /// The event names nobody; it counts as the customer's because its interaction names no one else.
    public let isAnonymous: Bool
    /// The event's `data` went with the customer.
    public let isErased: Bool
    /// What cannot be: an end that is dated before its start. Times derived from it are left out. Nil where there is
    /// nothing to say.
    public let contradiction: String?

    /// Whether there is nothing to say.
    public var isEmpty: Bool { words.isEmpty }

    /// The marks in words, e.g. `late by 2 h`.
    public var words: [String] {
      var words: [String] = []
      if let lateBy { words.append("late by \(lateBy.words)") }
      if isOutOfOrder { words.append("out of order") }
      if isAnonymous { words.append("anonymous") }
      if isErased { words.append("erased") }
      if let contradiction { words.append("contradictory: \(contradiction)") }
      return words
    }
  }
}

/// Which events came to the log after a later one of the same stream had.
struct Disorder {
  /// By the place among the moments that were asked about.
  let isLateComer: [Bool]

  init(of moments: [Moment]) {
    var isLateComer = [Bool](repeating: false, count: moments.count)
    var latest: [CustomerNumber: Timestamp] = [:]
    let byPosition = moments.indices.sorted { moments[$0].opened.position < moments[$1].opened.position }
    for index in byPosition {
      let moment = moments[index]
      if let before = latest[moment.opened.customerNumber], before > moment.occurredAt {
        isLateComer[index] = true
      } else {
        latest[moment.opened.customerNumber] = moment.occurredAt
      }
    }
    self.isLateComer = isLateComer
  }
}
