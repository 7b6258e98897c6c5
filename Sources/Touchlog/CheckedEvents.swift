/// Events that are what the catalogue asks for, side by side, with the values that their headers keep: what a store
/// seals and writes.
///
/// All texts lie in a few pieces of memory, and names and references that come again are kept once, so that an event
/// costs no allocation and no reference count. Made by `EventChecker` from events, and by the decoders of TouchlogAdapters
/// from their formats, without an `Event` in between.
public struct CheckedEvents: Sendable {
  /// A piece of `bytes`.
  package struct Piece: Sendable {
    package var start = 0
    package var count = 0

    package var range: Range<Int> { start..<start + count }
  }

  /// One event.
  package struct Entry: Sendable {
    /// The header, as far as it is known. Its names are numbers of `names`, its customer and the references in its slots
    /// numbers of `references`; identifiers in its slots are pieces, see `identifier(in:)`. The interaction's key, and
    /// what the commit decides, are missing.
    package var header: RecordHeader
    package var id = Piece()
    /// Empty where the event is part of no interaction.
    package var interaction = Piece()
    /// `data` as it is sealed: without the references in it, which the header names by number.
    package var data = Piece()
    package var hasData = false
    /// The extensions as a JSON object; empty where there are none.
    package var extensions = Piece()
    /// Which slots hold names, references and identifiers: a bit for each, the first slot's the lowest.
    package var nameSlots: UInt16 = 0
    package var referenceSlots: UInt16 = 0
    package var identifierSlots: UInt16 = 0
  }

  package private(set) var entries: [Entry] = []
  package private(set) var bytes: [UInt8] = []
  package private(set) var names = TextTable()
  package private(set) var references = TextTable()

  /// The latest time that an event may bear.
  let latest: Timestamp

  /// No events.
  ///
  /// - Parameter latest: The latest time that an event may bear, see `Limits.futureSeconds`; a store tells its own.
  public init(latest: Timestamp = Timestamp(microseconds: .max)) {
    self.latest = latest
  }

  /// How many events there are.
  public var count: Int { entries.count }

  /// Makes room for about so many events.
  public mutating func reserveCapacity(_ count: Int) {
    entries.reserveCapacity(count)
    bytes.reserveCapacity(count * 256)
  }

  /// The piece that stands for an identifier in a slot.
  package static func identifier(in slot: Int64) -> Piece {
    Piece(start: Int(slot >> 16), count: Int(slot & 0xFFFF))
  }

  // MARK: Taking in what was checked

  mutating func take(_ parts: EventParts, customer: borrowing CustomerText, reading: borrowing DataReading) {
    var header = RecordHeader(typeCode: reading.typeCode, occurredAt: parts.occurredAt)
    header.channel = parts.channel
    header.choices = reading.choices
    header.customer = CustomerNumber(customer.withBytes { references.number(of: $0) })
    header.source = NameNumber(names.number(of: parts.source))
    header.agent = name(parts.agent)
    header.team = name(parts.team)
    header.location = name(parts.location)
    header.topic = name(parts.topic)
    header.slots = reading.slots
    var entry = Entry(header: header)
    entry.id = piece(parts.id)
    entry.interaction = piece(parts.interaction)
    entry.nameSlots = reading.nameSlots
    entry.identifierSlots = reading.identifierSlots
    var texts = reading.nameSlots | reading.identifierSlots
    while texts != 0 {
      let slot = texts.trailingZeroBitCount
      texts &= texts - 1
      let text = reading.texts[slot]
      if reading.nameSlots & 1 << UInt16(slot) != 0 {
        entry.header.slots[slot] = Int64(names.number(of: text))
      } else {
        let piece = piece(text)
        entry.header.slots[slot] = Int64(piece.start) << 16 | Int64(piece.count)
      }
    }
    for other in reading.references {
      entry.referenceSlots |= 1 << UInt16(other.slot)
      var text = other.reference.text
      entry.header.slots[other.slot] = Int64(text.withUTF8 { references.number(of: $0) })
    }
    takeData(of: reading, into: &entry)
    if !parts.extensions.isEmpty {
      let members = parts.extensions.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
      var text = JSONValue.object(members).text
      entry.extensions = text.withUTF8 { piece($0) }
    }
    entries.append(entry)
  }

  /// `data` with an empty text for each reference.
  private mutating func takeData(of reading: borrowing DataReading, into entry: inout Entry) {
    guard reading.data.isPresent else { return }
    entry.hasData = true
    entry.data.start = bytes.count
    var start = 0
    for range in reading.references.map(\.range).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      bytes.append(contentsOf: reading.data[start..<range.lowerBound])
      bytes.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: "\"")])
      start = range.upperBound
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: reading.data[start...]))
    entry.data.count = bytes.count - entry.data.start
  }

  private mutating func name(_ text: EventParts.Text) -> NameNumber? {
    text.isPresent ? NameNumber(names.number(of: text)) : nil
  }

  private mutating func piece(_ text: UnsafeBufferPointer<UInt8>) -> Piece {
    let start = bytes.count
    bytes.append(contentsOf: text)
    return Piece(start: start, count: text.count)
  }
}
