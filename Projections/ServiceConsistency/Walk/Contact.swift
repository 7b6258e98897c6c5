import Touchlog

/// What of an interaction is needed once all of its person's are known.
struct Contact: BitwiseCopyable, Sendable {
  /// Microseconds.
  var began: Int64
  /// The end of the first episode, or its start where it has none.
  var ended: Int64
  /// When the second episode began, `Int64.max` without one.
  var reopened = Int64.max
  /// The first event's.
  var position: UInt64
  var thing: UInt64
  /// The smallest number of the person's.
  var person: UInt32
  /// Whose row it was.
  var customer: UInt32
  /// The place of its cell; -1 outside the time that was asked for.
  var cell: Int32
  var period: Int32
  /// The number of the name plus one; 0 where it is not stated.
  var topic: UInt32
  /// The channel's raw value on which the customer came.
  var firstChannel: UInt8
  /// And on which the first episode was last.
  var channel: UInt8
  var reopenedChannel: UInt8 = 0
  /// Whether the customer began it, as far as is known.
  var isInbound: Bool
  /// Whether first-contact resolution is asked of it.
  var isAnchor: Bool

  /// In the order in which they began.
  static func isBefore(_ left: Contact, _ right: Contact) -> Bool {
    (left.began, left.position) < (right.began, right.position)
  }
}

/// An answer to a questionnaire, with who gave it.
struct Experience: BitwiseCopyable, Sendable {
  var person: UInt32
  var channel: UInt8
  /// The place in `ServiceFigure.opinions`.
  var instrument: UInt8
  /// Millionths of the way from the lowest to the highest answer.
  var place: Int64
}

/// A row that has to wait for the others of its thing.
struct Fragment: BitwiseCopyable, Sendable {
  var thing: UInt64
  var customer: CustomerNumber
  var start: Int
  var count: Int
}

/// Rows that wait, with their marks.
struct Fragments: Sendable {
  private(set) var rows: ContiguousArray<Fragment> = []
  private(set) var marks: ContiguousArray<Mark> = []

  mutating func add(_ key: RowKey, _ values: borrowing Values<Mark>) {
    rows.append(Fragment(thing: key.thing, customer: key.customer, start: marks.count, count: values.count))
    for index in 0..<values.count { marks.append(values[index]) }
  }

  mutating func merge(_ other: Fragments) {
    let before = marks.count
    marks += other.marks
    for var row in other.rows {
      row.start += before
      rows.append(row)
    }
  }

  /// Calls `body` with the rows of each thing and their marks in order.
  ///
  /// - Parameter part: tells things of one number apart, as the promises of two persons.
  func forEachThing(
    part: (Fragment) -> UInt32 = { _ in 0 }, _ body: (ArraySlice<Fragment>, ContiguousArray<Mark>) -> Void,
  ) {
    let sorted = rows.sorted {
      $0.thing != $1.thing ? $0.thing < $1.thing : (part($0), $0.customer.value) < (part($1), $1.customer.value)
    }
    var together: ContiguousArray<Mark> = []
    var start = 0
    while start < sorted.count {
      var end = start + 1
      while end < sorted.count, sorted[end].thing == sorted[start].thing, part(sorted[end]) == part(sorted[start]) {
        end += 1
      }
      together.removeAll(keepingCapacity: true)
      for row in sorted[start..<end] { together += marks[row.start..<row.start + row.count] }
      if end - start > 1 { together.sort() }
      body(sorted[start..<end], together)
      start = end
    }
  }

  /// The first mark of a row.
  func first(of row: Fragment) -> Mark { marks[row.start] }
}
