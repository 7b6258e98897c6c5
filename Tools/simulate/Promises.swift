/// What became of a promise, and when.
struct Fate {
  var isKept: Bool
  var time: Int64
}

extension World {
  /// Makes a promise and plans what becomes of it, after `Truth`'s shares.
  ///
  /// - Parameter due: `nil` for a promise without a due time: it is kept at some time, or broken, or waived.
  mutating func promise(
    _ kind: PromiseKind, by maker: PromiseMaker, for cause: PlannedEvent, at time: Int64, due: Int64?,
  ) -> Fate {
    var event = cause
    event.thing = nextThing()
    event.detail = maker.rawValue
    event.moment = due ?? 0
    plan(.promiseMade, like: event, at: time, code: kind.rawValue)
    event.isConsequence = true
    var due = due
    if let first = due, random.chance(Truth.promiseRenegotiated) {
      let later = first + between(Microseconds.hour, 3 * Microseconds.day)
      event.moment = later
      plan(.promiseRenegotiated, like: event, at: time + between((first - time) / 4, first - time), code: kind.rawValue)
      due = later
    }
    // The last stretch before the end belongs to what keeps it, so nothing is kept before it is renegotiated.
    let end = due ?? time + between(Microseconds.day, 7 * Microseconds.day)
    let shares = [
      Truth.promiseOnTime, Truth.promiseOnTime + Truth.promiseLate,
      Truth.promiseOnTime + Truth.promiseLate + Truth.promiseBroken, 1,
    ]
    switch random.index(cumulative: shares) {
    case 0: return settle(event, .promiseKept, .fulfilled, at: end - between(1000, 45 * Microseconds.minute))
    case 1: return settle(event, .promiseKept, .delayed, at: end + between(Microseconds.hour, 4 * Microseconds.day))
    case 2:
      let reason: PromiseReason = random.chance(0.5) ? .forgotten : .noCapacity
      return settle(event, .promiseBroken, reason, at: end + between(Microseconds.minute, 2 * Microseconds.day))
    default: return settle(event, .promiseWaived, .customerCancelled, at: end - between(1000, 30 * Microseconds.minute))
    }
  }

  private mutating func settle(
    _ promise: PlannedEvent, _ kind: EventKind, _ reason: PromiseReason, at time: Int64,
  ) -> Fate {
    var event = promise
    event.detail = reason.rawValue
    event.moment = 0
    plan(kind, like: event, at: time, effect: kind == .promiseBroken ? .brokenPromise : .none)
    return Fate(isKept: kind == .promiseKept, time: time)
  }
}
