import ChurnRisk
import Statistics
import Testing
import Touchlog
import TouchlogTesting

/// Where the log carries no figures, the report says why, and shows none.
@Suite struct RefusalTests {
  private func refusal<Value>(_ result: Result<Value, ChurnRefusal>) -> ChurnRefusal? {
    if case .failure(let refusal) = result { refusal } else { nil }
  }

  @Test func `an empty log has no figures`() throws {
    let view = try SampleLog([]).view(of: ChurnRisk.self)
    let report = try ChurnReport(of: view)
    #expect(refusal(report.hazard) == .noEvents && refusal(report.repeats) == .noEvents)
    #expect(report.ranking == .none)
    let text = try ChurnText.render(report, top: 10, naming: view)
    #expect(text.hasPrefix("churn-risk version 1, log at 0, 0 events\n\nNo hazard of leaving: no event counts."))
    #expect(text.contains("Ranked not at all"))
  }

  @Test func `few customers are too few, in words`() throws {
    var story = Story()
    story.status("active", Story.time(1, 2))
    story.call("a", Story.time(8, 10), wait: 1)
    let view = try SampleLog(story.events).view(of: ChurnRisk.self)
    let report = try ChurnReport(of: view)
    guard case .hazard(.tooFewOutcomes(let happened, _, _)) = refusal(report.hazard) else {
      Issue.record("a hazard from one customer: \(report.hazard)")
      return
    }
    #expect(happened == 0 && report.persons == 1 && report.interactions == 1)
    #expect(refusal(report.exchange) == .restsOn(part: "the hazard model"))
    let repeats = try report.repeats.get()
    guard case .repeats(.tooFew) = refusal(repeats.modified) else {
      Issue.record("a model from one customer: \(repeats.modified)")
      return
    }
    #expect(throws: ChurnRefusal.self) { try report.top(10, naming: view) }
    let customer = try #require(try view.number(of: Story.customer))
    let page = try #require(try report.page(of: customer, in: view))
    #expect(throws: PersonPage.Absence.self) { try page.risk.get() }
    #expect(ChurnText.render(page, of: report).contains("No risk: too few outcomes"))
  }

  @Test func `a log too short for the silence asked for says how many months it takes`() throws {
    let view = try SampleLog(try SimulatedCompany.small.get()).view(of: ChurnRisk.self)
    var parameters = ChurnParameters()
    parameters.gone = .silent(days: 180)
    let report = try ChurnReport(of: view, parameters)
    guard case .tooFewMonths(let found, let needed) = refusal(report.judgement) else {
      Issue.record("judged on too few months: \(report.judgement)")
      return
    }
    #expect(found <= 11 && needed == 12)
    #expect(try ChurnText.render(report, top: 1, naming: view).contains("Take a longer log"))
  }

  @Test func `who left is told so, and not given a risk`() throws {
    let (report, view) = try TruthTests.report.get()
    let events = try SimulatedCompany.large.get()
    var gone: Reference?
    for number in 0..<view.customerBound {
      let customer = CustomerNumber(number)
      guard let page = try report.page(of: customer, in: view), case .failure(.gone) = page.risk else { continue }
      gone = try view.reference(of: customer)
      #expect(ChurnText.render(page, of: report).contains("has left already"))
      break
    }
    #expect(gone != nil && events.count == 150_000)
  }
}
