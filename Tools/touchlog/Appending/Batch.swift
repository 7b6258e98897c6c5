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

/// Events that are appended together, with what is needed to tell which one was refused.
struct Batch: Sendable {
  var events: [Event] = []
  var places: [Place] = []
  /// The text of each event; empty unless rejections are written.
  var texts: [[UInt8]] = []
  /// What was refused before an event came of it.
  var rejections: [Rejection] = []
  /// How much of the input has been read up to here.
  var bytesRead = 0
  /// Why reading has ended: nothing comes after this batch, and its events are not to be appended.
  var failure: (any Error)?

  /// Takes an event out, as it was refused.
  mutating func reject(at index: Int, because reason: String) {
    let text = texts.isEmpty ? nil : texts.remove(at: index)
    rejections.append(Rejection(place: places.remove(at: index), reason: reason, text: text))
    events.remove(at: index)
  }

  /// Takes out all events that do not pass, in one go.
  mutating func rejectAll(where reason: (Event) -> String?) {
    var kept = Batch()
    kept.rejections = rejections
    kept.bytesRead = bytesRead
    kept.failure = failure
    for (index, event) in events.enumerated() {
      let text = texts.isEmpty ? nil : texts[index]
      if let reason = reason(event) {
        kept.rejections.append(Rejection(place: places[index], reason: reason, text: text))
      } else {
        kept.events.append(event)
        kept.places.append(places[index])
        if let text { kept.texts.append(text) }
      }
    }
    self = kept
  }

  /// A part of the events, without what is known of the input.
  func part(_ range: Range<Int>) -> Batch {
    var part = Batch()
    part.events = Array(events[range])
    part.places = Array(places[range])
    if !texts.isEmpty { part.texts = Array(texts[range]) }
    return part
  }
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
