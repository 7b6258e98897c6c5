import Foundation
import Simulation

/// The fields of a line that the tests look at.
struct Line {
  var type: String
  var source: String
  var id: String
  /// Microseconds since 1970.
  var time: Int64
  var subject: String?
  var channel: String?
  var interaction: String?
  var object: [String: Any]
  var data: [String: Any]

  /// Microseconds since 1970 of `2025-03-04T10:11:12[.123456]Z`; `nil` for any other form.
  static func microseconds(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard bytes.count == 20 || bytes.count == 27, bytes.last == UInt8(ascii: "Z"),
      let day = CalendarDay(String(text.prefix(10)))
    else { return nil }
    func number(_ range: Range<Int>) -> Int64? { Int64(String(decoding: bytes[range], as: UTF8.self)) }
    guard let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19) else { return nil }
    guard let fraction = bytes.count == 27 ? number(20..<26) : 0 else { return nil }
    var components = DateComponents()
    (components.year, components.month, components.day) = (day.year, day.month, day.day)
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    guard let date = calendar.date(from: components) else { return nil }
    let seconds = Int64(date.timeIntervalSince1970) + hour * 3600 + minute * 60 + second
    return seconds * 1_000_000 + fraction
  }
}

enum StreamFault: Error {
  case noLine(String)
  case stopped
}

/// All bytes of a run.
func bytes(_ options: Simulator.Options) throws -> [UInt8] {
  var output: [UInt8] = []
  try Simulator(options: options).run { output.append(contentsOf: $0) }
  return output
}

/// All lines of a run, as text without the line's end.
func texts(_ options: Simulator.Options) throws -> [String] {
  try bytes(options).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
    .map { String(decoding: $0, as: UTF8.self) }
}

func line(_ text: String) throws -> Line {
  guard let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
    let type = object["type"] as? String, let source = object["source"] as? String, let id = object["id"] as? String,
    let timeText = object["time"] as? String, let time = Line.microseconds(timeText),
    let data = object["data"] as? [String: Any]
  else { throw StreamFault.noLine(text) }
  return Line(
    type: type, source: source, id: id, time: time, subject: object["subject"] as? String,
    channel: object["channel"] as? String, interaction: object["interaction"] as? String, object: object, data: data)
}

/// A company large enough for statistics; simulated and read once for all tests.
let company = Result { try texts(.init(events: 200_000, seed: 7)).map(line).map(Fact.init) }

/// A line reduced to what statistics need.
struct Fact: Sendable {
  var type: String
  var time: Int64
  var subject: String?
  var channel: String?
  var interaction: String?
  var outcome: String?
  var status: String?
  var instrument: String?
  var score: Int?
  var other: String?
  var exit: String?
  var promise: String?
  var hasDue: Bool
  var due: Int64?
  var windowStart: Int64?
  var windowEnd: Int64?

  init(_ line: Line) {
    type = line.type
    time = line.time
    subject = line.subject
    channel = line.channel
    interaction = line.interaction
    let data = line.data
    outcome = data["outcome"] as? String
    status = data["status"] as? String
    instrument = data["instrument"] as? String
    score = data["score"] as? Int
    other = data["other"] as? String
    exit = data["exit"] as? String
    promise = data["promise"] as? String
    hasDue = data["dueAt"] != nil
    due = (data["dueAt"] as? String).flatMap(Line.microseconds)
    windowStart = (data["windowStart"] as? String).flatMap(Line.microseconds)
    windowEnd = (data["windowEnd"] as? String).flatMap(Line.microseconds)
  }

  static let yearStart: Int64 = 1_735_689_600_000_000
  /// Day of the year, from 0.
  var day: Int { Int((time - Self.yearStart) / 86_400_000_000) }
}
