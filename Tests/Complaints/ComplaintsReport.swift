public import Touchlog

/// Which complaints come again: by topic, how many were raised and settled, and how many of the settled were raised
/// again by the same customer within some days.
public struct ComplaintsReport: Sendable {
  /// The figures of a topic.
  public struct Line: Hashable, Sendable {
    /// How many complaints there are, and how many customers have them.
    public var raised = 0
    public var customers = 0
    /// The highest severity.
    public var gravest = 0
    /// How many were settled long enough before the log's end to tell, and how many of these came again.
    public var judged = 0
    public var again = 0
  }

  /// On what the figures rest.
  public let provenance: Provenance
  /// Within how many days after its settlement a complaint counts as the same.
  public let days: Int
  /// The lines by topic; nil is a topic that was not stated.
  public let lines: [String?: Line]

  /// Walks the rows of a view once.
  public init(of view: any View, days: Int = 30) throws {
    provenance = view.provenance
    self.days = days
    let window = Int64(days) * 86_400_000_000
    let end = view.provenance.end ?? .earliest
    let parts = try view.mapCustomers { customers in
      var lines: [UInt64: Line] = [:]
      try view.forEachRow(in: Complaints.topics, customers: customers) { key, values in
        lines[key.thing, default: Line()].count(values.first)
      }
      try view.forEachRow(in: Complaints.courses, customers: customers) { key, marks in
        lines[key.thing, default: Line()].judge(marks, window: window, end: end)
      }
      return lines
    }
    var lines: [String?: Line] = [:]
    for (thing, line) in parts.joined() {
      let topic = try Complaints.topic(thing).map { try view.text(of: $0) }
      lines[topic, default: Line()].add(line)
    }
    self.lines = lines
  }
}

extension ComplaintsReport.Line {
  mutating func count(_ tally: Complaints.Tally) {
    raised += Int(tally.raised)
    customers += 1
    gravest = max(gravest, Int(tally.gravest))
  }

  /// Goes through a course in the order in which things happened.
  mutating func judge(_ marks: borrowing Values<Mark>, window: Int64, end: Timestamp) {
    var settledAt: Timestamp?
    for index in 0..<marks.count {
      let mark = marks[index]
      if mark.typeCode == Catalogue.complaintResolved.code {
        // A complaint is settled once, however often it is said.
        settledAt = settledAt ?? mark.occurredAt
      } else if let settled = settledAt {
        judged += 1
        if mark.occurredAt.microseconds(since: settled) <= window { again += 1 }
        settledAt = nil
      }
    }
    // What has not come again yet may still do so, until its days are over.
    if let settled = settledAt, end.microseconds(since: settled) >= window { judged += 1 }
  }

  mutating func add(_ other: ComplaintsReport.Line) {
    raised += other.raised
    customers += other.customers
    gravest = max(gravest, other.gravest)
    judged += other.judged
    again += other.again
  }
}
