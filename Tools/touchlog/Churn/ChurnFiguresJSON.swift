import ChurnRisk
import JSON
import Statistics
import Touchlog

extension HazardModel {
  func write(to object: inout JSONWriter, level: Double) {
    object.member("intercept", number: intercept)
    object.member("interceptStandardError", number: sample.interceptStandardError)
    object.member("personMonths", number: sample.cases)
    object.member("gone", number: sample.happened)
    object.member("stayedShare", number: stayedShare)
    object.member("fit", "\(sample.stop)")
    object.member("evaluations", sample.evaluations)
    object.key("coefficients")
    object.array { array in
      for feature in Feature.allCases {
        let coefficient = coefficient(feature)
        array.object { object in
          object.member("feature", feature.name)
          object.member("meaning", feature.meaning)
          object.member("estimate", number: coefficient.estimate)
          object.member("standardError", number: coefficient.standardError)
          object.member("interval", coefficient.interval(level: level))
        }
      }
    }
  }
}

extension Judgement {
  func write(to object: inout JSONWriter) {
    object.member("from", from)
    object.member("to", to)
    object.member("personMonths", personMonths)
    object.member("gone", gone)
    object.member("share", number: share)
    object.member("isBetterThanRecencyAlone", flag: isBetterThanNaive)
    for (name, score) in [("hazard", hazard), ("recencyAlone", naive)] {
      object.key(name)
      object.object { score.write(to: &$0) }
    }
  }
}

extension Judgement.Score {
  fileprivate func write(to object: inout JSONWriter) {
    object.member("areaUnderCurve", number: areaUnderCurve)
    object.member("areaStandardError", number: areaError)
    object.member("brierScore", number: brierScore)
    object.member("liftOfTopTenth", number: liftOfTopTenth)
    object.member("calibrationError", number: calibration.expectedError)
    object.member("isCalibrated", flag: isCalibrated)
    object.key("calibration")
    object.array { array in
      for group in calibration.groups {
        array.object { object in
          object.member("forecast", number: group.meanForecast)
          object.member("came", number: group.observed.value)
          object.member("interval", group.interval)
          object.member("personMonths", group.observed.cases)
        }
      }
    }
  }
}

extension RepeatFindings {
  func write(to object: inout JSONWriter) {
    object.member("persons", persons)
    object.member("repeats", repeats)
    object.member("learnedShare", number: learnedShare)
    object.member("expected", number: expected)
    for (name, fit) in [("bgnbd", original), ("mbgnbd", modified)] {
      object.refusable(name, fit) { fit, object in
        for (name, value, error) in [
          ("r", fit.model.r, fit.standardErrors.r), ("alpha", fit.model.alpha, fit.standardErrors.alpha),
          ("a", fit.model.a, fit.standardErrors.a), ("b", fit.model.b, fit.standardErrors.b),
        ] {
          object.member(name, number: value)
          object.member(name + "StandardError", number: error)
        }
        object.member("logLikelihood", number: fit.logLikelihood)
        object.member("fit", "\(fit.stop)")
        object.member("evaluations", fit.evaluations)
        object.member("startsInAgreement", fit.startsInAgreement)
      }
    }
  }
}

extension JSONWriter {
  /// Writes a number, or nothing where there is none.
  mutating func member(_ name: String, number: Double?) {
    guard let number, number.isFinite else { return }
    key(name)
    double(number)
  }

  mutating func member(_ name: String, flag: Bool) {
    key(name)
    bool(flag)
  }

  /// Writes `[lower, upper]`, or nothing.
  mutating func member(_ name: String, _ interval: ConfidenceInterval?) {
    guard let interval, interval.lower.isFinite, interval.upper.isFinite else { return }
    key(name)
    array { array in
      array.double(interval.lower)
      array.double(interval.upper)
    }
  }

  /// Writes an object: what `body` writes, or why there is nothing.
  mutating func refusable<Value, Refusal: Error & CustomStringConvertible>(
    _ name: String, _ result: Result<Value, Refusal>, _ body: (Value, inout JSONWriter) -> Void,
  ) {
    key(name)
    object { object in
      switch result {
      case .success(let value): body(value, &object)
      case .failure(let refusal): object.member("refused", refusal.description)
      }
    }
  }
}

extension ChurnReport {
  /// The listed customers as CSV after RFC 4180: a row each, with the value of each feature.
  ///
  /// - Throws: why there is no hazard model, as a table has no place for words.
  func csv(top count: Int, naming: some Naming) throws -> String {
    if case .failure(let refusal) = hazard { throw Failure("no hazard of leaving: \(refusal)", .found) }
    var rows = [["customer", "risk", "lower", "upper", "alive", "expected"] + Feature.allCases.map(\.name)]
    for person in try top(count, naming: naming) {
      var values = Array(repeating: "", count: Feature.allCases.count)
      for reason in person.reasons { values[reason.feature.rawValue] = "\(reason.value)" }
      func text(_ number: Double?) -> String { number.map { "\($0)" } ?? "" }
      rows.append(
        [
          ChurnReport.cell(person.reference?.text ?? "number:\(person.person.value)"), "\(person.risk)",
          "\(person.interval.lower)", "\(person.interval.upper)", text(person.repeats?.alive),
          text(person.repeats?.expected),
        ] + values)
    }
    return rows.map { $0.joined(separator: ",") + "\r\n" }.joined()
  }

  /// In quotes where the cell needs them; one that a spreadsheet would take for a formula stays text.
  private static func cell(_ text: String) -> String {
    let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
    let safe = (isFormula ? "'" : "") + text
    let needsQuotes = safe.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }
    guard needsQuotes else { return safe }
    return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
