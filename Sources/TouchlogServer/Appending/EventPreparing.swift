import HTTPTypes
import JSON
import Touchlog
import TouchlogAdapters
import TouchlogStore

/// From the bytes of a request to events that the log's writer takes: read, checked, sealed, and of a source that the
/// caller may append.
struct EventPreparing: Sendable {
  let store: Store
  let caller: Caller

  /// One event, or a batch.
  ///
  /// - Throws: `Problem`, `AdapterError`, `AppendError`, `StoreError`.
  func prepare(_ text: [UInt8], form: EventForm) throws -> PreparedEvents {
    var decoder = CloudEventsDecoder(maximumBytes: EventForm.batchBytes + EventForm.eventBytes)
    let events: [Event]
    switch form {
    case .batch:
      guard text.first(where: { $0 > 0x20 }) == UInt8(ascii: "[") else {
        throw Problem.invalid("body", "expected an array of events, as \(CloudEvents.batchMediaType) is")
      }
      events = try decoder.events(text.span)
      guard !events.isEmpty else { throw Problem.invalid("body", "expected an event at least, found an empty array") }
    case .structured, .binary, .lines: events = [try decoder.event(text.span)]
    }
    for (index, event) in events.enumerated() { try checkSource(event.source, index: index) }
    return try store.prepare(events)
  }

  /// Lines of events.
  ///
  /// - Parameters:
  ///   - text: Whole lines, each with one event; blank ones are passed over.
  ///   - linesBefore: How many lines of the request came before.
  ///   - eventsBefore: How many events came before.
  /// - Returns: nil where all lines are blank.
  /// - Throws: `Problem`, which names the line.
  func prepare(lines text: [UInt8], linesBefore: Int, eventsBefore: Int) throws -> PreparedEvents? {
    var decoder = CloudEventsDecoder()
    var events = CheckedEvents(latest: store.latestTime)
    var blocks = LineBlocks(ByteSource(text))
    // A name has one number in all blocks, so each source is looked at once.
    var admitted: Set<NameNumber> = []
    var lines = linesBefore
    while let block = try blocks.next() {
      var rest = block.lines
      while let line = rest.next() {
        lines = linesBefore + line.number
        do throws(AdapterError) {
          try decoder.check(line, into: &events)
        } catch {
          throw EventPreparing.problem(error, line: lines, index: eventsBefore + events.count)
        }
        let source = events.entries[events.count - 1].header.source
        guard !admitted.contains(source) else { continue }
        do throws(Problem) {
          try checkSource(events.names[source.value], index: eventsBefore + events.count - 1)
        } catch {
          var problem = error
          problem.line = lines
          throw problem
        }
        admitted.insert(source)
      }
    }
    return events.count == 0 ? nil : try store.prepare(events)
  }

  /// A problem with a line, told by its number in the request.
  private static func problem(_ error: AdapterError, line: Int, index: Int) -> Problem {
    var placed = error
    placed.line = line
    var problem = Problem(explaining: placed)
    problem.index = index
    return problem
  }

  private func checkSource(_ source: String, index: Int) throws(Problem) {
    guard !caller.mayAppend(source: source) else { return }
    var problem = Problem(
      .forbidden, .forbidden,
      "event \(index): the token appends under \(caller.sourcePrefix ?? ""), found source \(AdapterError.shown(source))"
    )
    problem.index = index
    problem.field = "source"
    problem.cure = "send it with the token of that source's adapter"
    throw problem
  }
}
