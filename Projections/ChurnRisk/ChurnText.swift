public import Touchlog

/// Writes churn reports for a terminal: what they rest on first, then the figures.
public enum ChurnText {
  /// A report as text, each line ended by a newline.
  ///
  /// - Parameters:
  ///   - report: what to write.
  ///   - count: how many persons to list, the highest risk first.
  ///   - naming: the view that the report is of.
  /// - Throws: what the view throws.
  public static func render(_ report: ChurnReport, top count: Int, naming: some Naming) throws -> String {
    var page = ChurnPage()
    page.line(report.provenance.words)
    page.heading(report.leadSentence)
    page.details(of: report)
    page.hazard(of: report)
    page.judgement(of: report)
    page.exchange(of: report)
    page.repeats(of: report)
    try page.top(count, of: report, naming: naming)
    return page.text
  }

  /// One person's page as text.
  ///
  /// - Parameters:
  ///   - page: whose.
  ///   - report: the report that it is of.
  public static func render(_ page: PersonPage, of report: ChurnReport) -> String {
    var text = ChurnPage()
    text.line(report.provenance.words)
    text.line()
    text.person(page, of: report)
    text.details(of: report)
    return text.text
  }
}

extension ChurnReport {
  /// What the report says in one sentence, or that it says nothing, and why.
  public var leadSentence: String {
    switch hazard {
    case .failure(let refusal): return "No hazard of leaving: \(refusal)."
    case .success:
      let expected = ChurnFigures.decimal(expectedGone ?? 0, 0)
      let first =
        "Of \(ChurnFigures.counted(personsAtRisk, "customer")) about \(expected) will leave: "
        + parameters.gone.words + "."
      switch judgement {
      case .failure(let refusal): return first + " The model has not been judged: \(refusal)."
      case .success(let judgement): return first + " " + judgement.sentence
      }
    }
  }
}

extension Judgement {
  /// How far to trust the model, in a sentence.
  var sentence: String {
    func area(_ score: Score) -> String {
      ChurnFigures.decimal(score.areaUnderCurve, 2) + " ± " + ChurnFigures.decimal(score.areaError, 2)
    }
    let rank = isBetterThanNaive ? "better than" : "not better, as far as can be told, than"
    let calibrated = hazard.isCalibrated ? "its probabilities hold" : "its probabilities do not hold"
    return
      "On months it did not know the model ranked \(rank) recency alone (AUC \(area(hazard)) and \(area(naive))), and "
      + "found \(ChurnFigures.decimal(hazard.liftOfTopTenth, 1)) times as many leavers in its top tenth as among all; "
      + "\(calibrated)."
  }
}

/// The lines of a report.
struct ChurnPage {
  private(set) var text = ""

  mutating func line(_ line: String = "") { text += line + "\n" }

  mutating func heading(_ words: String) {
    line()
    line(words)
  }

  /// Columns parted by two spaces: the first on the left, the others on the right.
  mutating func table(_ rows: [[String]], lastIsText: Bool = false) {
    guard let columns = rows.map(\.count).max() else { return }
    let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
    for row in rows {
      var cells: [String] = []
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - cell.count)
        let isText = column == 0 || lastIsText && column == columns - 1
        cells.append(isText ? column == columns - 1 ? cell : cell + space : space + cell)
      }
      line("  " + cells.joined(separator: "  "))
    }
  }

  mutating func details(of report: ChurnReport) {
    heading("Rests on")
    if let cut = report.cut, let at = report.at {
      line("  up to \(cut.rfc3339); T is \(at.rfc3339); months and days are of UTC")
    }
    line(
      "  \(ChurnFigures.counted(report.persons, "person")) with "
        + "\(ChurnFigures.counted(report.interactions, "interaction")), of whom \(ChurnFigures.grouped(report.personsAtRisk)) can "
        + "leave at T; \(ChurnFigures.counted(report.personMonths, "person-month")) before, "
        + "\(ChurnFigures.grouped(report.gone)) of them ended with a leave")
    line(
      "  left out: \(ChurnFigures.counted(report.provenance.parkedCustomers, "parked customer")), "
        + "\(ChurnFigures.counted(report.unattributedInteractions, "interaction")) of nobody or of several persons")
    for convention in report.parameters.conventions {
      line("  \(convention.name): \(convention.value) – \(convention.reason)")
    }
  }
}

extension Provenance {
  /// The view, and which events count.
  fileprivate var words: String {
    var words = "\(projection) version \(version), log at \(ChurnFigures.grouped(Int(clamping: head.value)))"
    if let asOf = bounds.asOf { words += ", as of \(asOf.rfc3339)" }
    if let known = bounds.asKnownAt { words += ", as known at \(known.rfc3339)" }
    return words + ", " + ChurnFigures.counted(Int(clamping: events), "event")
  }
}
