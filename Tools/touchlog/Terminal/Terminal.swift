#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

let standardOutput: Int32 = STDOUT_FILENO
let standardError: Int32 = STDERR_FILENO

/// What is at the other end of an output.
struct Terminal {
  let isTerminal: Bool
  /// Whether colours may be used: on a terminal, unless NO_COLOR (https://no-color.org) or a dumb terminal forbids.
  let hasColour: Bool
  private let file: Int32

  init(_ file: Int32) {
    self.file = file
    isTerminal = isatty(file) == 1
    hasColour = isTerminal && Variables["NO_COLOR"] == nil && Variables["TERM"] != "dumb"
  }

  /// The columns now, as a terminal may change its size; 80 where nothing tells.
  var width: Int {
    var size = winsize()
    if isTerminal, ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return Variables["COLUMNS"].flatMap { Int($0) } ?? 80
  }
}

/// A colour of ECMA-48 that every terminal knows.
enum Ink: String {
  case strong = "1"
  case faint = "2"
  case red = "31"
  case green = "32"
  case yellow = "33"
  case cyan = "36"

  /// The text in this colour, if colours are in use.
  func paint(_ text: String, if hasColour: Bool) -> String {
    hasColour && !text.isEmpty ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
  }
}
