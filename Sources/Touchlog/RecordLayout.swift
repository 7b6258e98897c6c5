/// The bytes of a record's header, format version 1. All numbers are little-endian.
///
/// ```
///  0        1        2                 4        5        6                 8
///  ├────────┼────────┼─────────────────┼────────┼────────┼─────────────────┤
///  │ version│ channel│    type code    │choice 0│choice 1│    presence     │
///  ├────────┴────────┴─────────────────┴────────┴────────┴─────────────────┤  8
///  │                     occurredAt, microseconds since 1970               │
///  ├───────────────────────────────────────────────────────────────────────┤ 16
///  │                     recordedAt, microseconds since 1970               │
///  ├───────────────────────────────────┬───────────────────────────────────┤ 24
///  │          customer number          │          stream version           │
///  ├───────────────────────────────────┴───────────────────────────────────┤ 32
///  │      the customer's previous position, all ones for the first         │
///  ├───────────────────────────────────┬───────────────────────────────────┤ 40
///  │      source, number of name       │       data key, its number        │
///  ├───────────────────────────────────┴───────────────────────────────────┤ 48
///  │ interaction key, 16 bytes: high, low                  where presence 4│
///  │ agent, team, location, topic: numbers of names, 4 each    presence 0–3│
///  │ the type's own fields, 8 bytes each                   presence 5–15   │
///  ├───────────────────────────────────┬───────────────────────────────────┘
///  │ checksum: XXH3-64 of all before,  │
///  │ its lower 32 bits                 │
///  └───────────────────────────────────┘
/// ```
///
/// A type's fields lie in slots in the order of its declaration in the `Catalogue`, those present only; its choices
/// in the two choice bytes, 0 where absent. Channel 0 is none. Type code 0 is a type outside the catalogue, whose
/// name's number lies in slot 0. The stream version counts from 0.
public enum RecordLayout {
  /// The format's version, every header's first byte.
  public static let version: UInt8 = 1
  /// Bytes that are known before the commit: those before `recordedAt`.
  package static let startSize = Offset.recordedAt
  /// Bytes before the optional part.
  public static let fixedSize = 48
  /// Bytes of the checksum at the end.
  public static let checksumSize = 4
  /// How many fields of its own a type can keep as numbers.
  public static let maximumSlots = 11
  /// How many fields of its own a type can keep as one of a few words.
  public static let maximumChoices = 2
  /// The size of the largest header.
  public static let maximumSize = fixedSize + 16 + 4 * 4 + 8 * maximumSlots + checksumSize
  /// What `previous` holds in the first record of a stream.
  public static let noPosition = UInt64.max

  /// Where a field lies.
  public enum Place: Hashable, Sendable {
    case slot(Int)
    case choice(Int)
  }

  @usableFromInline
  enum Offset {
    @usableFromInline static let version = 0
    @usableFromInline static let channel = 1
    @usableFromInline static let type = 2
    @usableFromInline static let choices = 4
    @usableFromInline static let presence = 6
    @usableFromInline static let occurredAt = 8
    @usableFromInline static let recordedAt = 16
    @usableFromInline static let customer = 24
    @usableFromInline static let streamVersion = 28
    @usableFromInline static let previous = 32
    @usableFromInline static let source = 40
    @usableFromInline static let dataKey = 44
  }

  @usableFromInline
  enum Presence {
    @usableFromInline static let agent: UInt16 = 1 << 0
    @usableFromInline static let team: UInt16 = 1 << 1
    @usableFromInline static let location: UInt16 = 1 << 2
    @usableFromInline static let topic: UInt16 = 1 << 3
    @usableFromInline static let names: UInt16 = 0b1111
    @usableFromInline static let interaction: UInt16 = 1 << 4
    @usableFromInline static let firstSlot = 5

    @inlinable
    static func slot(_ index: Int) -> UInt16 { 1 << (firstSlot + index) }
  }

  /// The offset of the names, which follow the interaction key where there is one.
  @inlinable
  static func namesOffset(_ presence: UInt16) -> Int {
    fixedSize + Int(presence & Presence.interaction)
  }

  /// The offset of the first slot that is present.
  @inlinable
  static func slotsOffset(_ presence: UInt16) -> Int {
    namesOffset(presence) + 4 * (presence & Presence.names).nonzeroBitCount
  }

  /// Bytes of a header with that presence word, checksum included.
  @inlinable
  public static func size(presence: UInt16) -> Int {
    slotsOffset(presence) + 8 * (presence >> Presence.firstSlot).nonzeroBitCount + checksumSize
  }
}
