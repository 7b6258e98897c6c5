import JSON
import Touchlog
import TouchlogAdapters

/// Lines of CloudEvents: an error has its line, an event is written and read again as the same, and the checker takes it
/// or says which field it does not like.
enum LineProperties {
  static func take(_ bytes: [UInt8]) throws {
    _ = try events(in: bytes)
  }

  /// The events that the checker takes.
  static func events(in bytes: [UInt8]) throws -> [CheckedEvent] {
    var decoder = CloudEventsDecoder()
    var checker = EventChecker()
    var taken: [CheckedEvent] = []
    // Small blocks, so that a short input has several of them.
    var blocks = LineBlocks(ByteSource(bytes), source: "fuzz", blockBytes: 64, maximumLineBytes: 1 << 16)
    var last = 0
    do {
      while let block = try blocks.next() {
        var lines = block.lines
        while let line = lines.next() {
          try BrokenPromise.unless(line.number > last, "lines are numbered \(last), \(line.number)")
          last = line.number
          if let event = try event(on: line, &decoder), let checked = try check(event, &checker) {
            taken.append(checked)
          }
        }
      }
    } catch let error as AdapterError {
      try BrokenPromise.unlessReadable(error)
    }
    return taken
  }

  private static func event(on line: borrowing Line, _ decoder: inout CloudEventsDecoder) throws -> Event? {
    do {
      let event = try decoder.event(line)
      let text = CloudEvents.encode(event)
      do {
        let again = try decoder.event(text.span)
        try BrokenPromise.unless(CloudEvents.encode(again) == text, "an event is written and read as another")
      } catch let error as AdapterError {
        throw BrokenPromise(description: "an event is written, and cannot be read: \(error)")
      }
      return event
    } catch let error as AdapterError {
      try BrokenPromise.unless(error.line == line.number, "an error on line \(line.number) says \(error.line ?? -1)")
      try BrokenPromise.unlessReadable(error)
      return nil
    }
  }

  private static func check(_ event: Event, _ checker: inout EventChecker) throws -> CheckedEvent? {
    do throws(EventError) {
      return try checker.check(event)
    } catch {
      try BrokenPromise.unless(!error.field.isEmpty && !error.expected.isEmpty, "an error names no field: \(error)")
      try BrokenPromise.unlessReadable(error)
      return nil
    }
  }
}
