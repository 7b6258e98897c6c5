import Testing
import Touchlog
import TouchlogTesting

@testable import ChurnRisk

/// What is known of a time does not depend on what came after it.
@Suite struct LookAheadTests {
  private static func time(_ month: Int, _ day: Int, hour: Int64 = 0) -> Timestamp {
    Timestamp(date: CivilDate(year: 2025, month: month, day: day), microsecondOfDay: hour * 3_600_000_000)
  }

  private func months(
    _ view: FoldedView, cut: Timestamp, known: Timestamp, parameters: ChurnParameters = ChurnParameters(),
  ) throws -> PersonMonths {
    try PersonMonths(
      in: view, parameters, cut: cut, known: known, snapshots: Snapshots(through: cut, months: 12))
  }

  @Test(arguments: [ChurnParameters.Gone.former, .silent(days: 45)])
  func `events after T change nothing`(_ gone: ChurnParameters.Gone) throws {
    let events = try SimulatedCompany.small.get()
    var parameters = ChurnParameters()
    parameters.gone = gone
    for cut in [Self.time(9, 1), Self.time(10, 17, hour: 13)] {
      let whole = try SampleLog(events).view(of: ChurnRisk.self)
      let before = try SampleLog(events.filter { $0.occurredAt <= cut }).view(of: ChurnRisk.self)
      let bounded = try SampleLog(events).view(of: ChurnRisk.self, bounds: Bounds(asOf: cut))
      parameters.cut = cut
      // Customers are numbered as they come, so that numbers differ where events are missing: features are compared.
      let found = try [whole, before, bounded].map { view in
        let months = try self.months(view, cut: cut, known: cut, parameters: parameters)
        return try Self.lines(months.rows, view) + Self.lines(months.current, view)
      }
      #expect(found[0].count > 500)
      #expect(found[0] == found[1])
      #expect(found[0] == found[2])
    }
  }

  @Test func `features of a month that is judged on are those of a log that ends there`() throws {
    let events = try SimulatedCompany.small.get()
    let (known, cut) = (Self.time(9, 1), Self.time(12, 31, hour: 23))
    let last = Timestamp(microseconds: known.microseconds - 1)
    let whole = try SampleLog(events).view(of: ChurnRisk.self)
    let before = try SampleLog(events.filter { $0.occurredAt <= last }).view(of: ChurnRisk.self)
    let months = try self.months(whole, cut: cut, known: last)
    let snapshots = Snapshots(through: cut, months: 12)
    let place = try #require(snapshots.times.firstIndex(of: known.microseconds))
    let judged = try Self.lines(months.rows, whole, snapshot: place)
    let then = try self.months(before, cut: last, known: last)
    let current = try Self.lines(then.current, before, snapshot: 12)
    #expect(judged.count > 200)
    #expect(judged == current)
  }

  @Test func `a report up to T is the report of the log as of T`() throws {
    let events = try SimulatedCompany.small.get()
    let cut = Self.time(11, 1)
    var parameters = ChurnParameters()
    parameters.cut = cut
    parameters.outcomesPerFeature = 0.5
    let whole = try ChurnReport(of: SampleLog(events).view(of: ChurnRisk.self), parameters)
    let bounded = try ChurnReport(
      of: SampleLog(events).view(of: ChurnRisk.self, bounds: Bounds(asOf: cut)), parameters)
    #expect(try whole.hazard.get() == bounded.hazard.get())
    #expect(whole.personMonths == bounded.personMonths && whole.at == cut)
    #expect(try whole.repeats.get().original == bounded.repeats.get().original)
  }

  /// Rows as texts, sorted, so that only what they say counts.
  private static func lines(
    _ rows: PersonMonthRows, _ view: FoldedView, snapshot: Int? = nil,
  ) throws -> [String] {
    try (0..<rows.count).filter { snapshot == nil || Int(rows.snapshots[$0]) == snapshot }.map { index in
      let names = try #require(try view.reference(of: CustomerNumber(rows.persons[index])))
      let outcome = snapshot == nil ? " \(rows.snapshots[index]) \(rows.gone[index])" : ""
      return "\(names.text) \(Array(rows.row(index)))\(outcome)"
    }
    .sorted()
  }
}
