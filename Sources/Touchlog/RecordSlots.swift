/// The type's own fields in a header, by slot; nil where absent.
///
/// As many as the layout has, in place: a header is then copied without counting references.
public struct RecordSlots: Sendable, ExpressibleByArrayLiteral {
  private var values = InlineArray<11, Int64>(repeating: 0)
  /// A bit for each slot that is present, the first slot's the lowest.
  private(set) var presence: UInt16 = 0

  /// All slots empty.
  public init() {
    assert(values.count == RecordLayout.maximumSlots, "there is a place for each slot of the layout")
  }

  /// The first slots, as many as are given; the others are empty.
  ///
  /// - Precondition: There are no more than `RecordLayout.maximumSlots`.
  public init(_ values: some Sequence<Int64?>) {
    self.init()
    for (slot, value) in values.enumerated() { self[slot] = value }
  }

  /// The first slots, see `init(_:)`.
  public init(arrayLiteral values: Int64?...) {
    self.init(values)
  }

  /// The value of a slot.
  ///
  /// - Precondition: `slot` is below `RecordLayout.maximumSlots`.
  public subscript(slot: Int) -> Int64? {
    get { presence & RecordSlots.bit(slot) == 0 ? nil : values[slot] }
    set {
      if let newValue {
        presence |= RecordSlots.bit(slot)
        values[slot] = newValue
      } else {
        presence &= ~RecordSlots.bit(slot)
      }
    }
  }

  /// Calls `body` with the values that are present, in the order of slots.
  func forEachPresent(_ body: (Int64) -> Void) {
    var rest = presence
    while rest != 0 {
      body(values[rest.trailingZeroBitCount])
      rest &= rest - 1
    }
  }

  private static func bit(_ slot: Int) -> UInt16 {
    precondition((0..<RecordLayout.maximumSlots).contains(slot), "a header has no slot \(slot)")
    return 1 << UInt16(slot)
  }
}
