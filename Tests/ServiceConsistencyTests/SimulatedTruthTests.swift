import ServiceConsistency
import Simulation
import Statistics
import Testing
import Touchlog
import TouchlogTesting

/// What the simulator plants is found again in the report.
@Suite struct `The truth that was planted` {
  static let view = Result { try SimulatedCompany.log.get().view(of: ServiceConsistency.self) }
  static let shift = Timestamp(date: CivilDate(year: 2025, month: 1, day: 1), microsecondOfDay: 0)
    .adding(seconds: Int64(Truth.shiftDay) * 86_400)

  static func report(until: Timestamp? = nil, from: Timestamp? = nil) throws -> ServiceReport {
    var parameters = ServiceParameters()
    parameters.until = until
    parameters.from = from
    return try ServiceReport(of: view.get(), parameters)
  }

  @Test(arguments: [SimulatedChannel.phone, .chat, .inperson, .email])
  func `as many give up on each channel, before the shift and after`(_ channel: SimulatedChannel) throws {
    for isAfter in [false, true] {
      let report = try isAfter ? Self.report(from: Self.shift) : Self.report(until: Self.shift)
      let queue = try #require(Truth.service(channel, day: isAfter ? 365 : 0).queue)
      let share = try #require(report.row(.named(channel.name))?.share(.abandoned)?.share)
      // Of those who are answered a tenth is handed over and queues once more.
      let once = queue.abandonment
      let planted = once + (1 - once) * 0.11 * once
      let error = (planted * (1 - planted) / Double(share.cases)).squareRoot()
      #expect(abs((share.value ?? -1) - planted) < 4 * error + 0.003, "\(channel) \(share) \(planted)")
    }
  }

  /// On these hardly anybody is impatient, so the median of what is seen is the planted one.
  @Test(arguments: [SimulatedChannel.email, .social])
  func `the median wait is the planted one`(_ channel: SimulatedChannel) throws {
    let queue = try #require(Truth.service(channel, day: 0).queue)
    let wait = try #require(try Self.report().row(.named(channel.name))?.clock(.wait)?.elapsed)
    let spread = 4 * 1.2533 * queue.waitSpread / Double(wait.count).squareRoot()
    #expect(abs((wait.p50Seconds ?? 0) / queue.waitMedianSeconds - 1) < spread + 0.02, "\(channel) \(wait)")
  }

  @Test func `chat's waits double on the day of the shift, and phone's do not`() throws {
    let (before, after) = (try Self.report(until: Self.shift), try Self.report(from: Self.shift))
    func ratio(_ channel: String) -> Double {
      func median(_ report: ServiceReport) -> Double {
        report.row(.named(channel))?.clock(.wait)?.elapsed.p50Seconds ?? 0
      }
      return median(after) / median(before)
    }
    #expect((1.6...2.1).contains(ratio("chat")), "\(ratio("chat"))")
    #expect((0.85...1.15).contains(ratio("phone")), "\(ratio("phone"))")
  }

  @Test(arguments: [SimulatedChannel.phone, .chat, .inperson, .email, .social, .sms])
  func `as many are resolved on each channel`(_ channel: SimulatedChannel) throws {
    let share = try #require(try Self.report().row(.named(channel.name))?.share(.resolved)?.share)
    let planted = Truth.service(channel, day: 0).resolution
    let error = (planted * (1 - planted) / Double(share.cases)).squareRoot()
    #expect(abs((share.value ?? -1) - planted) < 4 * error, "\(channel) \(share) \(planted)")
  }

  @Test func `promises are kept as planted`() throws {
    var parameters = ServiceParameters()
    parameters.until = Story.time("2025-11-15T00:00:00Z")
    let share = try #require(try ServiceReport(of: Self.view.get(), parameters).row()?.share(.promiseKept)?.share)
    // Without a due time every promise that is kept is kept on time; waived ones are left out.
    let least = Truth.promiseOnTime / (1 - Truth.promiseWaived)
    let most = (Truth.promiseOnTime + Truth.promiseLate) / (1 - Truth.promiseWaived)
    let error = 4 * (least * (1 - least) / Double(share.cases)).squareRoot()
    #expect((least - error...most + error).contains(share.value ?? 0), "\(share)")
  }

  @Test func `four of five departments believe that they serve well`() throws {
    let believed = try #require(try Self.report().row()?.opinion(.csat)?.believed)
    #expect(believed.answers > 100)
    #expect(believed.interval?.contains(Truth.beliefServedWell) == true)
  }

  @Test func `groups and periods add up to everything`() throws {
    var parameters = ServiceParameters()
    parameters.period = .month
    let monthly = try ServiceReport(of: Self.view.get(), parameters)
    let whole = try Self.report()
    let all = monthly.rows.filter { $0.group == .all }
    #expect(all.count == 12)
    #expect(all.reduce(0) { $0 + $1.interactions } == whole.interactions)
    for figure in ServiceFigure.shares {
      let cases = monthly.rows.filter { $0.group == .named("chat") }
        .reduce(0) { $0 + ($1.share(figure)?.share.cases ?? 0) }
      #expect(cases == whole.row(.named("chat"))?.share(figure)?.share.cases, "\(figure)")
    }
  }
}

/// The planted shift of chat's waits is what the report leads with, and its date.
@Suite struct `Consistency of a simulated company` {
  static let report = Result { try ConsistencyReport(of: `The truth that was planted`.view.get()) }

  @Test func `chat's shift is what deviates most, and the week in which it began is found`() throws {
    let report = try Self.report.get()
    let chart = try #require(report.strongestShift)
    let shift = try #require(chart.shift)
    #expect(chart.channel == .chat)
    // Day 200 of 2025 is 20 July, the last day of week 29: so its first whole week is the thirtieth.
    let label = report.label(ofPeriod: chart.periods[shift.first])
    #expect(["2025-W29", "2025-W30", "2025-W31"].contains(label), "\(label)")
    #expect(shift.pointsOnSide == shift.points)
    #expect(report.sentence.hasPrefix("chat deviates: its "), "\(report.sentence)")
    let medians = try #require(report.charts.first { $0.channel == .chat && $0.kind == .medianWait }?.shift)
    #expect((1.5...2.2).contains(medians.after / medians.before))
  }

  @Test func `no other channel is said to have shifted in its waits`() throws {
    let report = try Self.report.get()
    let shifted = report.charts.filter { $0.shift != nil && $0.kind == .medianWait }.map(\.channel)
    #expect(shifted == [.chat])
  }

  @Test func `channels differ in what is resolved as planted`() throws {
    let comparison = try #require(try Self.report.get().comparisons.first { $0.measure == .resolved })
    let effects = try #require(comparison.effects)
    #expect(effects.probability < 1e-6 && effects.inconsistency > 0.8)
    for share in comparison.channels {
      guard let channel = SimulatedChannel(name: share.channel.name), Truth.service(channel, day: 0).machine == nil,
        channel != .field
      else { continue }
      let planted = Truth.service(channel, day: 0).resolution
      let spread = 4 * share.standardised.variance.squareRoot()
      #expect(abs(share.standardised.value - planted) < spread, "\(channel) \(share.standardised.value) \(planted)")
    }
  }

  @Test func `a customer's experiences are no more alike than anybody's, as none was planted`() throws {
    let experience = try #require(try Self.report.get().experience)
    #expect(experience.interval.contains(0) && experience.groups > 100, "\(experience)")
  }

  @Test func `without a shift none is told`() throws {
    var parameters = ServiceParameters()
    parameters.until = `The truth that was planted`.shift
    let report = try ConsistencyReport(of: `The truth that was planted`.view.get(), parameters)
    #expect(report.strongestShift == nil && report.sentence.hasPrefix("No channel has shifted"), "\(report.sentence)")
  }
}
