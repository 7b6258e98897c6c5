import JSON
import Touchlog
import TouchlogStore

extension TimelineBundle {
  /// Verifies a bundle, without its store: who signed it, that each record is in the log that was signed, that streams
  /// have no gap, and that every byte of the file follows from the records.
  ///
  /// - Parameters:
  ///   - bytes: the file.
  ///   - key: whose signature to believe; from the log's owner, and not from the bundle.
  public static func verify(_ bytes: some Collection<UInt8>, by key: VerifierKey) -> BundleVerification {
    let bytes = Array(bytes)
    var check = BundleCheck()
    guard bytes.last == UInt8(ascii: "\n") else {
      let lines = 1 + bytes.count { $0 == UInt8(ascii: "\n") }
      check.verification.faults.append(
        BundleFault(line: lines, bytes.isEmpty ? "the bundle is empty" : "the bundle is cut off: its last line has no end"))
      return check.verification
    }
    var lines = bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
    do throws(BundleFault) {
      try check.begin(lines.removeFirst(), by: key)
    } catch {
      check.verification.faults.append(error)
      return check.verification
    }
    for (index, line) in lines.enumerated() { check.take(line, number: index + 2) }
    check.end()
    return check.verification
  }
}

/// Goes through a bundle's lines, one after the other.
private struct BundleCheck: ~Copyable {
  var verification = BundleVerification()
  private var parser = JSONParser()
  private var signed: Checkpoint?
  private var head: BundleHead?
  private var texts: BundleTexts?
  private var streams: [CustomerNumber: Stream] = [:]
  private var last: (position: Position, recordedAt: Timestamp)?
  private var usedNames: Set<NameNumber> = []
  private var usedReferences: Set<CustomerNumber> = []

  /// How far a customer's stream was followed.
  private struct Stream {
    var events = 0
    var previous: Position?
    var version: UInt32 = 0
  }

  // MARK: The first line

  mutating func begin(_ line: ArraySlice<UInt8>, by key: VerifierKey) throws(BundleFault) {
    let head = try BundleHead(parsing: line, with: &parser)
    do {
      signed = try Checkpoint(of: head.checkpoint, by: key)
    } catch {
      throw BundleFault(line: 1, "the checkpoint: \(error)")
    }
    if let byte = firstDifference(between: head.line, and: line) {
      throw BundleFault(line: 1, "it is not written as bundles are, from its byte \(byte) on")
    }
    self.head = head
    texts = BundleTexts(head)
    verification.checkpoint = signed
    verification.customers = head.customers
    verification.otherSignatures = head.checkpoint.signatures.count - 1
  }

  // MARK: Records

  mutating func take(_ line: ArraySlice<UInt8>, number: Int) {
    let bundled: BundledRecord
    do throws(BundleFault) {
      bundled = try BundledRecord(parsing: line, number: number, with: &parser)
    } catch {
      verification.faults.append(error)
      return
    }
    let record = bundled.record
    var found: [String] = []
    checkInclusion(of: bundled, &found)
    checkOrder(of: record, &found)
    checkStream(of: record, &found)
    let event = checkEvent(of: bundled, line, &found)
    verification.faults += found.map { BundleFault(line: number, position: record.position, $0) }
    guard found.isEmpty else { return }
    let values = record.values
    verification.events.append(
      ProvenEvent(
        position: record.position, customer: values.customer, streamVersion: values.streamVersion,
        occurredAt: values.occurredAt, recordedAt: values.recordedAt, type: record.type?.name ?? event?.event.type,
        opened: event))
  }

  private func checkInclusion(of bundled: BundledRecord, _ found: inout [String]) {
    guard let signed else { preconditionFailure("records come behind the first line") }
    guard bundled.record.position.value < signed.size else {
      found.append("the log that was signed has \(signed.size) events, and none at that position")
      return
    }
    let root = MerkleProof.root(
      of: bundled.record.leafHash, at: bundled.record.position.value, size: signed.size, path: bundled.path)
    guard let root, root.isEqual(to: signed.root) else {
      found.append("the log that was signed does not have this record there: header, sealed payload or path is another")
      return
    }
  }

  private mutating func checkOrder(of record: SealedRecord, _ found: inout [String]) {
    if let last {
      if record.position <= last.position { found.append("it stands behind position \(last.position)") }
      if record.values.recordedAt < last.recordedAt {
        found.append("it was recorded before the event at position \(last.position)")
      }
    }
    last = (record.position, record.values.recordedAt)
  }

  private mutating func checkStream(of record: SealedRecord, _ found: inout [String]) {
    let customer = record.values.customer
    guard texts?[customer] != nil else {
      found.append("it is an event of \(customer), who is not among the customers of the first line")
      return
    }
    var stream = streams[customer, default: Stream()]
    if record.values.streamVersion != stream.version {
      found.append("the next event of \(customer) is version \(stream.version), and this one is \(record.values.streamVersion)")
    } else if record.values.previous != stream.previous {
      let named = record.values.previous.map { "position \($0)" } ?? "none"
      found.append(
        "it names \(named) as the event of \(customer) before it, and that is "
          + (stream.previous.map { "position \($0)" } ?? "none"))
    }
    // After a gap the stream goes on from what is there, so that one missing line is one fault.
    stream = Stream(
      events: stream.events + 1, previous: record.position, version: record.values.streamVersion &+ 1)
    streams[customer] = stream
  }

  private mutating func checkEvent(
    of bundled: BundledRecord, _ line: ArraySlice<UInt8>, _ found: inout [String],
  ) -> OpenedEvent? {
    let record = bundled.record
    guard let texts else { preconditionFailure("records come behind the first line") }
    var event: OpenedEvent?
    if let identity = texts[record.values.customer]?.identity {
      usedNames.formUnion(record.names)
      usedReferences.formUnion(record.referencedCustomers)
      guard identity.keyNumber == record.values.dataKeyNumber else {
        found.append("it is sealed under key \(record.values.dataKeyNumber), and the bundle has \(identity.keyNumber)")
        return nil
      }
      do throws(StoreError) {
        event = try texts.event(of: record)
      } catch {
        found.append(error.reason)
        return nil
      }
    }
    let (written, eventOffset) = bundled.line(event: event)
    guard let byte = firstDifference(between: written, and: line) else { return event }
    if byte <= eventOffset {
      found.append("it is not written as bundles are, from its byte \(byte) on")
    } else if event == nil {
      found.append("there is more in the line than a sealed record, from its byte \(byte) on")
    } else {
      found.append("its event is not what the record says, from byte \(byte) of the line on")
    }
    return event
  }

  // MARK: The end

  mutating func end() {
    guard let head, let texts else { preconditionFailure("records come behind the first line") }
    for customer in head.customers {
      let events = streams[customer.number]?.events ?? 0
      if events != customer.events || events == 0 {
        verification.faults.append(
          BundleFault(line: 1, "it says that there are \(customer.events) events of \(customer.number), and \(events) follow"))
      }
    }
    for number in head.names.keys.sorted() where !usedNames.contains(number) {
      verification.faults.append(BundleFault(line: 1, "no event needs the name \(number.value)"))
    }
    for number in head.references.keys.sorted()
    where !usedReferences.contains(number) || texts[number] != nil {
      verification.faults.append(BundleFault(line: 1, "no event needs the reference of \(number)"))
    }
  }
}

/// The first byte, from 1, in which two lines differ; nil where they are the same.
private func firstDifference(between written: [UInt8], and found: ArraySlice<UInt8>) -> Int? {
  if written.elementsEqual(found) { return nil }
  return 1 + zip(written, found).prefix { $0 == $1 }.count
}
