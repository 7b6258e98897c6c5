/// Why an event is refused: the field, what was expected there, and what came.
///
/// Whoever read the event from a file adds the file and the line.
public struct EventError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The attribute, or `data.` and the field, e.g. `channel` or `data.outcome`.
  public let field: String
  /// What may stand there, in words.
  public let expected: String
  /// What came, cut off where it is long; nil when nothing came.
  public let found: String?

  /// What came, given as it came.
  public init(field: String, expected: String, found: String?) {
    self.field = field
    self.expected = expected
    self.found = found.map(EventError.excerpt)
  }

  /// What came, told in words.
  public init(field: String, expected: String, problem: String) {
    self.field = field
    self.expected = expected
    self.found = problem
  }

  /// `data.score: expected a number from 1 to 5, found …`, in one line.
  public var description: String {
    "\(field): expected \(expected), " + (found.map { "found \($0)" } ?? "found nothing")
  }

  /// What cannot be seen made visible, cut after 60 characters: what came may be anything.
  static func excerpt(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars.prefix(60) {
      // Controls, and what turns the direction of writing or cannot be seen.
      let isInvisible = [.control, .format].contains(scalar.properties.generalCategory)
      shown += isInvisible ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
    let isCut = text.unicodeScalars.count > 60
    return "“\(shown)\(isCut ? "…" : "")”"
  }
}

/// How large an event and its parts may be.
public enum Limits {
  /// Ids, references and names, in bytes of UTF-8.
  public static let nameBytes = 480
  /// `data`, in bytes of JSON as it came.
  public static let dataBytes = 1 << 20
  /// The attributes that have no place of their own, together, in bytes of JSON.
  public static let extensionBytes = 64 << 10
  /// Events in one append.
  public static let eventsPerAppend = 100_000
  /// How far ahead of the log's clock an event may be dated, in seconds.
  public static let futureSeconds: Int64 = 86_400

  /// Refuses what is empty, too long, or has control characters (which CloudEvents 1.0 forbids in attributes).
  static func checkName(_ text: String, field: String) throws(EventError) {
    var text = text
    let error: EventError? = text.withUTF8 { bytes in
      do throws(EventError) {
        try checkName(bytes, field: field)
        return nil
      } catch {
        return error
      }
    }
    if let error { throw error }
  }

  /// As `checkName` of a `String`, by its bytes, which are UTF-8.
  static func checkName(_ text: UnsafeBufferPointer<UInt8>, field: @autoclosure () -> String) throws(EventError) {
    guard (1...nameBytes).contains(text.count) else {
      if text.isEmpty { throw EventError(field: field(), expected: "a text that is not empty", found: "") }
      throw EventError(field: field(), expected: "\(nameBytes) bytes at most", problem: "\(text.count) bytes")
    }
    if isPrintableASCII(text) { return }
    // The C1 controls U+0080–U+009F are C2 80–C2 9F in UTF-8.
    var previous: UInt8 = 0
    for byte in text {
      guard byte >= 0x20, byte != 0x7F, !(previous == 0xC2 && byte < 0xA0) else {
        throw EventError(
          field: field(), expected: "no control characters", found: String(decoding: text, as: UTF8.self))
      }
      previous = byte
    }
  }

  /// Whether all bytes are from space to tilde, as in nearly all names: looked at together, not one after the other.
  private static func isPrintableASCII(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    // No way out before the end: the compiler then takes many bytes at a time.
    text.reduce(0 as UInt8) { $0 | ($1 &- 0x20 < 0x5F ? 0 : 1) } == 0
  }
}
