/// A set of customers: a bit for each number.
public struct CustomerSet: Sendable, Hashable {
  private var words: [UInt64] = []
  /// How many customers are in it.
  public private(set) var count = 0

  /// Nobody.
  public init() {}

  /// Adds a customer.
  public mutating func insert(_ customer: CustomerNumber) {
    let word = Int(customer.value >> 6)
    if word >= words.count { words += repeatElement(0, count: max(word + 1, words.count * 2) - words.count) }
    let bit = UInt64(1) << UInt64(customer.value & 63)
    if words[word] & bit == 0 { count += 1 }
    words[word] |= bit
  }

  /// Whether a customer is in it.
  public func contains(_ customer: CustomerNumber) -> Bool {
    let word = Int(customer.value >> 6)
    return word < words.count && words[word] & UInt64(1) << UInt64(customer.value & 63) != 0
  }

  /// Whether the same customers are in both, however they came there.
  public static func == (left: CustomerSet, right: CustomerSet) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left.words, right.words).allSatisfy { $0 == $1 }
  }

  /// By the number of customers, which is enough to tell most sets apart.
  public func hash(into hasher: inout Hasher) { hasher.combine(count) }
}
