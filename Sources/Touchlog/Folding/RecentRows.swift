/// The rows that were added to last, kept back before they become entries: an interaction's events come close together
/// in time, so most of them merge here, where the processor's cache has them.
///
/// Direct-mapped: a row that comes to an occupied place sends the one before it to the table's entries. As long as fewer
/// interactions are open at a time than there are places, an interaction is one entry instead of one per event, which saves
/// most of the sorting and of the memory; with many more open, nothing is gained and little lost.
@usableFromInline
struct RecentRows {
  /// How many places there are; with rows of 24 bytes they take 160 KB.
  private static let count = 4096
  @usableFromInline static let shift: UInt64 = 52
  /// The first word of an empty place: no customer's number.
  @usableFromInline static let empty = UInt64.max

  // Proof: the memory belongs to the table that has this, which frees it.
  @usableFromInline let places: UnsafeMutableRawPointer
  @usableFromInline let entrySize: Int

  init(entrySize: Int) {
    self.entrySize = entrySize
    places = .allocate(byteCount: RecentRows.count * entrySize, alignment: 16)
    forEachPlace { $0.storeBytes(of: RecentRows.empty, as: UInt64.self) }
  }

  func free() { places.deallocate() }

  func forEachPlace(_ body: (UnsafeMutableRawPointer) -> Void) {
    for place in 0..<RecentRows.count { body(places + place * entrySize) }
  }

  /// Where the row of a key is kept: an entry like those in a block.
  @inlinable @inline(__always)
  func place(of key: RowKey) -> UnsafeMutableRawPointer {
    // Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): some things are hashes, others small numbers.
    let mixed = (key.thing ^ UInt64(key.customer.value) &<< 32) &* 0x9E37_79B9_7F4A_7C15
    return places + Int(truncatingIfNeeded: mixed &>> RecentRows.shift) &* entrySize
  }
}

extension FoldTable {
  /// Where the row of a key is kept back; what is there may be another's.
  @inlinable @inline(__always)
  mutating func recentPlace(of key: RowKey) -> UnsafeMutableRawPointer {
    if let recent { return recent.place(of: key) }
    return beginKeeping().place(of: key)
  }

  @usableFromInline
  mutating func beginKeeping() -> RecentRows {
    let rows = RecentRows(entrySize: entrySize)
    recent = rows
    return rows
  }

  /// Whether the row at a place is that of the key.
  @inlinable @inline(__always)
  static func isRow(of key: RowKey, at place: UnsafeMutableRawPointer) -> Bool {
    place.load(as: UInt64.self) == UInt64(key.customer.value)
      && place.load(fromByteOffset: thingOffset, as: UInt64.self) == key.thing
  }

  /// Makes an entry of what is at a place, and writes the key in its stead; the value is the caller's.
  @inlinable @inline(__always)
  mutating func makeRoom(for key: RowKey, at place: UnsafeMutableRawPointer) {
    moveOut(place)
    place.storeBytes(of: UInt64(key.customer.value), as: UInt64.self)
    place.storeBytes(of: key.thing, toByteOffset: FoldTable.thingOffset, as: UInt64.self)
  }

  @inlinable @inline(__always)
  mutating func moveOut(_ place: UnsafeMutableRawPointer) {
    let customer = place.load(as: UInt64.self)
    if customer == RecentRows.empty { return }
    let key = RowKey(
      CustomerNumber(UInt32(truncatingIfNeeded: customer)),
      thing: place.load(fromByteOffset: FoldTable.thingOffset, as: UInt64.self))
    append(key).copyMemory(from: place + FoldTable.valueOffset, byteCount: stride)
  }

  /// Makes entries of all rows that were kept back.
  mutating func settle() {
    guard let rows = recent else { return }
    recent = nil
    rows.forEachPlace { moveOut($0) }
    rows.free()
  }
}
