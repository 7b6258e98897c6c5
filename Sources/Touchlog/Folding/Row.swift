/// A value that rows consist of: plain bytes without gaps, a multiple of eight.
///
/// A view keeps the bytes as they are in memory, little-endian.
public protocol RowValue: BitwiseCopyable, Sendable {
  /// Any value.
  init()

  /// What a value shows of itself to whoever does not know its type: by default, its stored properties by their names.
  static var columns: [RowColumn<Self>] { get }
}

/// What a view keeps under a key, where one value says it all: counts, sums, first and last.
///
/// Integers only, in an order that leaves no gaps (the largest first, and `fill` where needed): the bytes are compared.
/// Floating point begins in the report.
public protocol Row: RowValue {
  /// Takes in what other events say of the same key.
  ///
  /// Must not depend on order or grouping: by minimum, maximum, sum, or the latest by occurredAt, then position.
  mutating func merge(_ other: Self)
}

/// Whose a row is, and which thing of theirs it is about.
public struct RowKey: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// The number of the thing: of an interaction, a promise, a month; 0 where the customer has one row.
  public let thing: UInt64
  /// Whose it is.
  public let customer: CustomerNumber

  /// A key by its parts.
  @inlinable
  public init(_ customer: CustomerNumber, thing: UInt64 = 0) {
    self.customer = customer
    self.thing = thing
  }

  /// By customer, then by thing.
  @inlinable
  public static func < (left: RowKey, right: RowKey) -> Bool {
    (left.customer.value, left.thing) < (right.customer.value, right.thing)
  }
}

extension InteractionKey {
  /// The interaction as the thing of a row: the upper half of its hash.
  ///
  /// Among a million interactions of one customer two share it with a probability of 3 in 100 million; among a hundred
  /// million of all customers, where anonymous events look for theirs, of 3 in 10,000.
  @inlinable
  public var thing: UInt64 { high }
}
