import Touchlog

/// The texts behind the numbers in lines, each in the form that a format writes, made once.
final class ExportedTexts {
  private let naming: any Naming
  private let encode: (String) -> [UInt8]
  private var names: [[UInt8]?] = []
  private var customer: CustomerNumber?
  private var reference: [UInt8]?

  /// - Parameter encode: the form of a text in the format.
  init(_ naming: any Naming, encode: @escaping (String) -> [UInt8]) {
    self.naming = naming
    self.encode = encode
  }

  /// Appends the text of a name.
  func append(_ name: NameNumber, to bytes: inout [UInt8]) throws {
    let index = Int(name.value)
    if index >= names.count { names += repeatElement(nil, count: max(index + 1, names.count * 2) - names.count) }
    if names[index] == nil { names[index] = encode(try naming.text(of: name)) }
    if let text = names[index] { bytes.append(contentsOf: text) }
  }

  /// Appends the reference of a customer; answers false where the customer was erased.
  func append(referenceOf customer: CustomerNumber, to bytes: inout [UInt8]) throws -> Bool {
    // Lines come in the order of customers.
    if self.customer != customer {
      reference = try naming.reference(of: customer).map { encode($0.text) }
      self.customer = customer
    }
    guard let reference else { return false }
    bytes.append(contentsOf: reference)
    return true
  }
}

/// A column as it is written: one of the table's, or the reference beside a customer's number.
struct ExportedColumn: Equatable {
  let name: String
  let kind: RowField.Kind
  /// The place of its value in a line.
  let place: Int
  /// Whether it is the reference of the customer there.
  let isReference: Bool

  /// The columns of a table.
  ///
  /// - Parameter showsReferences: whether each customer's number has the reference beside it: `reference`,
  ///   `otherReference`.
  static func all(of columns: [RowDescription.Column], showsReferences: Bool) -> [ExportedColumn] {
    columns.enumerated().flatMap { place, column in
      let own = ExportedColumn(name: column.name, kind: column.kind, place: place, isReference: false)
      guard showsReferences, column.kind == .customer else { return [own] }
      let name = column.name == "customer" ? "reference" : column.name + "Reference"
      return [own, ExportedColumn(name: name, kind: .word, place: place, isReference: true)]
    }
  }
}

extension [UInt8] {
  /// Appends 16 hexadecimal digits.
  mutating func append(hexadecimal value: UInt64) {
    for shift in stride(from: 60, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: value >> UInt64(shift) & 0xF)
      append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
    }
  }

  /// Appends a whole number.
  mutating func append(integer value: Int64) {
    if value < 0 { append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    var digits: UInt64 = 1
    while rest / digits >= 10 { digits *= 10 }
    while digits > 0 {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / digits))
      rest %= digits
      digits /= 10
    }
  }

  /// Appends a number in millionths with as many decimal places as it needs.
  mutating func append(millionths value: Int64) {
    if value < 0 { append(UInt8(ascii: "-")) }
    let (whole, part) = value.magnitude.quotientAndRemainder(dividingBy: UInt64(Field.decimalScale))
    append(integer: Int64(whole))
    guard part != 0 else { return }
    append(UInt8(ascii: "."))
    var rest = part
    var divisor: UInt64 = 100_000
    while rest != 0 {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / divisor))
      rest %= divisor
      divisor /= 10
    }
  }
}
