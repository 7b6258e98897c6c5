import Touchlog

/// What a view knows of itself beside its rows: in one record, which changes in the same commit as the rows.
///
/// 64 bytes, little-endian: checkpoint, events, end, rebuiltAt, rebuildMicroseconds, flags, and 16 of zeros.
struct ViewState: Equatable {
  /// How many events of the log were looked at.
  var checkpoint: UInt64 = 0
  /// What the fold has seen of them.
  var tally = FoldTally()
  /// When the view was last built from the log's start, in microseconds since 1970; 0 for never.
  var rebuiltAt: Int64 = 0
  /// How long that took.
  var rebuildMicroseconds: Int64 = 0
  /// Rows are being written in several commits: what is there is of no use.
  var isLoading = false

  static let size = 64

  init() {}

  var encoded: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: ViewState.size)
    let words: [Int64] = [
      Int64(bitPattern: checkpoint), Int64(bitPattern: tally.events), tally.end, rebuiltAt, rebuildMicroseconds,
      isLoading ? 1 : 0,
    ]
    bytes.withUnsafeMutableBytes { bytes in
      for (index, word) in words.enumerated() {
        bytes.storeBytes(of: word.littleEndian, toByteOffset: index * 8, as: Int64.self)
      }
    }
    return bytes
  }

  init?(encoded bytes: UnsafeRawBufferPointer) {
    guard bytes.count == ViewState.size else { return nil }
    func word(_ index: Int) -> Int64 {
      Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: Int64.self))
    }
    checkpoint = UInt64(bitPattern: word(0))
    tally.events = UInt64(bitPattern: word(1))
    tally.end = word(2)
    rebuiltAt = word(3)
    rebuildMicroseconds = word(4)
    isLoading = word(5) != 0
  }
}

/// The key of a row in a view: customer, then thing, both big-endian, so that keys sort as `RowKey` does.
struct ViewKey {
  private let customer: UInt32
  // Two halves: three words of four bytes have no gap.
  private let thingHigh: UInt32
  private let thingLow: UInt32

  init(_ key: RowKey) {
    customer = key.customer.value.bigEndian
    thingHigh = UInt32(truncatingIfNeeded: key.thing >> 32).bigEndian
    thingLow = UInt32(truncatingIfNeeded: key.thing).bigEndian
  }

  static let size = 12

  /// Reads a key; nil for another length.
  static func decode(_ bytes: UnsafeRawBufferPointer) -> RowKey? {
    guard bytes.count == size else { return nil }
    func word(_ offset: Int) -> UInt32 {
      UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
    return RowKey(CustomerNumber(word(0)), thing: UInt64(word(4)) << 32 | UInt64(word(8)))
  }
}
