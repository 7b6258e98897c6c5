import Touchlog
import TouchlogAdapters
import TouchlogStore

/// A batch whose events are decoded, checked and sealed.
struct PreparedBatch: Sendable {
  /// Nil where there is nothing to append.
  private(set) var prepared: PreparedEvents?
  /// Where the prepared events stand in the input.
  private(set) var places: [Place] = []
  private(set) var rejections: [Rejection]
  let bytesRead: Int
  /// Why the work ends here: the events are not to be appended.
  private(set) var failure: (any Error)?
  /// What the events' texts are found in, should one be refused.
  private let blocks: [LineBlock]
  private var texts: [[UInt8]] = []

  /// Decodes, checks and seals a batch, on any thread. Events that the catalogue refuses are taken out, or end it.
  init(_ batch: Batch, for store: Store, inputName: String, isRejecting: Bool) {
    rejections = batch.rejections
    bytesRead = batch.bytesRead
    failure = batch.failure
    blocks = isRejecting ? batch.blocks : []
    guard failure == nil else { return }
    do {
      var checked = CheckedEvents(latest: store.latestTime)
      let refuse = Refusing(inputName: inputName, isRejecting: isRejecting)
      for block in batch.blocks { try check(block, into: &checked, refuse) }
      try check(batch, into: &checked, refuse)
      if checked.count > 0 { prepared = try store.prepare(checked) }
    } catch {
      failure = error
    }
  }

  /// What becomes of an event that is refused.
  private struct Refusing {
    let inputName: String
    let isRejecting: Bool

    /// A rejection, or the end of the work.
    func callAsFunction(_ reason: String, at place: Place, text: @autoclosure () -> [UInt8]?) throws -> Rejection {
      guard isRejecting else {
        throw Failure("\(place.described(in: inputName)): \(reason)", .found, isAboutAnEvent: true)
      }
      return Rejection(place: place, reason: reason, text: text())
    }
  }

  private mutating func check(_ block: LineBlock, into checked: inout CheckedEvents, _ refuse: Refusing) throws {
    var decoder = CloudEventsDecoder()
    var lines = block.lines
    while let line = lines.next() {
      do throws(AdapterError) {
        try decoder.check(line, into: &checked)
        places.append(.line(line.number))
      } catch {
        rejections.append(try refuse(error.reason, at: .line(line.number), text: line.bytes.copied))
      }
    }
  }

  private mutating func check(_ batch: Batch, into checked: inout CheckedEvents, _ refuse: Refusing) throws {
    var checker = EventChecker()
    for (index, event) in batch.events.enumerated() {
      let text = batch.texts.isEmpty ? nil : batch.texts[index]
      do throws(EventError) {
        try checker.check(event, into: &checked)
        places.append(batch.places[index])
        if let text { texts.append(text) }
      } catch {
        rejections.append(try refuse("\(error)", at: batch.places[index], text: text))
      }
    }
  }

  /// A prepared event as it came; nil where that is not kept.
  func text(of index: Int) -> [UInt8]? {
    if !texts.isEmpty { return texts[index] }
    guard case .line(let number) = places[index] else { return nil }
    for block in blocks {
      if let text = block.bytes(ofLine: number) { return text }
    }
    return nil
  }
}
