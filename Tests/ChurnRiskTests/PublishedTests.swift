import ChurnRisk
import RealData
import Statistics
import Testing
import Touchlog
import TouchlogTesting

/// The purchases at CDNOW, by the shipped mapping, through the fold and the report.
@Suite(.enabled(if: SharedData.isThere, "the shared data is not beside the checkout"))
struct PublishedTests {
  /// The first 39 weeks, as in Fader, Hardie and Lee 2005.
  private static let report = Result {
    let log = try SampleLog(try SharedData.events("cdnow", ["cdnow/CDNOW_sample.txt.gz"]))
    let end = Timestamp(date: CivilDate(year: 1997, month: 9, day: 30), microsecondOfDay: 0)
    let view = try log.view(of: ChurnRisk.self, bounds: Bounds(asOf: end))
    var parameters = ChurnParameters()
    parameters.horizonDays = 39 * 7
    return (try ChurnReport(of: view, parameters), view)
  }

  @Test func `CDNOW gives the published BG/NBD model`() throws {
    let (report, _) = try Self.report.get()
    let findings = try report.repeats.get()
    #expect(findings.persons == 2357)
    let fit = try findings.original.get()
    #expect(abs(fit.model.r - 0.243) < 0.001 && abs(fit.model.alpha - 4.414) < 0.001)
    #expect(abs(fit.model.a - 0.793) < 0.001 && abs(fit.model.b - 2.426) < 0.001)
    #expect(abs(fit.logLikelihood + 9582.4) < 0.1)
    #expect(fit.startsInAgreement == 3)
    // The published expectation is of the customer with x = 2, t_x = 30.43 and T = 38.86 weeks.
    let history = RepeatHistory(repeats: 2, last: 213.0 / 7, age: 272.0 / 7)
    #expect(abs(fit.model.expectedRepeats(within: 39, after: history) - 1.226) < 0.001)
  }

  @Test func `the first customer's page says what is published of that history`() throws {
    let (report, view) = try Self.report.get()
    // The sample's first customer is number 00004 of all, and has the history above.
    let customer = try #require(try view.number(of: Reference("cdnow:00004")))
    let page = try #require(try report.page(of: customer, in: view))
    let activity = try #require(page.repeats)
    #expect(activity.repeats == 2 && activity.lastDays == 213 && activity.ageDays == 272)
    #expect(abs(try #require(activity.aliveInOriginal) - 0.7266) < 0.001)
    let alive = try #require(activity.alive)
    #expect(try #require(activity.aliveInterval).contains(alive))
    #expect(try #require(activity.expected) > 0 && #require(activity.expectedError) > 0)
  }

  @Test func `who never came back is alive for certain in BG/NBD alone, so MBG/NBD ranks`() throws {
    let (report, view) = try Self.report.get()
    #expect(report.ranking == .repeats)
    #expect(report.ranking.words.contains("not by BG/NBD"))
    let top = try report.topByRepeats(20, naming: view)
    let alive = top.compactMap(\.activity.alive)
    #expect(alive.count == 20 && alive == alive.sorted())
    let silent = try #require(try view.number(of: Reference("cdnow:00050")))
    let page = try #require(try report.page(of: silent, in: view))
    let activity = try #require(page.repeats)
    #expect(activity.repeats == 0 && activity.aliveInOriginal == 1)
    #expect(try #require(activity.alive) < 1)
    // Nobody says of anybody that they are a customer, so there is no hazard, and no figure of it.
    guard case .failure(.nobodyAtRisk(.former)) = report.hazard else {
      Issue.record("a hazard without anybody at risk: \(report.hazard)")
      return
    }
    #expect(try ChurnText.render(report, top: 3, naming: view).contains("No hazard of leaving: nobody can leave"))
  }
}
