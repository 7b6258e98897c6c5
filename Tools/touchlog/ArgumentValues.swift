import ArgumentParser
import Touchlog
import TouchlogStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A number of bytes: `67108864`, `512M`, `64G`, `1T`; the letters are powers of 1024.
struct ByteSize: ExpressibleByArgument, Equatable {
  let bytes: Int

  init?(argument: String) {
    let units: [Character: Int] = ["K": 10, "M": 20, "G": 30, "T": 40]
    var digits = argument[...]
    for suffix in ["iB", "B"] where digits.hasSuffix(suffix) { digits = digits.dropLast(suffix.count) }
    let shift = digits.last.flatMap { units[Character($0.uppercased())] }
    if shift != nil { digits = digits.dropLast() }
    guard let number = Int(digits), number > 0 else { return nil }
    let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
    guard !isTooLarge else { return nil }
    self.bytes = bytes
  }
}

/// An instant on the command line: RFC 3339, a day (midnight UTC), or a time back from now (`90s`, `2h`, `7d`).
struct TimeArgument: ExpressibleByArgument, Equatable {
  let time: Timestamp

  /// What to write, for errors and help.
  static let forms = "2025-03-01T09:15:00Z, 2025-03-01 (midnight UTC), or back from now: 90s, 15m, 2h, 7d, 4w"

  init?(argument: String) {
    self.init(argument, now: TimeArgument.now())
  }

  init?(_ text: String, now: Timestamp) {
    if let time = Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "T00:00:00Z") {
      self.time = time
      return
    }
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    guard let seconds = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
      (0...1_000_000_000).contains(count)
    else { return nil }
    time = now.adding(seconds: -count * seconds)
  }

  static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }

  /// For `transform:` of an option, so that a bad time tells which forms there are.
  static func parse(_ text: String) throws -> TimeArgument {
    guard let time = TimeArgument(argument: text) else { throw ValidationError("expected a time such as \(forms)") }
    return time
  }
}

/// A place in the log: a position, or a time of the log's clock.
enum KnownAt: Equatable {
  case position(Position)
  case time(Timestamp)

  static func parse(_ text: String) throws -> KnownAt {
    if let position = UInt64(text), position < .max { return .position(Position(position)) }
    guard let time = TimeArgument(argument: text) else {
      throw ValidationError("expected a position such as 17, or a time such as \(TimeArgument.forms)")
    }
    return .time(time.time)
  }

  /// Which events count, by both clocks as they were asked for.
  ///
  /// - Throws: `Failure`, for a position that the log does not have.
  static func bounds(asOf: TimeArgument?, asKnownAt: KnownAt?, in store: Store) throws -> Bounds {
    var bounds = Bounds(asOf: asOf?.time)
    switch asKnownAt {
    case .position(let position):
      let head = try store.head()
      guard position < head else {
        throw Failure(
          "--as-known-at: expected a position below \(head.value.grouped), where the log ends, found \(position)",
          .found)
      }
      bounds.until = position.next
    case .time(let time): bounds.asKnownAt = time
    case nil: break
    }
    return bounds
  }
}

extension Reference {
  /// A customer on the command line: a reference, or `number:17` for one who was erased.
  static func parse(_ text: String) throws -> Reference {
    if text.hasPrefix("number:"), UInt32(text.dropFirst(7)) != nil { return Reference(normalised: text) }
    do {
      return try Reference(text, field: "customer")
    } catch {
      throw ValidationError("\(error.field): expected \(error.expected)" + (error.found.map { ", found \($0)" } ?? ""))
    }
  }
}
