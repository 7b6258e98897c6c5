/// What a model of repeat activity must know of a customer: how often they came back, when last, and since when they are
/// known. Times are in any one unit, counted from the first activity.
///
///     RepeatHistory(repeats: 2, last: 30.43, age: 38.86)
public struct RepeatHistory: Sendable, Hashable {
  /// x: activities after the first.
  public let repeats: Int

  /// t_x: the time of the last activity; 0 where there are no repeats.
  public let last: Double

  /// T: how long the customer has been watched.
  public let age: Double

  /// How many customers have this history.
  public var customers: Int

  /// - Parameters: `repeats` not negative; `last` between 0 and `age`, and 0 without repeats; `customers` above 0.
  public init(repeats: Int, last: Double, age: Double, customers: Int = 1) {
    precondition(repeats >= 0 && customers > 0, "customers and what they did are counted")
    precondition(last >= 0 && last <= age && age.isFinite, "the last activity lies between the first and now")
    precondition(repeats > 0 || last == 0, "who never came back was last there at the first activity")
    self.repeats = repeats
    self.last = last
    self.age = age
    self.customers = customers
  }

  /// Equal histories as one, in order: fewer to go through, and the same sums whatever order they came in.
  static func grouped(_ histories: [RepeatHistory]) -> [RepeatHistory] {
    let sorted = histories.sorted { ($0.repeats, $0.last, $0.age) < ($1.repeats, $1.last, $1.age) }
    var groups: [RepeatHistory] = []
    for history in sorted {
      if let last = groups.last, (last.repeats, last.last, last.age) == (history.repeats, history.last, history.age) {
        groups[groups.count - 1].customers += history.customers
      } else {
        groups.append(history)
      }
    }
    return groups
  }
}
