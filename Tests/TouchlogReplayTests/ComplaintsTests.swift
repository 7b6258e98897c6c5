import Complaints
import Testing
import Touchlog
import TouchlogTesting

@Suite struct ComplaintsTests {
  private let anna = Samples.customer(1)
  private let bo = Samples.customer(2)

  /// A complaint, or its settlement, so many days after the first.
  private func event(
    _ id: String, _ type: String, of customer: Reference, day: Int, topic: String? = "delivery",
  ) -> Event {
    Samples.event(id, type, of: customer, data: ["severity": 3]).with {
      $0.occurredAt = Samples.minute(day * 1440)
      $0.topic = topic
    }
  }

  private var story: [Event] {
    [
      event("1", "complaint.raised", of: anna, day: 0),
      event("2", "complaint.resolved", of: anna, day: 2),
      event("3", "complaint.raised", of: anna, day: 12),
      event("4", "complaint.raised", of: bo, day: 1),
      event("5", "complaint.resolved", of: bo, day: 3),
      event("6", "complaint.resolved", of: anna, day: 50),
      event("7", "complaint.raised", of: bo, day: 51, topic: nil),
    ]
  }

  @Test func `what was settled and came again within the days is counted`() throws {
    let view = try SampleLog(story).view(of: Complaints.self)
    let report = try ComplaintsReport(of: view, days: 30)
    let delivery = try #require(report.lines["delivery"])
    #expect(delivery.raised == 3)
    #expect(delivery.customers == 2)
    // Anna's came again; Bo's did not; Anna's second settlement is too late to tell.
    #expect(delivery.judged == 2)
    #expect(delivery.again == 1)
    #expect(report.lines[nil]?.raised == 1)
  }

  @Test func `however the log is cut and ordered, the rows are the same`() throws {
    let log = try SampleLog(story)
    try ProjectionSpec(Complaints.self).check(log)
    // What came late gives the same report.
    let late = try SampleLog(story.reversed()).view(of: Complaints.self)
    #expect(try ComplaintsReport(of: late).lines == ComplaintsReport(of: log.view(of: Complaints.self)).lines)
  }

  @Test func `as of the eleventh day it had not come again`() throws {
    let view = try SampleLog(story).view(of: Complaints.self, bounds: Bounds(asOf: Samples.minute(11 * 1440)))
    #expect(try ComplaintsReport(of: view, days: 5).lines["delivery"]?.again == 0)
    #expect(try ComplaintsReport(of: view, days: 5).lines["delivery"]?.judged == 2)
  }
}
