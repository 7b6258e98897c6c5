import ChurnRisk
import Simulation
import Statistics
import Testing
import Touchlog
import TouchlogTesting

/// What the simulation plants is found again.
@Suite struct TruthTests {
  @Test func `explore`() throws {
    let clock = ContinuousClock()
    var start = clock.now
    func lap(_ what: String) { print(what, clock.now - start); start = clock.now }
    let log = try SimulatedCompany.large.get()
    lap("log")
    let view = try log.view(of: ChurnRisk.self)
    lap("fold")
    var parameters = ChurnParameters()
    parameters.clock = .relationship
    let report = try ChurnReport(of: view, parameters)
    lap("report")
    print(report.persons, report.personsAtRisk, report.personMonths, report.gone)
    if case .success(let model) = report.hazard {
      print("intercept", model.intercept, model.sample.interceptStandardError)
      for c in model.sample.coefficients { print(c.name, c.estimate, c.standardError, c.mean, c.spread) }
    } else { print(report.hazard) }
    print(report.judgement)
    print(report.exchange)
    print(report.repeats)
  }
}
