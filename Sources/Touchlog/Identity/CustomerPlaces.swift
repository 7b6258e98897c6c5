/// Places 0, 1, 2 … of some customers, in the order of their numbers: values of theirs lie in an array without gaps.
///
/// A bit and a half for each number up to the highest, and an answer in two loads, which is asked for once per row.
struct CustomerPlaces: Sendable {
  private var words: [UInt64] = []
  /// How many customers have their place before each word.
  private var before: [UInt32] = []
  /// How many customers there are.
  let count: Int

  /// Places of these customers.
  ///
  /// - Precondition: their numbers ascend.
  init(_ customers: some Collection<CustomerNumber>) {
    count = customers.count
    guard count > 0 else { return }
    for customer in customers {
      let word = Int(customer.value >> 6)
      while words.count <= word {
        before.append((before.last ?? 0) + UInt32(words.last?.nonzeroBitCount ?? 0))
        words.append(0)
      }
      words[word] |= 1 << UInt64(customer.value & 63)
    }
  }

  /// A customer's place; nil for one who is not among them.
  @inline(__always)
  subscript(customer: CustomerNumber) -> Int? {
    let word = Int(customer.value >> 6)
    guard word < words.count else { return nil }
    let bit = UInt64(1) << UInt64(customer.value & 63)
    guard words[word] & bit != 0 else { return nil }
    return Int(before[word]) + (words[word] & (bit - 1)).nonzeroBitCount
  }
}
