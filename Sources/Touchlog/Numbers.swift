/// An event's place in the log: 0, 1, 2 … without gaps, given inside the commit.
public struct Position: Hashable, Comparable, Sendable, BitwiseCopyable, CustomStringConvertible {
  /// How many events come before it.
  public let value: UInt64

  /// The place after so many events.
  @inlinable
  public init(_ value: UInt64) {
    self.value = value
  }

  /// Earlier in the log is less.
  @inlinable
  public static func < (left: Position, right: Position) -> Bool { left.value < right.value }

  /// The place after this one.
  @inlinable
  public var next: Position { Position(value + 1) }

  /// The number alone, `17`.
  public var description: String { String(value) }
}

/// A customer as the log knows it: a number that says nothing of who it is.
///
/// The vault alone connects numbers with references; forgetting a customer leaves the number.
public struct CustomerNumber: Hashable, Comparable, Sendable, BitwiseCopyable, CustomStringConvertible {
  /// The number, as headers and views hold it.
  public let value: UInt32

  /// The customer with that number.
  @inlinable
  public init(_ value: UInt32) {
    self.value = value
  }

  /// In the order of the numbers, which says nothing of the customers.
  @inlinable
  public static func < (left: CustomerNumber, right: CustomerNumber) -> Bool { left.value < right.value }

  /// `number:17`, the form in which an erased customer is named.
  public var description: String { "number:\(value)" }
}

/// A short text that the log keeps once and writes as a number: a source, an agent, a team, a topic …
public struct NameNumber: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// The number, as headers hold it.
  public let value: UInt32

  /// The name with that number.
  @inlinable
  public init(_ value: UInt32) {
    self.value = value
  }

  /// In the order of the numbers, which says nothing of the names.
  @inlinable
  public static func < (left: NameNumber, right: NameNumber) -> Bool { left.value < right.value }
}

/// An interaction in a header: 128 bits of its name (XXH3-128), so that replay groups events without text.
public struct InteractionKey: Hashable, Sendable, BitwiseCopyable {
  /// The hash's upper 64 bits.
  public let high: UInt64
  /// The hash's lower 64 bits.
  public let low: UInt64

  /// A key by its halves.
  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}
