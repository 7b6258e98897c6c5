import JSON
public import Touchlog

/// Reads CloudEvents 1.0 in JSON: single events, batches, and lines of them.
///
/// Strict: what the standard or Touchlog asks for must be there, `data_base64` is refused, an attribute that is
/// `null` counts as absent, and attributes that only the log gives (`Event.logAttributes`) are passed over. `data`
/// is kept as its bytes. Whether a type's `data` is what the catalogue asks for is decided when it is appended.
///
/// Formats: CloudEvents 1.0.2, "JSON Event Format", sections 2 to 4.
///
/// ```swift
/// var decoder = CloudEventsDecoder()
/// while let block = try blocks.next() {
///   try decoder.events(in: block) { event, line in … }
/// }
/// ```
///
/// A decoder keeps its buffers from one event to the next. It has one user at a time: make one for each thread.
public struct CloudEventsDecoder: ~Copyable, Sendable {
  private var parser: JSONParser
  private var names = NameCache()

  /// - Parameter maximumBytes: The most bytes of one text: of an event, of a line, of a whole batch.
  public init(maximumBytes: Int = 64 << 20) {
    parser = JSONParser(maximumBytes: maximumBytes)
  }

  /// Reads one event object.
  ///
  /// - Throws: `AdapterError`.
  public mutating func event(_ text: Span<UInt8>) throws(AdapterError) -> Event {
    do {
      return try EventReading.event(text, parser: &parser, names: &names)
    } catch let error as JSONError {
      throw AdapterError(.json(error))
    } catch let error as EventError {
      throw AdapterError(.event(error))
    } catch {
      preconditionFailure("reading an event throws nothing else: \(error)")
    }
  }

  /// Reads one event object, or a batch of them: an array, in its order.
  ///
  /// - Throws: `AdapterError`, with the event's place in the batch. Nothing of a batch is given out then.
  public mutating func events(_ text: Span<UInt8>) throws(AdapterError) -> [Event] {
    var events: [Event] = []
    var isBatch = false
    do {
      try EventReading.events(text, into: &events, isBatch: &isBatch, parser: &parser, names: &names)
      return events
    } catch let error as JSONError {
      throw AdapterError(.json(error))
    } catch let error as EventError {
      throw AdapterError(.event(error), index: isBatch ? events.count : nil)
    } catch {
      preconditionFailure("reading a batch throws nothing else: \(error)")
    }
  }

  /// Reads one event from a line.
  ///
  /// - Throws: `AdapterError` with the line's number, which says so where the file ends within the line.
  public mutating func event(_ line: borrowing Line) throws(AdapterError) -> Event {
    do {
      // A block keeps its lines padded, so that they are parsed where they lie.
      return try line.withPaddedBytes { bytes throws in
        try EventReading.event(padded: bytes, parser: &parser, names: &names)
      }
    } catch let error as JSONError {
      throw line.error(.json(error))
    } catch let error as EventError {
      throw line.error(.event(error))
    } catch {
      preconditionFailure("reading an event throws nothing else: \(error)")
    }
  }

  /// Reads an event from a line, checks it against the catalogue, and adds it to others: what appending asks for, without
  /// an `Event` in between.
  ///
  /// - Throws: `AdapterError` with the line's number, for what is no event and for what the catalogue refuses; `events`
  ///   is as before then.
  public mutating func check(_ line: borrowing Line, into events: inout CheckedEvents) throws(AdapterError) {
    do {
      try line.withPaddedBytes { bytes throws in
        try EventReading.check(padded: bytes, parser: &parser, into: &events)
      }
    } catch let error as JSONError {
      throw line.error(.json(error))
    } catch let error as EventError {
      throw line.error(.event(error))
    } catch {
      preconditionFailure("checking an event throws nothing else: \(error)")
    }
  }

  /// Reads the events of a block, one per line, in order; blank lines are passed over.
  ///
  /// - Parameters:
  ///   - block: Lines, from `LineBlocks`.
  ///   - reject: What to do with a line that is no event. When it throws, as it does unless told otherwise, the
  ///     reading ends.
  ///   - body: Takes the event and its line.
  public mutating func events(
    in block: borrowing LineBlock, rejecting reject: (AdapterError) throws -> Void = { throw $0 },
    _ body: (consuming Event, Int) throws -> Void,
  ) throws {
    var lines = block.lines
    while let line = lines.next() {
      let event: Event
      do {
        event = try self.event(line)
      } catch var error {
        error.source = block.source
        try reject(error)
        continue
      }
      try body(event, line.number)
    }
  }
}
