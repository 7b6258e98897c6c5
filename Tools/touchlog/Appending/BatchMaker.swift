import Touchlog
import TouchlogAdapters

/// Gathers events into batches and hands them on: the part of the reading thread that all inputs share.
final class BatchMaker {
  /// The input's reading has been given up, as nobody wants more of it.
  struct Unwanted: Error {}

  let keepsTexts: Bool
  private let size: Int
  let input: InputFile
  private let handOver: (Batch) -> Bool
  private var batch = Batch()
  private var lineCount = 0

  /// - Parameters:
  ///   - size: events in a batch.
  ///   - keepsTexts: whether each event's text is kept, to be written to the file of rejected lines.
  ///   - handOver: takes a batch; false when no more are wanted.
  init(size: Int, keepsTexts: Bool, input: InputFile, handOver: @escaping (Batch) -> Bool) {
    self.size = size
    self.keepsTexts = keepsTexts
    self.input = input
    self.handOver = handOver
  }

  func take(_ event: consuming Event, at place: Place, text: @autoclosure () -> [UInt8]?) throws(Unwanted) {
    batch.events.append(event)
    batch.places.append(place)
    if keepsTexts, let text = text() { batch.texts.append(text) }
    if batch.events.count == size { try flush() }
  }

  /// How many lines the batch has room for.
  var linesWanted: Int { size - lineCount }

  /// Takes lines, each with an event.
  func take(_ block: LineBlock) throws(Unwanted) {
    batch.blocks.append(block)
    lineCount += block.lineCount
    if lineCount >= size { try flush() }
  }

  func reject(_ error: AdapterError, at place: Place, text: [UInt8]?) {
    batch.rejections.append(Rejection(place: place, reason: error.reason, text: text))
  }

  /// Hands on what is there.
  func flush() throws(Unwanted) {
    guard !batch.isEmpty else { return }
    var full = Batch()
    swap(&full, &batch)
    full.bytesRead = input.bytesRead
    lineCount = 0
    if full.events.count > 1000 {
      batch.events.reserveCapacity(size)
      batch.places.reserveCapacity(size)
    }
    if !handOver(full) { throw Unwanted() }
  }

  /// Tells why reading has ended. What is not handed on yet is let go.
  func fail(_ error: any Error) {
    var last = Batch()
    last.bytesRead = input.bytesRead
    last.failure = error
    _ = handOver(last)
  }
}
