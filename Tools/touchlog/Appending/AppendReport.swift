import JSON
import Touchlog

/// The receipt of a whole run, for people and for programs.
struct AppendReport {
  let outcome: AppendRun.Outcome
  let inputName: String
  /// The file of refused lines, if there is one.
  let rejectPath: String?

  private var totals: AppendTotals { outcome.totals }

  /// `1,000,000 events appended, 12 already there, positions 0–999,999, 3.2 s, 312,000/s, synced`
  var summary: String {
    if totals.contained == 0, totals.rejected == 0 { return "nothing appended: \(inputName) has no events" }
    var parts = ["\(totals.appended.counted("event")) appended"]
    if totals.duplicates > 0 { parts.append("\(totals.duplicates.grouped) already there") }
    if totals.rejected > 0 {
      parts.append("\(totals.rejected.grouped) rejected" + (rejectPath.map { " to \($0)" } ?? ""))
    }
    if let first = totals.firstPosition, let head = totals.head {
      let last = head.value - 1
      parts.append(
        first.value == last ? "position \(last.grouped)" : "positions \(first.value.grouped)–\(last.grouped)")
    }
    if let version = totals.streamVersion { parts.append("stream version \(version.grouped)") }
    parts.append(outcome.elapsed.short)
    parts.append("\(Int(Double(totals.contained) / max(outcome.elapsed.seconds, 0.001)).grouped)/s")
    if let durability = totals.durability { parts.append(durability.rawValue) }
    return parts.joined(separator: ", ")
  }

  /// What is in, when the work ended early: for the end of an error's line.
  var remainder: String {
    let harmless = "running the same again is harmless, as what is in is recognised"
    let isIn = "\(totals.contained.counted("event")) of it \(totals.contained == 1 ? "is" : "are") in"
    if case AppendError.failed? = outcome.failure {
      // The disk may have the commit although it failed to say so.
      return totals.contained > 0
        ? "\(isIn), and perhaps those of the commit that failed; \(harmless)"
        : "None of its events is in, unless the disk has the commit that failed; \(harmless)"
    }
    return totals.contained > 0 ? "\(isIn); \(harmless)" : "Nothing of it is in"
  }

  /// One JSON object. `failure` is there when the work ended early.
  func json(adding members: (inout JSONWriter) -> Void = { _ in }) -> String {
    var writer = JSONWriter()
    writer.object { object in
      object.member("appended", totals.appended)
      object.member("duplicates", totals.duplicates)
      object.member("rejected", totals.rejected)
      object.member("firstPosition", totals.firstPosition?.value)
      object.member("lastPosition", totals.firstPosition.flatMap { _ in totals.head.map { $0.value - 1 } })
      object.member("head", totals.head?.value)
      object.member("streamVersion", totals.streamVersion)
      object.member("durability", totals.durability?.rawValue)
      object.key("seconds")
      object.decimal(Int64(outcome.elapsed.seconds * 1000), scale: 3)
      members(&object)
      if let failure = outcome.failure { object.member("failure", Failure(explaining: failure).message) }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension JSONWriter {
  /// Writes a member, or nothing where there is no value.
  mutating func member(_ name: String, _ value: (some FixedWidthInteger)?) {
    guard let value else { return }
    key(name)
    integer(value)
  }

  /// Writes a member, or nothing where there is no value.
  mutating func member(_ name: String, _ value: String?) {
    guard let value else { return }
    key(name)
    string(value)
  }

  /// Writes a time, or nothing where there is none.
  mutating func member(_ name: String, _ time: Timestamp?) {
    member(name, time?.rfc3339)
  }

  /// Writes `true` or `false`.
  mutating func member(_ name: String, _ value: Bool) {
    key(name)
    bool(value)
  }
}
