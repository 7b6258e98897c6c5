public import Touchlog

/// A log of headers in memory, for tests of projections: quick, and without keys or files.
///
/// ```swift
/// let log = try SampleLog(Samples.call("pbx:1") + Samples.call("pbx:2"))
/// let view = try log.view(of: ServiceConsistency.self)
/// ```
///
/// Names and customers are numbered from 0 as they first appear. Interactions and identifiers are hashed otherwise than a
/// store does, so rows are not those of a store; reports are.
public struct SampleLog: Naming {
  private let events: CheckedEvents
  private var headers: [[UInt8]] = []

  /// A log of events, in this order.
  ///
  /// - Parameters:
  ///   - events: what happened; positions count from 0.
  ///   - recordedAt: when the log took each, in order and never decreasing; when it happened or the latest so far, where
  ///     nil.
  /// - Throws: `EventError`, for the first event that is not what the catalogue asks for.
  public init(_ events: [Event], recordedAt: [Timestamp]? = nil) throws {
    var checked = CheckedEvents()
    var checker = EventChecker()
    for event in events { try checker.check(event, into: &checked) }
    self.events = checked
    var tails: [CustomerNumber: (Position, UInt32)] = [:]
    var clock = Timestamp.earliest
    for (index, event) in events.enumerated() {
      let entry = checked.entries[index]
      var header = entry.header
      clock = max(clock, recordedAt?[index] ?? event.occurredAt)
      header.recordedAt = clock
      let tail = tails[header.customer]
      header.previous = tail?.0
      header.streamVersion = tail?.1 ?? 0
      tails[header.customer] = (Position(UInt64(index)), header.streamVersion + 1)
      if let name = event.interaction { header.interaction = SampleLog.interactionKey(name) }
      for slot in 0..<RecordLayout.maximumSlots where entry.identifierSlots & 1 << UInt16(slot) != 0 {
        guard let value = header.slots[slot] else { continue }
        let piece = CheckedEvents.identifier(in: value)
        header.slots[slot] = Int64(bitPattern: SampleLog.hash(checked.bytes[piece.range], seed: 3))
      }
      headers.append(header.encoded())
    }
  }

  /// How many events there are.
  public var count: Int { headers.count }

  /// The key of an interaction in this log.
  public static func interactionKey(_ name: String) -> InteractionKey {
    InteractionKey(high: hash(name.utf8, seed: 1), low: hash(name.utf8, seed: 2))
  }

  /// FNV-1a (Fowler, Noll, Vo), its bits then mixed as in MurmurHash3.
  private static func hash(_ bytes: some Sequence<UInt8>, seed: UInt64) -> UInt64 {
    var hash = 0xCBF2_9CE4_8422_2325 ^ seed
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
    hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
    return hash ^ hash >> 33
  }

  /// Folds events at some positions, and adds them to what `fold` has.
  public func fold(_ range: Range<Int>, into fold: Fold, bounds: Bounds = Bounds()) {
    let bytes = headers[range].flatMap { $0 }
    bytes.withUnsafeBytes { memory in
      var lent: [UnsafeRawBufferPointer] = []
      var offset = 0
      for header in headers[range] {
        lent.append(UnsafeRawBufferPointer(rebasing: memory[offset..<offset + header.count]))
        offset += header.count
      }
      let batch = EventBatch(start: Position(UInt64(range.lowerBound)), headers: lent.span)
      fold.apply(batch, through: bounds.asOf ?? Timestamp(microseconds: .max))
    }
  }

  /// The view that a projection makes of the log.
  public func view<Folded: Projection & ~Copyable>(
    of type: Folded.Type, bounds: Bounds = Bounds(),
  ) throws -> FoldedView {
    let head = min(count, bounds.until.map { Int(clamping: $0.value) } ?? count)
    let fold = Fold(type)
    self.fold(0..<head, into: fold, bounds: bounds)
    return try FoldedView(taking: fold, head: Position(UInt64(head)), bounds: bounds, naming: self)
  }

  /// The text of a name.
  public func text(of name: NameNumber) throws -> String { events.names[name.value] }

  /// The number of a name; nil for a text that no event bears.
  public func number(ofName text: String) throws -> NameNumber? {
    var text = text
    return text.withUTF8 { events.names.find($0) }.map(NameNumber.init)
  }

  /// Who a customer is.
  public func reference(of customer: CustomerNumber) throws -> Reference? {
    Reference(normalised: events.references[customer.value])
  }

  /// The number of a customer; nil for an unknown reference.
  public func number(of customer: Reference) throws -> CustomerNumber? {
    var text = customer.text
    return text.withUTF8 { events.references.find($0) }.map(CustomerNumber.init)
  }

  /// The customers who are nobody by name.
  public func anonymousCustomers() throws -> CustomerSet {
    var customers = CustomerSet()
    for number in 0..<UInt32(events.references.count) where events.references[number].utf8.starts(with: "anon:".utf8) {
      customers.insert(CustomerNumber(number))
    }
    return customers
  }
}
