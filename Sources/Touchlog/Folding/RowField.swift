/// What stands in a field of a row, for whoever reads rows without knowing their type: an export, a page.
public enum RowField: Hashable, Sendable {
  /// Nothing: the event did not say.
  case none
  case integer(Int64)
  /// In millionths, as `Field.Kind.decimal` keeps numbers.
  case decimal(Int64)
  case time(Timestamp)
  /// A short text, by its number: `Naming` has the text.
  case name(NameNumber)
  case customer(CustomerNumber)
  /// 64 bits that tell things apart and are no number: of an interaction, of a promise.
  case hash(UInt64)
  /// A word of the catalogue, or of the projection.
  case word(String)

  /// What a column holds, beside `none`.
  public enum Kind: Hashable, Sendable {
    case integer, decimal, time, name, customer, hash, word
  }
}

extension RowField {
  /// A name; nothing where there is none.
  public static func name(ifAny name: NameNumber?) -> RowField { name.map { .name($0) } ?? .none }
  /// A word; nothing where there is none.
  public static func word(ifAny word: String?) -> RowField { word.map { .word($0) } ?? .none }
}

/// A field of rows: its name, what it holds, and how it is read.
///
/// ```swift
/// RowColumn<Mark>("agent", .name) { .name(ifAny: $0.agent) }
/// ```
public struct RowColumn<Value>: Sendable {
  /// The column's name, unique in its table.
  public let name: String
  /// What it holds.
  public let kind: RowField.Kind
  private let read: @Sendable (Value) -> RowField

  /// A column that is read by a closure.
  ///
  /// - Parameter read: answers a value of that kind, or `none`.
  public init(_ name: String, _ kind: RowField.Kind, _ read: @escaping @Sendable (Value) -> RowField) {
    self.name = name
    self.kind = kind
    self.read = read
  }

  /// What stands in the column, for one value.
  public func value(of row: Value) -> RowField { read(row) }
}

/// Which of the customer's rows a row is, as a column: how `RowKey.thing` is read.
public typealias ThingColumn = RowColumn<UInt64>

extension ThingColumn {
  /// Some thing that is known by a hash. Where nothing is said, a table has this one.
  public static let thing = ThingColumn("thing", .hash) { .hash($0) }
  /// The other reference of an identity event, as `MarkTable.addLink(_:)` keeps it.
  public static let otherReference = ThingColumn("other", .customer) { .customer(CustomerNumber(UInt32(clamping: $0))) }
  /// An interaction, by `InteractionKey.thing`; 0 is for none.
  public static let interaction = ThingColumn("interaction", .hash) { $0 == 0 ? .none : .hash($0) }
}
