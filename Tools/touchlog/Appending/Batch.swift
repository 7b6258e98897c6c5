import JSON
import Touchlog
import TouchlogAdapters

/// Where an event stands in its input.
enum Place: Sendable, Equatable {
  /// In a file of lines, counted from 1.
  case line(Int)
  /// In a JSON array, counted from 0.
  case element(Int)
  /// The input is this one event.
  case whole

  /// `events.ndjson, line 17`
  func described(in name: String) -> String {
    switch self {
    case .line(let line): "\(name), line \(line)"
    case .element(let index): "\(name), event \(index) of the batch"
    case .whole: name
    }
  }
}

/// Something that was refused, and why.
struct Rejection: Sendable {
  let place: Place
  /// What was expected and what came, without the place.
  let reason: String
  /// As it came; nil where it is not at hand.
  let text: [UInt8]?

  /// One line of JSON, with its end.
  var line: [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      switch place {
      case .line(let line):
        object.key("line")
        object.integer(line)
      case .element(let index):
        object.key("index")
        object.integer(index)
      case .whole: break
      }
      object.key("error")
      object.string(reason)
      if let text {
        object.key("text")
        // What is not UTF-8 cannot stand in JSON: U+FFFD stands for it.
        object.string(String(decoding: text, as: UTF8.self))
      }
    }
    return writer.bytes + [UInt8(ascii: "\n")]
  }
}

/// Events that are appended together, as they came from the input: lines to be decoded, or events.
struct Batch: Sendable {
  /// Lines, each with an event.
  var blocks: [LineBlock] = []
  /// Events that came in another form than lines, their places, and what is written of them where they are refused.
  var events: [Event] = []
  var places: [Place] = []
  var texts: [[UInt8]] = []
  /// What was refused before an event came of it.
  var rejections: [Rejection] = []
  /// How much of the input has been read up to here.
  var bytesRead = 0
  /// Why reading has ended: nothing comes after this batch, and its events are not to be appended.
  var failure: (any Error)?

  var isEmpty: Bool { blocks.isEmpty && events.isEmpty && rejections.isEmpty }
}

extension AdapterError {
  /// What is wrong, without the place.
  var reason: String {
    var error = self
    error.source = nil
    error.line = nil
    error.index = nil
    return error.description
  }
}
