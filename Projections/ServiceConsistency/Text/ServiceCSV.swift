import Statistics

extension ServiceText {
  /// The report as CSV (RFC 4180): one line for each figure of each row, so that any tool can pivot it.
  ///
  /// `n` is what the figure is of. `value` is a share, a score, or a clock's median in seconds; `lower` and `upper` its
  /// interval. `coverage` is the share of cases whose person is known, where a figure needs to know.
  public static func csv(_ report: ServiceReport) -> String {
    var text =
      "period,group,figure,n,value,lower,upper,mean,p50Seconds,p90Seconds,p95Seconds,businessP50Seconds,"
      + "businessP90Seconds,coverage,believed\r\n"
    for row in report.rows {
      let key = [row.periodLabel, row.group.title]
      text += line(key + ["interactions", "\(row.interactions)"])
      text += line(key + ["persons", "\(row.persons)"])
      for clock in row.clocks where clock.elapsed.count > 0 {
        let times = clock.elapsed
        text += line(
          key + [clock.figure.rawValue, "\(times.count)", field(times.p50Seconds), "", "", field(times.meanSeconds)]
            + [field(times.p50Seconds), field(times.p90Seconds), field(times.p95Seconds)]
            + [field(clock.business?.p50Seconds), field(clock.business?.p90Seconds)])
      }
      for share in row.shares where share.share.cases > 0 {
        text += line(
          key + [share.figure.rawValue, "\(share.share.cases)", field(share.share.value)]
            + [field(share.interval?.lower), field(share.interval?.upper)]
            + ["", "", "", "", "", "", field(share.coverage?.value)])
      }
      for opinion in row.opinions where opinion.given.answers + opinion.believed.answers > 0 {
        text += line(
          key + [opinion.figure.rawValue, "\(opinion.given.answers)", field(opinion.given.value)]
            + [field(opinion.given.interval?.lower), field(opinion.given.interval?.upper), field(opinion.given.mean)]
            + ["", "", "", "", "", "", field(opinion.believed.value)])
      }
      for attainment in row.attainments {
        text += line(
          key + ["\(attainment.figure.rawValue) within \(attainment.standard)", "\(attainment.share.cases)"]
            + [field(attainment.share.value), field(attainment.interval?.lower), field(attainment.interval?.upper)])
      }
    }
    return text
  }

  private static func field(_ number: Double?) -> String { number.map { "\($0)" } ?? "" }

  private static func line(_ fields: [String]) -> String {
    let all = fields + Array(repeating: "", count: max(0, 15 - fields.count))
    return all.map(quoted).joined(separator: ",") + "\r\n"
  }

  private static func quoted(_ field: String) -> String {
    guard field.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else { return field }
    var text = "\""
    for character in field.unicodeScalars {
      if character == "\"" { text += "\"" }
      text.unicodeScalars.append(character)
    }
    return text + "\""
  }
}
