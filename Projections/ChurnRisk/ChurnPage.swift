import Statistics
import Touchlog

extension ChurnPage {
  mutating func hazard(of report: ChurnReport) {
    heading("The hazard of leaving: change of the log odds for one more")
    switch report.hazard {
    case .failure(let refusal): line("  No figures: \(refusal).")
    case .success(let model):
      var rows = [["", "coefficient", "std. error", interval(report.parameters.level), ""]]
      for feature in Feature.allCases {
        let coefficient = model.coefficient(feature)
        let interval = coefficient.interval(level: report.parameters.level)
        rows.append([
          feature.name, signed(coefficient.estimate), ChurnFigures.decimal(coefficient.standardError, 3),
          "\(signed(interval.lower)) to \(signed(interval.upper))", feature.meaning,
        ])
      }
      rows.append([
        "intercept", signed(model.intercept), ChurnFigures.decimal(model.sample.interceptStandardError, 3), "",
        "all of the above 0",
      ])
      table(rows, lastIsText: true)
      line(
        "  \(ChurnFigures.decimal(model.sample.cases, 0)) person-months, \(ChurnFigures.decimal(model.sample.happened, 0)) "
          + "ended with a leave; \(model.sample.stop), \(model.sample.evaluations) evaluations")
      if model.stayedShare < 1 {
        line(
          "  Of the months in which nobody left a sample of \(ChurnFigures.percent(model.stayedShare)) is enough; the "
            + "intercept is put right for it (King and Zeng 2001).")
      }
      for feature in model.sample.separating {
        line("  \(feature) alone tells some outcomes: only the penalty keeps its coefficient finite.")
      }
    }
  }

  mutating func judgement(of report: ChurnReport) {
    heading("Judged on what it could not know")
    switch report.judgement {
    case .failure(let refusal): line("  No figures: \(refusal).")
    case .success(let judgement):
      line(
        "  learned up to T1 \(judgement.from.rfc3339), judged up to \(judgement.to.rfc3339): "
          + "\(ChurnFigures.counted(judgement.personMonths, "person-month")), \(ChurnFigures.grouped(judgement.gone)) ended "
          + "with a leave"
          + (judgement.share < 1 ? "; a sample of \(ChurnFigures.percent(judgement.share)) of all persons" : ""))
      func row(_ name: String, _ score: Judgement.Score) -> [String] {
        [
          name, ChurnFigures.decimal(score.areaUnderCurve, 3) + " ± " + ChurnFigures.decimal(score.areaError, 3),
          ChurnFigures.decimal(score.brierScore, 5),
          ChurnFigures.decimal(score.liftOfTopTenth, 2), ChurnFigures.decimal(score.calibration.expectedError, 5),
          "\(score.groupsOff) of \(score.calibration.groups.count)",
        ]
      }
      table([
        ["", "AUC", "Brier", "lift of top tenth", "calibration error", "groups off"],
        row("hazard model", judgement.hazard), row("recency alone", judgement.naive),
      ])
      var rows = [["tenth", "forecast", "came", interval(report.parameters.level), "n"]]
      for (place, group) in judgement.hazard.calibration.groups.enumerated() {
        rows.append([
          "\(place + 1)" + (group.isCalibrated ? "" : " off"), ChurnFigures.percent(group.meanForecast, 2),
          ChurnFigures.percent(group.observed.value ?? 0, 2),
          ChurnFigures.percent(group.interval.lower, 2) + " to " + ChurnFigures.percent(group.interval.upper, 2),
          ChurnFigures.grouped(group.observed.cases),
        ])
      }
      table(rows)
    }
  }

  mutating func exchange(of report: ChurnReport) {
    heading("“Twelve good experiences make up for one poor one”")
    switch report.exchange {
    case .failure(let refusal): line("  No figures: \(refusal).")
    case .success(let exchanges):
      for exchange in exchanges {
        guard let interval = exchange.interval else {
          line("  after \(exchange.harm.words): not known, as good contacts are not known to lower the risk")
          continue
        }
        let number = ChurnFigures.decimal(exchange.goodContacts, 1)
        let twelve = exchange.rulesOutTwelve ? "twelve is ruled out" : "twelve is possible"
        line(
          "  after \(exchange.harm.words): \(number) good contacts bring the risk back "
            + "(\(ChurnFigures.decimal(interval.lower, 1)) to \(ChurnFigures.decimal(interval.upper, 1)); \(twelve))")
      }
    }
  }

  mutating func repeats(of report: ChurnReport) {
    heading("Repeat activity, in weeks")
    switch report.repeats {
    case .failure(let refusal): line("  No figures: \(refusal).")
    case .success(let findings):
      let rows = [["", "r", "α", "a", "b", "log-likelihood", "persons", "came back"]]
      table(rows + row("BG/NBD", findings.original) + row("MBG/NBD", findings.modified))
      for (name, fit) in [("BG/NBD", findings.original), ("MBG/NBD", findings.modified)] {
        switch fit {
        case .failure(let refusal): line("  \(name): no figures: \(refusal).")
        case .success(let fit):
          line("  \(name): \(fit.stop), \(fit.startsInAgreement) of 3 searches agree, \(fit.evaluations) evaluations")
        }
      }
      if findings.learnedShare < 1 {
        line("  learned from a sample of \(ChurnFigures.percent(findings.learnedShare)) of the histories")
      }
      if let expected = findings.expected {
        line(
          "  \(ChurnFigures.grouped(findings.repeats)) repeats so far; about \(ChurnFigures.decimal(expected, 0)) expected "
            + "in the next \(report.parameters.horizonDays) days")
      }
    }
  }

  private func row(_ name: String, _ fit: Result<BetaGeometricFit, ChurnRefusal>) -> [[String]] {
    guard case .success(let fit) = fit else { return [] }
    func value(_ value: Double, _ error: Double) -> String {
      ChurnFigures.decimal(value, 3) + " ± " + ChurnFigures.decimal(error, 3)
    }
    return [
      [
        name, value(fit.model.r, fit.standardErrors.r), value(fit.model.alpha, fit.standardErrors.alpha),
        value(fit.model.a, fit.standardErrors.a), value(fit.model.b, fit.standardErrors.b),
        ChurnFigures.decimal(fit.logLikelihood, 1), ChurnFigures.grouped(fit.customers),
        ChurnFigures.grouped(fit.returning),
      ]
    ]
  }

  mutating func top(_ count: Int, of report: ChurnReport, naming: some Naming) throws {
    heading("Ranked \(report.ranking.words)")
    switch report.ranking {
    case .none: return
    case .hazard:
      var rows = [["", "customer", "risk", interval(report.parameters.level), "alive", "why"]]
      for (place, person) in try report.top(count, naming: naming).enumerated() {
        rows.append([
          "\(place + 1)", PersonRisk.name(person.person, person.reference), ChurnFigures.percent(person.risk),
          ChurnFigures.percent(person.interval.lower) + " to " + ChurnFigures.percent(person.interval.upper),
          person.repeats?.alive.map { ChurnFigures.percent($0, 0) } ?? "–",
          person.reasons.filter(\.raises).prefix(2)
            .map { "\($0.words): \(ChurnFigures.percent($0.share, 0))" }.joined(separator: "; "),
        ])
      }
      table(rows, lastIsText: true)
    case .repeats:
      var rows = [["", "customer", "alive", "expected", "repeats", "last", "known for"]]
      for (place, item) in try report.topByRepeats(count, naming: naming).enumerated() {
        let (person, activity) = (item.person, item.activity)
        rows.append([
          "\(place + 1)", PersonRisk.name(person, item.reference), ChurnFigures.percent(activity.alive ?? .nan),
          ChurnFigures.decimal(activity.expected ?? .nan, 2), "\(activity.repeats)",
          "day \(activity.lastDays)", ChurnFigures.counted(activity.ageDays, "day"),
        ])
      }
      table(rows)
    }
  }

  func signed(_ value: Double) -> String {
    (value >= 0 ? "+" : "") + ChurnFigures.decimal(value, 3)
  }

  func interval(_ level: Double) -> String { ChurnFigures.percent(level, 0) + " interval" }
}

extension PersonRisk {
  /// The reference, made harmless, or the number of who was erased.
  static func name(_ person: CustomerNumber, _ reference: Reference?) -> String {
    reference?.text.inert ?? "number:\(person.value)"
  }
}
