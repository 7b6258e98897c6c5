import Touchlog

// What became of promises.
extension Walk {
  /// Takes a row of the table of promises.
  mutating func takePromise(_ key: RowKey, _ marks: borrowing Values<Mark>) {
    if plan.persons.isLinked(key.customer) {
      // It may have been made to one reference and kept to another.
      waitingPromises.add(key, marks)
      return
    }
    var all: ContiguousArray<Mark> = []
    for index in 0..<marks.count { all.append(marks[index]) }
    addPromise(key.thing, key.customer, all)
  }

  /// Counts a promise by its marks, which are in order.
  mutating func addPromise(_ thing: UInt64, _ customer: CustomerNumber, _ marks: ContiguousArray<Mark>) {
    let fate = PromiseFate(marks)
    guard let isKept = fate.isKeptOnTime(at: plan.end, plan.parameters.overduePromises) else { return }
    guard let made = fate.made, let period = plan.period(of: made.occurredAt) else { return }
    let cell = table.place(group(of: fate.names(plan.parameters.handler), customer), period)
    table[cell].shares[ServiceFigure.promiseKept.place].add(isKept)
    table[cell].events += marks.count { $0.part == 0 }
    if plan.asked != nil {
      note(.promiseKept, cell, customer.value, thing, made.position.value, isCase: isKept)
    }
  }
}

/// What became of one promise.
struct PromiseFate {
  /// The first event that speaks of it.
  private(set) var made: Mark?
  /// The due time that was stated last.
  private(set) var due: Timestamp?
  /// The event that settled it: the first that kept, broke or waived it.
  private(set) var settled: Mark?
  private var last: Mark?

  init(_ marks: some Sequence<Mark>) {
    for mark in marks {
      if mark.part == 1 {
        due = Timestamp(microseconds: mark.firstNumber)
        continue
      }
      made = made ?? mark
      last = mark
      if settled == nil, PromiseFate.settles(mark) { settled = mark }
    }
  }

  private static func settles(_ mark: Mark) -> Bool { (50...52).contains(mark.typeCode) }

  /// Whether it was kept by the time that was due last. Nil where it counts nowhere: it was waived, or is still open and
  /// not overdue, or is overdue and those are left out.
  ///
  /// Without a due time, kept or broken decides.
  func isKeptOnTime(at end: Timestamp, _ overdue: ServiceParameters.OverduePromises) -> Bool? {
    guard let settled else {
      guard let due, due < end else { return nil }
      return overdue == .notKept ? false : nil
    }
    switch settled.typeCode {
    case Catalogue.promiseKept.code: return due.map { settled.occurredAt <= $0 } ?? true
    case Catalogue.promiseBroken.code: return false
    default: return nil
    }
  }

  /// The event whose agent, team, channel and topic it counts under: the last, as it settled the promise, or the first.
  /// Settling events that name neither leave it with the first.
  func names(_ handler: ServiceParameters.Handler) -> Mark {
    guard let made, let last else { return Mark() }
    let isNamed = last.channel != nil || last.agent != nil || last.team != nil || last.topic != nil
    return handler == .last && isNamed ? last : made
  }
}
