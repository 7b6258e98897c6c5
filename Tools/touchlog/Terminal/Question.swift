#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A question to whoever sits at the terminal.
enum Question {
  /// Whether somebody is there: standard input is a terminal, and so is standard error, where the question stands.
  static var canBeAsked: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

  /// The longest line that is taken for an answer, in bytes: what a terminal gives at once.
  private static let longestAnswer = 4096

  /// Asks, and waits for a line.
  ///
  /// - Returns: the line without white space at its ends; nil where the input ends before one.
  /// - Throws: `Interruption`, if it is watched for; `Failure`, when the terminal cannot be read.
  static func ask(_ text: String) throws -> String? {
    writeWhole(text, to: standardError)
    var line: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: longestAnswer)
    while line.count < longestAnswer {
      _ = try Interruption.waitForInput(STDIN_FILENO, milliseconds: -1)
      let count = piece.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      // A terminal that is gone reads as an error.
      guard count > 0 else { return nil }
      line += piece[..<count]
      if line.contains(UInt8(ascii: "\n")) { break }
    }
    let answer = line.prefix { $0 != UInt8(ascii: "\n") }
    return String(decoding: answer, as: UTF8.self).trimmed
  }
}

extension String {
  /// Without spaces and the like at its ends.
  fileprivate var trimmed: String {
    var scalars = self[...].unicodeScalars
    while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
    while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    return String(scalars)
  }
}
