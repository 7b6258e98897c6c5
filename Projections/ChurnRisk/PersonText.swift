import Statistics
import Touchlog

extension ChurnPage {
  /// How many events are shown behind a reason.
  private static let eventsMax = 12

  mutating func person(_ page: PersonPage, of report: ChurnReport) {
    let names = page.references.map { PersonRisk.name($0.number, $0.reference) }
    line(names.joined(separator: " = "))
    switch page.risk {
    case .failure(let absence): line("  No risk: \(absence).")
    case .success(let risk):
      line(
        "  risk \(ChurnFigures.percent(risk.risk)) (\(ChurnFigures.percent(risk.interval.lower)) to "
          + "\(ChurnFigures.percent(risk.interval.upper))): \(report.parameters.gone.words)")
      if let expected = report.expectedGone, report.personsAtRisk > 0 {
        line("  the average customer's is \(ChurnFigures.percent(expected / Double(report.personsAtRisk)))")
      }
      reasons(risk, page)
    }
    activity(page.repeats, report)
  }

  private mutating func reasons(_ risk: PersonRisk, _ page: PersonPage) {
    for (raises, words) in [(true, "What makes it higher"), (false, "What makes it lower")] {
      let reasons = risk.reasons.filter { $0.contribution != 0 && $0.raises == raises && $0.share >= 0.005 }
      guard !reasons.isEmpty else { continue }
      heading(words)
      for reason in reasons {
        line(
          "  \(ChurnFigures.percent(reason.share, 0)) \(reason.words): log odds \(signed(reason.contribution))"
            + events(page.evidence[reason.feature]))
      }
    }
  }

  private func events(_ events: [PersonPage.Event]?) -> String {
    guard let events, let last = events.last else { return "" }
    if events.count == 1 { return "; position \(last.position.value), \(last.occurredAt.rfc3339)" }
    let shown = events.suffix(ChurnPage.eventsMax).map { "\($0.position.value)" }.joined(separator: ", ")
    return "; positions " + (events.count > ChurnPage.eventsMax ? "…, " : "") + shown
  }

  private mutating func activity(_ activity: PersonRisk.Activity?, _ report: ChurnReport) {
    heading("Repeat activity")
    guard let activity else {
      line("  No history of \(report.parameters.repeats.rawValue), or no model.")
      return
    }
    line(
      "  \(ChurnFigures.counted(activity.repeats, "repeat")), the last on day \(activity.lastDays) of "
        + "\(ChurnFigures.grouped(activity.ageDays))")
    if let alive = activity.alive, let interval = activity.aliveInterval {
      line(
        "  comes back at all (MBG/NBD): \(ChurnFigures.percent(alive)) (\(ChurnFigures.percent(interval.lower)) to "
          + "\(ChurnFigures.percent(interval.upper)))")
    }
    if let alive = activity.aliveInOriginal {
      line("  the same by BG/NBD, where it is 100 % for whoever never came back: \(ChurnFigures.percent(alive))")
    }
    if let expected = activity.expected, let error = activity.expectedError {
      line(
        "  expected in the next \(report.parameters.horizonDays) days: \(ChurnFigures.decimal(expected, 2)) ± "
          + ChurnFigures.decimal(error, 2))
    }
  }
}
