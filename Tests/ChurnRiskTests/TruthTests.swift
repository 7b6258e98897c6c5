import ChurnRisk
import Simulation
import Statistics
import Testing
import Touchlog
import TouchlogTesting

/// What the simulation plants is found again. Over twelve seeds the distances from the truth, in standard errors, were
/// spread like a standard normal, the largest of 228 being 3.8: so four is what a right method passes.
@Suite struct TruthTests {
  static let report = Result {
    let view = try SimulatedCompany.large.get().view(of: ChurnRisk.self)
    var parameters = ChurnParameters()
    // The simulated clock of purchases starts with the relationship.
    parameters.clock = .relationship
    return (try ChurnReport(of: view, parameters), view)
  }

  @Test func `the hazard of leaving has the planted coefficients`() throws {
    let (report, _) = try Self.report.get()
    let model = try report.hazard.get()
    let planted: [Feature: Double] = [
      .unresolved: Truth.leavingPerUnresolvedContact, .waits: Truth.leavingPerWaitBeyondStandard,
      .broken: Truth.leavingPerBrokenPromise, .good: Truth.leavingPerGoodContact,
    ]
    var squares = 0.0
    for feature in Feature.allCases {
      let coefficient = model.coefficient(feature)
      let distance = (coefficient.estimate - (planted[feature] ?? 0)) / coefficient.standardError
      #expect(abs(distance) < 4, "\(feature.name): \(coefficient.estimate) ± \(coefficient.standardError)")
      squares += distance * distance
      // Enough was seen to tell the truth from nothing at all.
      if let truth = planted[feature] { #expect(abs(truth) > 1.9 * coefficient.standardError, "\(feature.name)") }
    }
    // All together: the chi-square of 18 is above 47 once in 5,000 logs.
    #expect(squares < 47, "\(squares)")
    #expect(abs(model.intercept - Truth.leavingIntercept) < 4 * model.sample.interceptStandardError)
    #expect(model.stayedShare == 1)
  }

  @Test func `purchases have the planted model`() throws {
    let (report, _) = try Self.report.get()
    let fit = try report.repeats.get().original.get()
    let planted = [Truth.purchaseShape, Truth.purchaseRateDays / 7, Truth.purchaseStopA, Truth.purchaseStopB]
    let found = [fit.model.r, fit.model.alpha, fit.model.a, fit.model.b]
    let errors = [fit.standardErrors.r, fit.standardErrors.alpha, fit.standardErrors.a, fit.standardErrors.b]
    for index in planted.indices {
      #expect(abs(found[index] - planted[index]) < 4 * errors[index], "\(found[index]) ± \(errors[index])")
    }
    // a and b are hardly told apart by a year; what they say together is.
    let stop = Truth.purchaseStopA / (Truth.purchaseStopA + Truth.purchaseStopB)
    #expect(abs(fit.model.a / (fit.model.a + fit.model.b) - stop) < 0.03)
  }

  @Test func `the model is judged on months it did not know, and holds`() throws {
    let (report, _) = try Self.report.get()
    let judgement = try report.judgement.get()
    #expect(judgement.from.rfc3339 == "2025-10-01T00:00:00Z" && judgement.to.rfc3339 == "2026-01-01T00:00:00Z")
    #expect(judgement.hazard.isCalibrated)
    #expect(judgement.hazard.areaUnderCurve > judgement.naive.areaUnderCurve)
    #expect(abs(judgement.naive.areaUnderCurve - 0.5) < 3 * judgement.naive.areaError)
    #expect(judgement.hazard.brierScore < 0.02)
    // Of the months judged on, about as many end with a leave as was forecast.
    let forecast = judgement.hazard.calibration.groups.reduce(0) {
      $0 + $1.meanForecast * Double($1.observed.cases)
    }
    #expect(abs(forecast - Double(judgement.gone)) < 4 * Double(judgement.gone).squareRoot())
  }

  @Test func `good contacts are exchanged for poor ones at the planted rate, next to twelve`() throws {
    let (report, _) = try Self.report.get()
    let exchanges = try report.exchange.get()
    let rates: [Exchange.Harm: Double] = [
      .unresolved: -Truth.leavingPerUnresolvedContact / Truth.leavingPerGoodContact,
      .wait: -Truth.leavingPerWaitBeyondStandard / Truth.leavingPerGoodContact,
      .brokenPromise: -Truth.leavingPerBrokenPromise / Truth.leavingPerGoodContact,
    ]
    for exchange in exchanges {
      guard let rate = rates[exchange.harm] else { continue }
      let interval = try #require(exchange.interval)
      #expect(interval.contains(rate) && interval.contains(exchange.goodContacts), "\(exchange)")
    }
    #expect(exchanges.map(\.harm) == Exchange.Harm.allCases)
    #expect(Exchange.claimed == 12)
  }

  @Test func `a sample of the months in which nobody left gives the same model, less sharply`() throws {
    let (report, view) = try Self.report.get()
    let whole = try report.hazard.get()
    var parameters = report.parameters
    parameters.stayedMonthsMax = 12_000
    let sampled = try ChurnReport(of: view, parameters).hazard.get()
    #expect(sampled.stayedShare < 0.2 && sampled.sample.cases < 15_000)
    #expect(sampled.sample.happened == whole.sample.happened)
    // The intercept would be ln(1/q), about 1.7, too high without its correction.
    #expect(abs(sampled.intercept - whole.intercept) < 3 * whole.sample.interceptStandardError)
    for feature in Feature.allCases {
      let (one, other) = (sampled.coefficient(feature), whole.coefficient(feature))
      #expect(abs(one.estimate - other.estimate) < 2.5 * one.standardError, "\(feature.name)")
      #expect(one.standardError > other.standardError)
    }
  }

  @Test func `a sample of persons is judged alike, and repeats alike`() throws {
    let (report, view) = try Self.report.get()
    var parameters = report.parameters
    parameters.judgedPersonsMax = 4_000
    parameters.repeatPersonsMax = 2_500
    let sampled = try ChurnReport(of: view, parameters)
    let (whole, judged) = (try report.judgement.get(), try sampled.judgement.get())
    #expect(whole.share == 1 && judged.share < 0.9 && judged.share > 0.2)
    let persons = Double(judged.personMonths) / Double(whole.personMonths)
    #expect(abs(persons - judged.share) < 0.05, "\(persons) of \(judged.share)")
    #expect(abs(judged.hazard.areaUnderCurve - whole.hazard.areaUnderCurve) < 3 * judged.hazard.areaError)
    let (all, some) = (try report.repeats.get(), try sampled.repeats.get())
    #expect(some.persons == all.persons && some.repeats == all.repeats && some.learnedShare < 0.6)
    let (fit, sample) = (try all.original.get(), try some.original.get())
    #expect(abs(fit.model.r - sample.model.r) < 3 * sample.standardErrors.r)
    let (expected, found) = (try #require(all.expected), try #require(some.expected))
    #expect(abs(expected - found) < 0.1 * expected)
  }

  @Test func `reasons add up to the distance from the average customer, and name their events`() throws {
    let (report, view) = try Self.report.get()
    let top = try report.top(20, naming: view)
    #expect(top.count == 20 && zip(top, top.dropFirst()).allSatisfy { $0.risk >= $1.risk })
    let model = try report.hazard.get()
    for person in top {
      #expect(person.interval.contains(person.risk))
      #expect(abs(person.reasons.reduce(0) { $0 + $1.share } - 1) < 1e-9)
      let average = person.reasons.reduce(model.intercept) {
        $0 + model.coefficient($1.feature).estimate * $1.average
      }
      let sum = person.reasons.reduce(average) { $0 + $1.contribution }
      #expect(abs(sum - logitOfShare(person.risk)) < 1e-6)
      let page = try #require(try report.page(of: person.person, in: view))
      #expect(try page.risk.get().risk == person.risk)
      for reason in person.reasons {
        let counted: [Feature] = [
          .unresolved, .abandoned, .transferred, .waits, .late, .broken, .complaints, .good, .goodBefore, .poorBefore,
          .purchases,
        ]
        guard counted.contains(reason.feature) else { continue }
        #expect(page.evidence[reason.feature]?.count ?? 0 == Int(reason.value), "\(reason.feature)")
      }
    }
    let text = try ChurnText.render(report, top: 5, naming: view)
    #expect(text.contains("Judged on what it could not know") && text.contains("twelve"))
    let page = try #require(try report.page(of: top[0].person, in: view))
    #expect(ChurnText.render(page, of: report).contains("What makes it higher"))
  }
}
