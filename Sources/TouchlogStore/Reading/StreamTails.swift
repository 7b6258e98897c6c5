import Touchlog

/// Where each customer's stream has got to while the log is walked: 16 bytes a customer.
struct StreamTails {
  /// By customer number, as numbers are given without gaps.
  private var tails: [StreamTail?] = []
  /// Numbers up to this one have a place. A header with a higher one is not a customer's, and must not cost memory.
  let limit: Int
  private(set) var count = 0
  /// The highest customer number that has events.
  var highest: CustomerNumber?

  init(limit: Int) {
    self.limit = limit
  }

  subscript(customer: CustomerNumber) -> StreamTail? {
    let index = Int(customer.value)
    return index < tails.count ? tails[index] : nil
  }

  /// Answers whether the customer has a place.
  mutating func set(_ tail: StreamTail, of customer: CustomerNumber) -> Bool {
    let index = Int(customer.value)
    guard index < limit else { return false }
    if index >= tails.count {
      // Only where there is no room: asked for more than it has, an array is copied each time.
      if index >= tails.capacity { tails.reserveCapacity(max(index + 1, tails.count * 3 / 2)) }
      tails.append(contentsOf: repeatElement(nil, count: index + 1 - tails.count))
    }
    if tails[index] == nil {
      count += 1
      highest = max(highest ?? customer, customer)
    }
    tails[index] = tail
    return true
  }
}
