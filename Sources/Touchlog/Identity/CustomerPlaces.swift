/// Places 0, 1, 2 … of some customers, in the order of their numbers: values of theirs lie in an array without gaps.
///
/// A bit and a half for each number up to the highest, and an answer in two loads, which is asked for once per row.
struct CustomerPlaces: Sendable {
  private var words: [UInt64] = []
  /// How many customers have their place before each word.
  private var before: [UInt32] = []
  /// How many customers there are.
  let count: Int

  /// Places of these customers, who may come in any order, and several times.
  init(_ customers: some Sequence<CustomerNumber>) {
    for customer in customers {
      let word = Int(customer.value >> 6)
      if word >= words.count { words += repeatElement(0, count: max(word + 1, words.count * 2) - words.count) }
      words[word] |= 1 << UInt64(customer.value & 63)
    }
    before.reserveCapacity(words.count)
    var count = 0
    for word in words {
      before.append(UInt32(count))
      count += word.nonzeroBitCount
    }
    self.count = count
  }

  /// The customers, in the order of their numbers.
  var customers: [CustomerNumber] {
    var customers: [CustomerNumber] = []
    customers.reserveCapacity(count)
    for (index, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        customers.append(CustomerNumber(UInt32(index * 64 + rest.trailingZeroBitCount)))
        rest &= rest - 1
      }
    }
    return customers
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
