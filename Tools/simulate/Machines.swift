// Contacts that begin with a machine: decision trees on kiosks, on the web and in the app.
extension World {
  mutating func useMachine(on channel: SimulatedChannel, at time: Int64) {
    guard let machine = services[Int(channel.rawValue)].machine else { preconditionFailure("no machine on \(channel)") }
    var contact = opening(on: channel, at: time)
    plan(.contactStarted, like: contact, at: time)
    let exit = Exit(
      rawValue: UInt8(random.index(cumulative: [machine.solved, machine.solved + machine.handedOver, 1])))
    var now = walkTree(contact, from: time, exit: exit ?? .solved)
    now += between(Microseconds.second, 3 * Microseconds.second)
    var episode = Episode(end: now)
    switch exit ?? .solved {
    case .solved:
      plan(.contactEnded, like: contact, at: now, code: Outcome.resolved.rawValue, effect: .goodContact)
    case .abandoned:
      episode.outcome = .abandoned
      plan(.contactEnded, like: contact, at: now, code: Outcome.abandoned.rawValue)
    case .handedOver:
      transfer(&contact, to: machine.handsTo, at: now)
      episode = serve(&contact, subject: contact.subject, from: now + between(1000, 2 * Microseconds.second))
    }
    follow(contact, episode)
  }

  /// Answers questions down a binary tree; returns when the guide is finished.
  private mutating func walkTree(_ contact: PlannedEvent, from time: Int64, exit: Exit) -> Int64 {
    var step = contact
    step.detail = UInt8(random.below(Words.guides.count))
    step.other = 1
    var now = time + between(Microseconds.second, 3 * Microseconds.second)
    plan(.guideStarted, like: step, at: now)
    for _ in 0..<1 + random.below(4) {
      now += duration(median: 9, spread: 0.7)
      let answer = UInt8(random.below(2))
      plan(.guideStep, like: step, at: now, code: answer)
      step.other = 2 * step.other + UInt16(answer)
    }
    now += duration(median: 6, spread: 0.7)
    plan(.guideFinished, like: step, at: now, code: exit.rawValue)
    return now
  }
}
