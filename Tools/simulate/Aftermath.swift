// What follows from an episode: feedback, cost, promises, complaints, praise, expectations.
extension World {
  mutating func follow(_ contact: PlannedEvent, _ episode: Episode) {
    var cause = contact
    cause.moment = 0
    cause.amount = 0
    cause.other = 0
    let end = episode.end
    if episode.outcome != .abandoned, random.chance(Truth.feedbackShare) { askForFeedback(cause, episode) }
    if contact.agent > 0, random.chance(0.25) {
      bookCost(cause, at: end + between(Microseconds.second, Microseconds.hour))
    }
    if contact.agent > 0, episode.outcome == .followUp, random.chance(0.7) { promiseMore(cause, at: end) }
    complain(cause, episode)
    if episode.outcome == .resolved, !episode.isBeyondStandard, random.chance(0.03) {
      cause.score = 1
      cause.text = UInt8([0, 3, 4, 7][random.below(4)])
      plan(.praiseGiven, like: cause, at: end + between(Microseconds.minute, Microseconds.day))
    }
    if random.chance(0.02) {
      let origin = UInt8(random.below(Words.origins.count))
      plan(.expectationStated, like: cause, at: end + between(1000, 2000), code: origin)
    }
  }

  private mutating func askForFeedback(_ cause: PlannedEvent, _ episode: Episode) {
    var mean = services[Int((cause.channel ?? .other).rawValue)].satisfaction
    if episode.outcome != .resolved { mean += Truth.unresolvedPenalty }
    if episode.isBeyondStandard { mean += Truth.waitPenalty }
    let latent = mean + Truth.satisfactionSpread * random.normal()
    let instrument = Instrument(rawValue: UInt8(random.index(cumulative: [0.6, 0.8, 0.95, 1]))) ?? .csat
    let (least, most) =
      switch instrument {
      case .csat: (1.0, 5.0)
      case .nps: (0.0, 10.0)
      case .ces, .servqual: (1.0, 7.0)
      }
    let scaled = least + (latent - 1) / 4 * (most - least)
    var feedback = cause
    feedback.score = UInt8(min(most, max(least, scaled.rounded())))
    feedback.detail = UInt8(random.below(Words.dimensions.count))
    feedback.text = random.chance(0.25) ? UInt8(1 + random.below(Words.remarks.count)) : 0
    feedback.agent = 0
    let time = episode.end + min(2 * Microseconds.day, duration(median: 2400, spread: 1))
    plan(.feedbackGiven, like: feedback, at: time, code: instrument.rawValue)
  }

  private mutating func bookCost(_ cause: PlannedEvent, at time: Int64) {
    var cost = cause
    cost.isConsequence = true
    cost.amount = Int32(1000 + 100 * random.below(300))
    let kind: UInt8 = cause.channel == .field ? 1 : cause.channel == .mail ? 2 : random.chance(0.1) ? 3 : 0
    plan(.costIncurred, like: cost, at: time, code: kind)
  }

  private mutating func promiseMore(_ cause: PlannedEvent, at time: Int64) {
    let kinds: [PromiseKind] = [.callback, .callback, .answer, .answer, .repair, .refund, .other]
    let kind = kinds[random.below(kinds.count)]
    let due = random.chance(0.1) ? nil : time + between(4 * Microseconds.hour, 6 * Microseconds.day)
    let fate = promise(kind, by: .agent, for: cause, at: time - 500, due: due)
    if kind == .callback, fate.isKept, random.chance(0.6) { callBack(cause, at: fate.time - 10 * Microseconds.minute) }
  }

  private mutating func complain(_ cause: PlannedEvent, _ episode: Episode) {
    var probability = episode.isBeyondStandard ? 0.04 : 0.0
    if episode.outcome == .unresolved { probability += 0.15 }
    if episode.outcome == .abandoned { probability += 0.03 }
    if probability == 0 || !random.chance(probability) { return }
    var complaint = cause
    complaint.score = UInt8(1 + random.below(5))
    complaint.text = UInt8([1, 2, 5, 6][random.below(4)])
    let raised = episode.end + between(Microseconds.minute, 2 * Microseconds.day)
    plan(.complaintRaised, like: complaint, at: raised)
    if random.chance(0.8) {
      plan(.complaintResolved, like: complaint, at: raised + between(Microseconds.hour, 10 * Microseconds.day))
    }
  }
}
