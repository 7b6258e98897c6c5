import JSON
import StubbornAppender

extension Calls {
  /// The calls' lines, as the command reads them: the same content as the events have.
  static func text(_ numbers: Range<Int>) -> String {
    numbers.map { number in
      Sample.event(
        "e\(number)",
        [
          "interaction": "\"i\(number / 3)\"", "subject": number % 5 == 0 ? nil : "\"crm:\(number / 4)\"",
          "topic": "\"topic-\(number / 50)\"",
        ]) + "\n"
    }.joined()
  }

  /// How many events of the input a line of output says are on disk; nil where it is no receipt.
  static func contained(in line: some StringProtocol) throws -> Int? {
    guard line.hasPrefix("{"), case .number(let text)? = try JSONValue(parsing: String(line))["contained"] else {
      return nil
    }
    return Int(text)
  }
}
