/// An event's place in the log: 0, 1, 2 … without gaps, given inside the commit.
public struct Position: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let value: UInt64

  @inlinable
  public init(_ value: UInt64) {
    self.value = value
  }

  @inlinable
  public static func < (left: Position, right: Position) -> Bool { left.value < right.value }

  /// The place after this one.
  @inlinable
  public var next: Position { Position(value + 1) }

  public var description: String { String(value) }
}

/// A customer as the log knows it: a number that says nothing of who it is.
///
/// The vault alone connects numbers with references; forgetting a customer leaves the number.
public struct CustomerNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let value: UInt32

  @inlinable
  public init(_ value: UInt32) {
    self.value = value
  }

  @inlinable
  public static func < (left: CustomerNumber, right: CustomerNumber) -> Bool { left.value < right.value }

  /// `number:17`, the form in which an erased customer is named.
  public var description: String { "number:\(value)" }
}

/// A short text that the log keeps once and writes as a number: a source, an agent, a team, a topic …
public struct NameNumber: Hashable, Comparable, Sendable {
  public let value: UInt32

  @inlinable
  public init(_ value: UInt32) {
    self.value = value
  }

  @inlinable
  public static func < (left: NameNumber, right: NameNumber) -> Bool { left.value < right.value }
}

/// An interaction in a header: 128 bits of its name (XXH3-128), so that replay groups events without text.
public struct InteractionKey: Hashable, Sendable {
  public let high: UInt64
  public let low: UInt64

  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}
