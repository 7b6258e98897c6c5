import Foundation
import Simulation
import Testing

/// What ``Truth`` says is found again in the lines, by the methods that an analyst would use.
@Suite struct TruthTests {
  let facts: [Fact]

  init() throws { facts = try company.get().sorted { $0.time < $1.time } }

  /// How one queueing ended.
  struct Wait {
    var channel: SimulatedChannel
    var day: Int
    var seconds: Double
    var isAnswered: Bool
  }

  private func waits() -> [Wait] {
    var queued: [String: Fact] = [:]
    var waits: [Wait] = []
    for fact in facts {
      guard let interaction = fact.interaction else { continue }
      if fact.type == "contact.queued" { queued[interaction] = fact }
      guard fact.type == "contact.answered" || fact.type == "contact.ended", let start = queued[interaction],
        let channel = start.channel.flatMap(SimulatedChannel.init(name:))
      else { continue }
      queued[interaction] = nil
      waits.append(
        Wait(
          channel: channel, day: start.day, seconds: Double(fact.time - start.time) / 1e6,
          isAnswered: fact.type == "contact.answered"))
    }
    return waits
  }

  /// Kaplan and Meier's median: who gave up would have waited longer.
  private func medianWait(_ waits: [Wait]) -> Double {
    var surviving = 1.0
    var atRisk = Double(waits.count)
    for wait in waits.sorted(by: { $0.seconds < $1.seconds }) {
      if wait.isAnswered { surviving *= 1 - 1 / atRisk }
      if surviving <= 0.5 { return wait.seconds }
      atRisk -= 1
    }
    return .infinity
  }

  @Test(arguments: [SimulatedChannel.phone, .chat, .video, .inperson, .email, .social, .sms])
  func `the median wait of each channel is the planted one, before the shift and after`(channel: SimulatedChannel)
    throws
  {
    let all = waits().filter { $0.channel == channel }
    for days in [0..<Truth.shiftDay, Truth.shiftDay..<365] {
      let some = all.filter { days.contains($0.day) }
      let queue = try #require(Truth.service(channel, day: days.lowerBound).queue)
      // Four standard errors of a log-normal's median, from as many waits as there are.
      let tolerance = exp(4 * 1.2533 * queue.waitSpread / Double(some.count).squareRoot())
      let ratio = medianWait(some) / queue.waitMedianSeconds
      #expect(ratio < tolerance && ratio > 1 / tolerance, "\(channel) \(days): \(ratio) of \(some.count)")
      let abandoned = Double(some.count { !$0.isAnswered }) / Double(some.count)
      let error = (queue.abandonment * (1 - queue.abandonment) / Double(some.count)).squareRoot()
      #expect(abs(abandoned - queue.abandonment) < 4 * error + 0.002, "\(channel) \(days): \(abandoned)")
    }
  }

  @Test func `chat's waits double on the day of the shift, and no others`() {
    let all = waits()
    func ratio(_ channel: SimulatedChannel) -> Double {
      let some = all.filter { $0.channel == channel }
      return medianWait(some.filter { $0.day >= Truth.shiftDay }) / medianWait(some.filter { $0.day < Truth.shiftDay })
    }
    #expect((1.8...2.2).contains(ratio(.chat)))
    #expect((0.9...1.1).contains(ratio(.phone)))
  }

  @Test func `the share resolved is each channel's own`() {
    for channel in SimulatedChannel.allCases where Truth.service(channel, day: 0).machine == nil {
      let ends = facts.filter {
        ($0.type == "contact.ended" || $0.type == "visit.completed") && $0.channel == channel.name
          && $0.outcome != "abandoned"
      }
      let planted = Truth.service(channel, day: 0).resolution
      let found = Double(ends.count { $0.outcome == "resolved" }) / Double(ends.count)
      let error = (planted * (1 - planted) / Double(ends.count)).squareRoot()
      #expect(abs(found - planted) < 4 * error, "\(channel): \(found) of \(ends.count)")
    }
  }

  @Test(arguments: [SimulatedChannel.kiosk, .web, .app])
  func `machines solve, hand over and lose as planted`(channel: SimulatedChannel) throws {
    let exits = facts.filter { $0.type == "guide.finished" && $0.channel == channel.name }.compactMap(\.exit)
    let machine = try #require(Truth.service(channel, day: 0).machine)
    for (exit, planted) in [
      ("solved", machine.solved), ("handedOver", machine.handedOver), ("abandoned", machine.abandoned),
    ] {
      let found = Double(exits.count { $0 == exit }) / Double(exits.count)
      let error = (planted * (1 - planted) / Double(exits.count)).squareRoot()
      #expect(abs(found - planted) < 4 * error, "\(exit): \(found)")
    }
  }

  @Test(arguments: [SimulatedChannel.web, .app])
  func `satisfaction after a solved session is the channel's`(channel: SimulatedChannel) {
    let solved = Set(
      facts.filter { $0.type == "contact.ended" && $0.channel == channel.name && $0.outcome == "resolved" }
        .compactMap(\.interaction))
    let scores = facts.compactMap { fact -> Double? in
      guard fact.type == "feedback.given", fact.instrument == "csat", let interaction = fact.interaction,
        solved.contains(interaction)
      else { return nil }
      return fact.score.map(Double.init)
    }
    let found = scores.reduce(0, +) / Double(scores.count)
    let expected = Truth.expectedSatisfaction(latentMean: Truth.service(channel, day: 0).satisfaction)
    #expect(abs(found - expected) < 4 * 0.9 / Double(scores.count).squareRoot(), "\(found) of \(scores.count)")
  }

  @Test func `four of five departments believe that they serve well`() {
    let beliefs = facts.filter { $0.type == "belief.stated" }
    let share = Double(beliefs.count { ($0.score ?? 0) >= 4 }) / Double(beliefs.count)
    #expect(beliefs.count > 400)
    #expect(abs(share - Truth.beliefServedWell) < 0.07)
  }

  @Test func `a fifth of the contacts is anonymous`() {
    let named = Set(facts.filter { $0.subject != nil }.compactMap(\.interaction))
    let begun = facts.filter { $0.type == "contact.started" }.compactMap(\.interaction)
    let anonymous = Double(begun.count { !named.contains($0) }) / Double(begun.count)
    #expect((0.19...0.21).contains(anonymous))
  }

  @Test func `promises end as planted`() {
    var due: [String: Int64] = [:]
    var ends: [String: Int] = [:]
    for fact in facts where fact.day < 340 {
      guard let promise = fact.promise else { continue }
      if let moment = fact.due { due[promise] = moment }
      guard let moment = due[promise], !["promise.made", "promise.renegotiated"].contains(fact.type) else { continue }
      let isLate = fact.type == "promise.kept" && fact.time > moment
      ends[isLate ? "late" : fact.type, default: 0] += 1
    }
    let total = Double(ends.values.reduce(0, +))
    for (end, planted) in [
      ("promise.kept", Truth.promiseOnTime), ("late", Truth.promiseLate), ("promise.broken", Truth.promiseBroken),
      ("promise.waived", Truth.promiseWaived),
    ] {
      #expect(abs(Double(ends[end] ?? 0) / total - planted) < 0.02, "\(end): \(ends[end] ?? 0) of \(total)")
    }
  }

  /// P(no purchase in t days) = (α / (α + t))ʳ, whatever happens after a purchase.
  @Test func `as many customers as the model says do not buy in the first month`() {
    let founders = Set(facts.filter { $0.status == "active" && $0.day == 0 }.compactMap(\.subject))
    let buyers = Set(facts.filter { $0.type == "purchase.made" && $0.day < 31 }.compactMap(\.subject))
    let expected = pow(Truth.purchaseRateDays / (Truth.purchaseRateDays + 31), Truth.purchaseShape)
    let found = Double(founders.count { !buyers.contains($0) }) / Double(founders.count)
    #expect(abs(found - expected) < 4 * (expected * (1 - expected) / Double(founders.count)).squareRoot())
  }
}
