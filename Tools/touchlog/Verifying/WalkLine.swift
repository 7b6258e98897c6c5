import JSON
import Touchlog
import TouchlogStore

/// What the process that checks a store tells the one that has started it: a line of JSON each.
enum WalkLine {
  /// How many events are checked, and how many there are.
  case progress(done: UInt64, total: UInt64)
  case damage(Verification.Damage)
  /// The check is complete.
  case result(events: UInt64, root: String)
  /// The check could not be made.
  case failure(Failure)
  /// The process is about to end by a signal; this page it was reading.
  case stopped(at: UnreadablePage)

  /// The line without its end.
  var bytes: [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      switch self {
      case .progress(let done, let total):
        object.member("done", done)
        object.member("total", total)
      case .damage(let damage):
        object.key("damage")
        object.object { damage.write(to: &$0) }
      case .result(let events, let root):
        object.member("events", events)
        object.member("root", root)
      case .failure(let failure):
        object.member("failure", failure.message)
        object.member("status", failure.status.rawValue)
      case .stopped(let page):
        object.member("part", page.part.rawValue)
        object.member("page", page.page)
      }
    }
    return writer.bytes
  }

  /// Reads `bytes`; nil for anything else.
  init?(_ bytes: [UInt8]) {
    var parser = JSONParser()
    // Half a line, as a process that was killed leaves it, is no line.
    guard let root = try? parser.parse(bytes.span).root else { return nil }
    func number(_ name: StaticString) -> UInt64? { root[name]?.int64.flatMap { UInt64(exactly: $0) } }
    if let done = number("done"), let total = number("total") {
      self = .progress(done: done, total: total)
    } else if let damage = root["damage"], let table = damage["table"]?.string, let what = damage["what"]?.string {
      func position(_ name: StaticString) -> Position? {
        damage[name]?.int64.flatMap { UInt64(exactly: $0) }.map { Position($0) }
      }
      self = .damage(
        Verification.Damage(position: position("position"), through: position("through"), table: table, what: what))
    } else if let events = number("events"), let text = root["root"]?.string {
      self = .result(events: events, root: text)
    } else if let message = root["failure"]?.string, let status = number("status") {
      self = .failure(Failure(message, ExitStatus(rawValue: Int32(truncatingIfNeeded: status)) ?? .impossible))
    } else if let part = root["part"]?.string.flatMap({ StorePart(rawValue: $0) }), let page = number("page") {
      self = .stopped(at: UnreadablePage(part: part, page: page))
    } else {
      return nil
    }
  }
}

extension Verification.Damage {
  /// The members of its object.
  func write(to object: inout JSONWriter) {
    object.member("position", position?.value)
    object.member("through", through?.value)
    object.member("table", table)
    object.member("what", what)
  }
}
