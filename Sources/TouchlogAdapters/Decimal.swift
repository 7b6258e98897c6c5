/// Decimal numbers in millionths, as the log keeps them.
struct Decimal: Hashable, Comparable, Sendable {
  /// The number times a million.
  let millionths: Int64

  static let scale: Int64 = 1_000_000
  static let places = 6

  init(millionths: Int64) {
    self.millionths = millionths
  }

  /// Reads `-12.5`: digits, at most one point, at most six places after it. Nil for anything else, and beyond
  /// 64 bits.
  init?(_ text: some StringProtocol, point: UInt8 = UInt8(ascii: ".")) {
    var bytes = text.utf8[...]
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative || bytes.first == UInt8(ascii: "+") { bytes = bytes.dropFirst() }
    var value: Int64 = 0
    var placesLeft: Int?
    var digits = 0
    for byte in bytes {
      if byte == point, placesLeft == nil {
        placesLeft = Decimal.places
        continue
      }
      guard byte &- UInt8(ascii: "0") < 10, placesLeft != 0 else { return nil }
      placesLeft = placesLeft.map { $0 - 1 }
      digits += 1
      let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isTooLargeNow) = product.addingReportingOverflow(Int64(byte &- UInt8(ascii: "0")))
      guard !isTooLarge, !isTooLargeNow else { return nil }
      value = sum
    }
    guard digits > 0 else { return nil }
    for _ in 0..<(placesLeft ?? Decimal.places) {
      let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      guard !isTooLarge else { return nil }
      value = product
    }
    millionths = isNegative ? -value : value
  }

  static func < (left: Decimal, right: Decimal) -> Bool { left.millionths < right.millionths }

  /// The number times a whole one, where that is whole.
  func integer(times factor: Int64) -> Int64? {
    let (product, isTooLarge) = millionths.multipliedReportingOverflow(by: factor)
    guard !isTooLarge, product % Decimal.scale == 0 else { return nil }
    return product / Decimal.scale
  }
}
