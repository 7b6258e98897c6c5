import Touchlog

// Clocks and outcomes of episodes.
extension Walk {
  mutating func addEpisode(
    _ index: Int, _ episode: InteractionEpisode, _ key: RowKey, _ cell: Int, isInbound: Bool,
    interactionBegan: Timestamp,
  ) {
    var clock = ClockUse(
      cell: cell, channel: episode.lastCode, began: interactionBegan, key: key,
      position: plan.asked == nil ? 0 : firstPosition)
    if isInbound {
      // Nobody waits at a machine, nor for whom they call.
      let isAlone = episode.hasGuide && episode.queued == nil && episode.answered == nil
      if !isAlone, let wait = episode.wait(from: plan.parameters.waitStart) {
        clock.isAbandoned = episode.answered == nil
        add(0, wait, clock)
        clock.isAbandoned = false
      }
      if episode.lastChannel?.isWritten == true, let reply = episode.firstReply(by: plan.parameters.firstReply) {
        add(1, reply, clock)
      }
    }
    if let handle = episode.handle { addHandle(handle, episode, index, clock) }
    if let resolution = episode.resolution { add(3, resolution, clock) }
    if let lateness = episode.lateness { add(4, lateness, clock) }

    guard let outcome = episode.outcome, episode.ended != nil else { return }
    if isInbound {
      table[cell].shares[ServiceFigure.abandoned.place].add(outcome == .abandoned)
      if plan.asked != nil {
        note(
          .abandoned, cell, key.customer.value, key.thing, clock.position, isCase: outcome == .abandoned)
      }
    }
    if outcome != .abandoned {
      table[cell].shares[ServiceFigure.resolved.place].add(outcome.isResolved)
      if plan.asked != nil {
        note(.resolved, cell, key.customer.value, key.thing, clock.position, isCase: outcome.isResolved)
      }
    }
  }

  /// Where a clock counts.
  struct ClockUse {
    let cell: Int
    let channel: UInt8
    let began: Timestamp
    let key: RowKey
    let position: UInt64
    var isAbandoned = false
  }

  @inline(__always)
  private mutating func add(_ clock: Int, _ stretch: Stretch, _ use: ClockUse) {
    var open: Int64?
    if let calendar = plan.calendar { open = calendar.elapsed(from: stretch.from, to: stretch.to) }
    add(clock, elapsed: stretch.length, open: open, use)
  }

  private mutating func addHandle(_ handle: Stretch, _ episode: InteractionEpisode, _ index: Int, _ use: ClockUse) {
    var open: Int64?
    if let calendar = plan.calendar {
      var held: Int64 = 0
      for hold in holds where hold.episode == index {
        let from = max(hold.stretch.from, handle.from)
        let to = min(hold.stretch.to, handle.to)
        if from < to { held += calendar.elapsed(from: from, to: to) }
      }
      open = calendar.elapsed(from: handle.from, to: handle.to) - held
    }
    add(2, elapsed: handle.length - episode.heldWithinHandle, open: open, use)
  }

  @inline(__always)
  private mutating func add(_ clock: Int, elapsed: Int64, open: Int64?, _ use: ClockUse) {
    table[use.cell].clocks[clock].add(elapsed)
    if let open {
      if table[use.cell].business.isEmpty {
        table[use.cell].business = ContiguousArray(repeating: ClockCount(), count: 5)
      }
      table[use.cell].business[clock].add(max(0, open))
    }
    if plan.asked != nil {
      note(
        ServiceFigure.clocks[clock], use.cell, use.key.customer.value, use.key.thing, use.position, length: elapsed)
    }
    guard plan.standards.has(metric: clock, channel: use.channel) else { return }
    if use.isAbandoned, plan.parameters.abandonedWaits == .leftOut { return }
    let measured = plan.parameters.standardsInBusinessTime ? open ?? elapsed : elapsed
    for place in plan.standards.places(metric: clock, channel: use.channel) {
      guard let threshold = plan.standards.series[place].threshold(at: use.began, plan.parameters.standards) else {
        continue
      }
      table[use.cell].attain(place, !use.isAbandoned && measured <= threshold)
    }
  }
}

extension Channel {
  /// Whether people write to each other on it, so that a first reply can be told from an answer.
  var isWritten: Bool {
    switch self {
    case .chat, .email, .social, .sms, .mail: true
    case .phone, .video, .kiosk, .field, .inperson, .web, .app, .other: false
    }
  }
}

extension InteractionEpisode {
  /// The raw value of the channel on which it began; 0 where no event names one.
  @inline(__always)
  var firstCode: UInt8 { firstChannel?.rawValue ?? 0 }
  /// The raw value of the channel on which it was last; 0 where no event names one.
  @inline(__always)
  var lastCode: UInt8 { lastChannel?.rawValue ?? 0 }
}
