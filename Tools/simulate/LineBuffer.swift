/// Bytes of the stream on their way to the sink. Formatting goes straight into them: a `String` per field would cost
/// more than the whole simulation.
struct LineBuffer: ~Copyable {
  private static let chunk = 1 << 20
  /// No line is longer: the longest has under 30 fields, each a word of the tables (under 100 bytes) or a number.
  private static let longestLine = 4096

  // Owned by this value alone (it cannot be copied) and freed with it. Writes stay inside, because a line begins only
  // while `count < chunk` and no line exceeds `longestLine`; `endLine` checks that in every build.
  private let bytes: UnsafeMutablePointer<UInt8>
  private var count = 0

  init() { bytes = .allocate(capacity: Self.chunk + Self.longestLine) }

  deinit { bytes.deallocate() }

  /// Time to hand the lines over, before the next one begins.
  var isFull: Bool { count >= Self.chunk }

  mutating func handOver(to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
    if count == 0 { return }
    try sink(UnsafeRawBufferPointer(start: bytes, count: count))
    count = 0
  }

  mutating func endLine() {
    put(byte: UInt8(ascii: "\n"))
    precondition(count <= Self.chunk + Self.longestLine)
  }

  @inline(__always)
  mutating func put(byte: UInt8) {
    bytes[count] = byte
    count += 1
  }

  @inline(__always)
  mutating func put(_ text: StaticString) {
    (bytes + count).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
    count += text.utf8CodeUnitCount
  }

  /// `number` in decimal, with zeros in front up to `width` digits.
  mutating func put(_ number: Int, width: Int = 1) {
    var digits = 1
    var limit = 10
    while digits < width || (digits < 19 && number >= limit) {
      digits += 1
      if digits < 19 { limit *= 10 }
    }
    var rest = UInt64(number)
    var place = count + digits
    count = place
    while place > count - digits {
      place -= 1
      bytes[place] = 48 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }

  /// A fraction in hundredths: 85 is written 0.85.
  mutating func put(hundredths: Int) {
    put(hundredths / 100)
    put(byte: UInt8(ascii: "."))
    put(hundredths % 100, width: 2)
  }

  /// RFC 3339, in UTC: with six decimals, or none if the time is a whole second (then it is a plan, not a measurement).
  mutating func put(timestamp time: Int64) {
    let (day, rest) = Int(time).quotientAndRemainder(dividingBy: Int(Microseconds.day))
    let date = CalendarDay(daysSince1970: day)
    let (seconds, fraction) = rest.quotientAndRemainder(dividingBy: 1_000_000)
    put(date.year, width: 4)
    put(byte: UInt8(ascii: "-"))
    putPair(date.month)
    put(byte: UInt8(ascii: "-"))
    putPair(date.day)
    put(byte: UInt8(ascii: "T"))
    putPair(seconds / 3600)
    put(byte: UInt8(ascii: ":"))
    putPair(seconds / 60 % 60)
    put(byte: UInt8(ascii: ":"))
    putPair(seconds % 60)
    if fraction > 0 {
      put(byte: UInt8(ascii: "."))
      put(fraction, width: 6)
    }
    put(byte: UInt8(ascii: "Z"))
  }

  private mutating func putPair(_ number: Int) {
    put(byte: 48 + UInt8(truncatingIfNeeded: number / 10))
    put(byte: 48 + UInt8(truncatingIfNeeded: number % 10))
  }
}
