import HTTPTypes
import Touchlog
import TouchlogAdapters

/// In which form a request brings events (CloudEvents 1.0.2, "HTTP Protocol Binding", section 3; and lines).
enum EventForm {
  /// One event, wholly in the body.
  case structured
  /// An array of events.
  case batch
  /// Attributes in headers, `data` in the body.
  case binary
  /// One event a line, for as long as the request goes on.
  case lines

  static let linesMediaType = "application/x-ndjson"

  /// The most bytes of one event: its `data` may have a mebibyte, its layout as much again.
  static let eventBytes = 2 << 20
  /// The most bytes of a batch.
  static let batchBytes = 16 << 20

  /// - Throws: `Problem`, 415 for a media type that brings no events.
  init(_ headers: HTTPFields) throws(Problem) {
    let mediaType = MediaTypeText(headers[.contentType] ?? "")
    switch mediaType.name {
    case CloudEvents.mediaType: self = .structured
    case CloudEvents.batchMediaType: self = .batch
    case EventForm.linesMediaType, "application/jsonl": self = .lines
    default:
      guard headers.contains(where: { BinaryEvent.attribute(of: $0.name) != nil }) else {
        var problem = Problem(
          .unsupportedMediaType, .mediaType,
          """
          expected a Content-Type of \(CloudEvents.mediaType), \(CloudEvents.batchMediaType) or \
          \(EventForm.linesMediaType), or the headers ce-id, ce-source, ce-type and ce-time, found \
          \(mediaType.name.isEmpty ? "none of them" : AdapterError.shown(mediaType.name))
          """)
        problem.headers[.accept] = [CloudEvents.mediaType, CloudEvents.batchMediaType, EventForm.linesMediaType]
          .joined(separator: ", ")
        throw problem
      }
      self = .binary
    }
    guard mediaType.isUTF8 else {
      throw Problem(.unsupportedMediaType, .mediaType, "expected UTF-8, as JSON is, found another charset")
    }
  }

  /// The most bytes that the body may have; nil for any number.
  var maximumBytes: Int? {
    switch self {
    case .structured, .binary: EventForm.eventBytes
    case .batch: EventForm.batchBytes
    case .lines: nil
    }
  }
}

/// A media type in a header, RFC 9110 section 8.3.
struct MediaTypeText {
  /// Lower-case, without parameters.
  let name: String
  /// Whether the charset is UTF-8, or not told.
  let isUTF8: Bool

  init(_ text: String) {
    let parts = text.lowercased().split(separator: ";").map { MediaTypeText.trimmed($0) }
    name = parts.first ?? ""
    isUTF8 = parts.dropFirst().allSatisfy { part in
      guard part.hasPrefix("charset=") else { return true }
      return ["utf-8", "\"utf-8\"", "utf8"].contains(String(part.dropFirst(8)))
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return String(text)
  }
}

extension AdapterError {
  /// What came, cut off and made visible.
  static func shown(_ text: String) -> String {
    EventError(field: "", expected: "", found: text).found ?? ""
  }
}

extension Expectation {
  /// What a request expects of the stream, as RFC 9110 section 13.1 has it: `If-Match: "17"`, `If-None-Match: *`.
  ///
  /// - Throws: `Problem`, 400 for anything else in those headers.
  init(_ headers: HTTPFields) throws(Problem) {
    let match = headers[.ifMatch]
    let noneMatch = headers[.ifNoneMatch]
    switch (match, noneMatch) {
    case (nil, nil): self = .any
    case (nil, "*"): self = .noStream
    case (let match?, nil):
      guard match.first == "\"", match.last == "\"", match.utf8.count > 2,
        let version = UInt32(match.dropFirst().dropLast())
      else {
        throw .invalid(
          "If-Match", #"expected a stream version in quotes such as "17", found \#(AdapterError.shown(match))"#)
      }
      self = .version(version)
    case (nil, let noneMatch?):
      throw .invalid("If-None-Match", "expected *, which asks for a new stream, found \(AdapterError.shown(noneMatch))")
    case (_?, _?):
      throw .invalid("If-None-Match", "expected If-Match or If-None-Match, found both")
    }
  }
}
