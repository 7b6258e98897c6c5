/// How a row's values lie on disk: each as what differs from the one before, the first from zeros.
///
/// A value is a multiple of eight bytes. Of each eight, XORed with those of the value before, a byte tells which are not
/// zero, the first the lowest bit; these follow. The marks of an interaction have most bytes in common (the upper half
/// of times and positions, team, topic), and counters are mostly zero: a view takes less than half of its bytes so, and
/// it is the writing of bytes that a rebuild spends most of its time on.
struct RowCodec {
  private var memory: UnsafeMutableRawBufferPointer
  private let words: Int

  /// - Parameter stride: bytes of a value.
  init(stride: Int) {
    words = stride / 8
    memory = .allocate(byteCount: 4096, alignment: 8)
  }

  /// To be called when the codec is not needed any more.
  func free() { memory.deallocate() }

  private mutating func reserve(_ bytes: Int) {
    guard memory.count < bytes else { return }
    memory.deallocate()
    memory = .allocate(byteCount: bytes * 2, alignment: 8)
  }

  /// A row's bytes for the disk; valid until the next call.
  mutating func encode(_ row: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    // A whole word may be written where fewer bytes count.
    reserve(row.count / 8 * 9 + 8)
    // Proof: both buffers have memory, and all offsets lie within what was reserved.
    let input = row.baseAddress.unsafelyUnwrapped
    let output = memory.baseAddress.unsafelyUnwrapped
    let stride = words * 8
    var written = 0
    var offset = 0
    while offset < row.count {
      var place = offset
      for _ in 0..<words {
        let word = input.loadUnaligned(fromByteOffset: place, as: UInt64.self).littleEndian
        let before =
          offset == 0 ? 0 : input.loadUnaligned(fromByteOffset: place - stride, as: UInt64.self).littleEndian
        let difference = word ^ before
        var mask = RowCodec.mask(difference)
        output.storeBytes(of: mask, toByteOffset: written, as: UInt8.self)
        written += 1
        place += 8
        if RowCodec.isOneStretch(mask) {
          // Nearly all are: all bytes at once, of which those beyond the stretch are written over.
          output.storeBytes(
            of: (difference >> UInt64((mask.trailingZeroBitCount & 7) * 8)).littleEndian, toByteOffset: written,
            as: UInt64.self)
          written += mask.nonzeroBitCount
          continue
        }
        while mask != 0 {
          let byte = mask.trailingZeroBitCount
          output.storeBytes(
            of: UInt8(truncatingIfNeeded: difference >> UInt64(byte * 8)), toByteOffset: written, as: UInt8.self)
          written += 1
          mask &= mask - 1
        }
      }
      offset += stride
    }
    return UnsafeRawBufferPointer(start: output, count: written)
  }

  /// A bit for each byte that is not zero, the lowest byte's the lowest.
  @inline(__always)
  private static func mask(_ word: UInt64) -> UInt8 {
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    let bits = (((word & low) &+ low) | word) & ~low
    // Gathers the top bit of each byte in the top byte, in order.
    return UInt8(truncatingIfNeeded: ((bits >> 7) &* 0x0102_0408_1020_4080) >> 56)
  }

  /// Whether the bits that are set, if any, stand side by side.
  @inline(__always)
  private static func isOneStretch(_ mask: UInt8) -> Bool {
    let stretch = mask >> UInt8(mask.trailingZeroBitCount & 7)
    return stretch & (stretch &+ 1) == 0
  }

  /// A row's bytes from the disk, valid until the next call; nil where they are not what `encode` gives.
  mutating func decode(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    // Eight bytes of each byte, where all differences are zero.
    reserve(bytes.count * 8)
    let input = bytes.baseAddress.unsafelyUnwrapped
    let output = memory.baseAddress.unsafelyUnwrapped
    let stride = words * 8
    var read = 0
    var offset = 0
    while read < bytes.count {
      for place in Swift.stride(from: offset, to: offset + stride, by: 8) {
        guard read < bytes.count else { return nil }
        var mask = input.load(fromByteOffset: read, as: UInt8.self)
        read += 1
        guard read + mask.nonzeroBitCount <= bytes.count else { return nil }
        var word =
          offset == 0 ? 0 : output.load(fromByteOffset: place - stride, as: UInt64.self).littleEndian
        if RowCodec.isOneStretch(mask), read + 8 <= bytes.count {
          let count = UInt64(mask.nonzeroBitCount)
          let loaded = input.loadUnaligned(fromByteOffset: read, as: UInt64.self).littleEndian
          let kept = count == 8 ? loaded : loaded & (1 << (count * 8) - 1)
          word ^= kept << UInt64((mask.trailingZeroBitCount & 7) * 8)
          read += Int(count)
          mask = 0
        }
        while mask != 0 {
          let byte = UInt64(input.load(fromByteOffset: read, as: UInt8.self))
          word ^= byte << UInt64(mask.trailingZeroBitCount * 8)
          read += 1
          mask &= mask - 1
        }
        output.storeBytes(of: word.littleEndian, toByteOffset: place, as: UInt64.self)
      }
      offset += stride
    }
    return UnsafeRawBufferPointer(start: output, count: offset)
  }
}
