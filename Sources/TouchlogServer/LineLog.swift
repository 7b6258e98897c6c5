import JSON
public import Logging
import Touchlog

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Logs to standard error, a JSON object a line: `time`, `level`, `message`, and what else there is, by name.
public struct LineLog: LogHandler {
  /// What is logged: this and what is graver.
  public var logLevel: Logger.Level
  /// What every line tells.
  public var metadata: Logger.Metadata = [:]
  /// Unused.
  public var metadataProvider: Logger.MetadataProvider?

  /// A log of a level.
  public init(level: Logger.Level = .info) {
    logLevel = level
  }

  /// One of the values that every line tells.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes a line.
  public func log(event: LogEvent) {
    var writer = JSONWriter()
    writer.object { object in
      func member(_ name: String, _ value: String) {
        object.key(name)
        object.string(value)
      }
      member("time", ServiceClock.now().rfc3339)
      member("level", event.level.rawValue)
      member("message", event.message.description)
      let all = metadata.merging(event.metadata ?? [:]) { $1 }
      for (name, value) in all.sorted(by: { $0.key < $1.key }) {
        member(["time", "level", "message"].contains(name) ? "_\(name)" : name, "\(value)")
      }
    }
    let line = writer.bytes + [UInt8(ascii: "\n")]
    // One call for a whole line, so that lines of several threads do not mix. A log that cannot be written has nobody to
    // tell.
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

/// The clocks of the service.
enum ServiceClock {
  /// What time it is.
  static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}
