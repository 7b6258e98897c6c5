/// The text of a JSON number, taken apart so that its decimal value is compared and scaled exactly,
/// however long it is. It computes with the text's length, never with its magnitude.
struct DecimalText: ~Escapable {
  private let bytes: Span<UInt8>
  /// From the first to the last digit that is not zero; a decimal point may lie between.
  private let significant: Range<Int>
  /// The power of ten of the first and last significant digit, before the exponent is applied.
  private let leadingPlace: Int
  private let trailingPlace: Int
  /// The exponent's digits without leading zeros.
  private let exponent: Range<Int>
  private let isExponentNegative: Bool
  private let isNegative: Bool

  /// - Parameter bytes: A number after the grammar of RFC 8259, section 6.
  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) {
    self.bytes = bytes
    isNegative = bytes[0] == UInt8(ascii: "-")
    var point: Int?
    var first: Int?
    var last = 0
    var index = isNegative ? 1 : 0
    scanning: while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "."): point = index
      case UInt8(ascii: "e"), UInt8(ascii: "E"): break scanning
      case UInt8(ascii: "0"): break
      default:
        if first == nil { first = index }
        last = index
      }
      index += 1
    }
    let units = (point ?? index) - 1
    significant = first.map { $0..<(last + 1) } ?? 0..<0
    leadingPlace = Self.place(of: significant.lowerBound, units: units)
    trailingPlace = Self.place(of: last, units: units)
    index += 1
    isExponentNegative = index < bytes.count && bytes[index] == UInt8(ascii: "-")
    while index < bytes.count, bytes[index] < UInt8(ascii: "1") || bytes[index] > UInt8(ascii: "9") { index += 1 }
    exponent = min(index, bytes.count)..<bytes.count
  }

  /// The power of ten of the digit at `index`, where `units` is the last digit before the point.
  private static func place(of index: Int, units: Int) -> Int {
    index <= units ? units - index : units + 1 - index
  }

  private var isZero: Bool { significant.isEmpty }

  /// The exponent, unless it has more than 18 digits.
  private var smallExponent: Int? {
    guard exponent.count <= 18 else { return nil }
    var value = 0
    for index in exponent { value = value * 10 + Int(bytes[index] - UInt8(ascii: "0")) }
    return isExponentNegative ? -value : value
  }

  /// The number times 10 to the `scale`, when that is an integer of 64 bits.
  func scaled(by scale: Int) -> Int64? {
    if isZero { return 0 }
    guard let smallExponent else { return nil }
    let zeros = smallExponent + trailingPlace + scale
    let digits = leadingPlace - trailingPlace + 1
    guard zeros >= 0, digits <= 19, zeros <= 19 - digits else { return nil }
    var value: UInt64 = 0
    for index in significant where bytes[index] != UInt8(ascii: ".") {
      value = value * 10 + UInt64(bytes[index] - UInt8(ascii: "0"))
    }
    for _ in 0..<zeros { value *= 10 }
    return isNegative ? Int64(exactly: value).map { -$0 } ?? (value == 1 << 63 ? .min : nil) : Int64(exactly: value)
  }

  /// Whether both are the same number: `1`, `1.0` and `10e-1` are, and `-0` is 0.
  func isEqual(to other: borrowing DecimalText) -> Bool {
    if isZero || other.isZero { return isZero && other.isZero }
    return isNegative == other.isNegative
      && leadingPlace - trailingPlace == other.leadingPlace - other.trailingPlace
      && hasSameDigits(as: other)
      && hasSameMagnitude(as: other)
  }

  private func hasSameDigits(as other: borrowing DecimalText) -> Bool {
    var mine = significant.lowerBound
    var theirs = other.significant.lowerBound
    while mine < significant.upperBound, theirs < other.significant.upperBound {
      if bytes[mine] == UInt8(ascii: ".") { mine += 1 }
      if other.bytes[theirs] == UInt8(ascii: ".") { theirs += 1 }
      if bytes[mine] != other.bytes[theirs] { return false }
      mine += 1
      theirs += 1
    }
    return true
  }

  private func hasSameMagnitude(as other: borrowing DecimalText) -> Bool {
    if let mine = smallExponent, let theirs = other.smallExponent {
      return mine + leadingPlace == theirs + other.leadingPlace
    }
    return isExponentNegative == other.isExponentNegative && shiftedExponent() == other.shiftedExponent()
  }

  /// The digits, lowest first, of the exponent's magnitude with the leading place applied. Places are far
  /// below 10^18, so where one exponent is larger, the sum keeps its sign, and the other's cannot be equal
  /// under another sign.
  private func shiftedExponent() -> [UInt8] {
    var digits = exponent.reversed().map { bytes[$0] - UInt8(ascii: "0") }
    var carry = isExponentNegative ? -leadingPlace : leadingPlace
    var index = 0
    while carry != 0 {
      if index == digits.count { digits.append(0) }
      let sum = Int(digits[index]) + carry
      let digit = ((sum % 10) + 10) % 10
      digits[index] = UInt8(digit)
      carry = (sum - digit) / 10
      if index == digits.count - 1, carry < 0 { return [] }
      index += 1
    }
    while digits.last == 0 { digits.removeLast() }
    return digits
  }
}
