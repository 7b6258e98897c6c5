#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How the command ends. Scripts rely on the numbers, so they never change.
enum ExitStatus: Int32, CaseIterable {
  case success = 0
  /// The command ran, and has something to say that asks for a decision.
  case found = 1
  /// The command could not do its work.
  case impossible = 2
  /// `EX_USAGE` of sysexits.h, which ArgumentParser uses.
  case usage = 64
  /// 128 + SIGINT, as shells have it.
  case interrupted = 130
  /// 128 + SIGTERM.
  case terminated = 143

  /// One line for the documentation.
  var meaning: String {
    switch self {
    case .success: "all is well; also when whoever read the output wanted no more of it"
    case .found: "something was found or refused: damage, an unknown customer, a bad event"
    case .impossible: "it could not be done: no store, no key, another writer, a failed read or write"
    case .usage: "the arguments are not understood"
    case .interrupted: "interrupted (Ctrl-C); what was acknowledged is in"
    case .terminated: "terminated; what was acknowledged is in"
    }
  }

  /// The codes and their meanings, a line each.
  static func table(indent: String) -> String {
    allCases.map { status in
      let number = String(status.rawValue)
      return indent + String(repeating: " ", count: 3 - number.count) + number + "  " + status.meaning
    }.joined(separator: "\n")
  }

  /// Ends the process.
  func exit() -> Never {
    #if canImport(Glibc)
      Glibc.exit(rawValue)
    #elseif canImport(Musl)
      Musl.exit(rawValue)
    #else
      Darwin.exit(rawValue)
    #endif
  }
}
