import RealData
import ServiceConsistency
import Statistics
import Testing
import Touchlog
import TouchlogTesting

@Suite(.enabled(if: SharedData.isThere, "the shared data is not beside the checkout"))
struct `Service requests of Boston` {
  static let events = Result {
    try SharedData.events("boston311", (2015...2018).map { "boston311/boston311_\($0).csv.gz" })
  }

  @Test func `on-time per source is the city's own flag`() throws {
    let events = try Self.events.get()
    var flags: [String: Share] = [:]
    for event in events {
      guard let flag = event.extensions["cityflag"] else { continue }
      flags[event.channel?.name ?? "", default: Share(0, of: 0)].merge(Share(flag == "ONTIME" ? 1 : 0, of: 1))
    }
    let view = try SampleLog(events).view(of: ServiceConsistency.self)
    var parameters = ServiceParameters()
    parameters.overduePromises = .leftOut
    let report = try ServiceReport(of: view, parameters)
    #expect(report.interactions == 29_347 && report.identified == 0)
    #expect(flags.count == 6)
    for (channel, flag) in flags {
      #expect(report.row(.named(channel))?.share(.promiseKept)?.share == flag, "\(channel)")
    }
    #expect(report.row()?.share(.promiseKept)?.share == Share(14_454, of: 15_162))
    // Cases that are open past their target are not on time either, and are left out only when asked for.
    let all = try #require(try ServiceReport(of: view).row()?.share(.promiseKept)?.share)
    #expect(all.successes == 14_454 && all.cases > 15_162 && all.cases <= 15_162 + 1990)
  }
}

@Suite(.enabled(if: SharedData.isThere, "the shared data is not beside the checkout"))
struct `Incidents of a company` {
  static let events = Result { try SharedData.events("incidents", ["incidents/incident_event_log.csv.gz"]) }

  @Test func `agreements, reassignments and reopenings are those of the file, by group too`() throws {
    let events = try Self.events.get()
    var parameters = ServiceParameters()
    parameters.by = .team
    let report = try ServiceReport(of: SampleLog(events).view(of: ServiceConsistency.self), parameters)
    let all = try #require(report.row())
    #expect(all.interactions == 24_918)
    #expect(all.share(.promiseKept)?.share == Share(24_918 - 9115, of: 24_918))
    #expect(all.share(.transferred)?.share == Share(11_369, of: 24_918))
    #expect(all.share(.reopened)?.share == Share(275, of: 24_918))

    // By hand: an incident is the group's that was named last until it ended first, and its agreement is the group's of
    // its last state.
    var groupOf: [String: String] = [:]
    var (ended, transferred, reopened): (Set<String>, Set<String>, Set<String>) = ([], [], [])
    var broken: [String: Int] = [:]
    for event in events {
      let name = event.interaction ?? ""
      switch event.type {
      case "contact.transferred": transferred.insert(name)
      case "contact.reopened": reopened.insert(name)
      case "promise.broken": broken[event.team ?? "", default: 0] += 1
      default: break
      }
      guard event.type.hasPrefix("contact."), !ended.contains(name) else { continue }
      groupOf[name] = event.team ?? groupOf[name]
      if event.type == "contact.ended" { ended.insert(name) }
    }
    let groups = Dictionary(grouping: ended) { groupOf[$0] ?? "" }
    for (group, part) in groups {
      let row = try #require(report.row(group.isEmpty ? .notStated : .named(group)), "\(group)")
      #expect(row.interactions == part.count, "\(group)")
      #expect(row.share(.transferred)?.share.successes == part.count { transferred.contains($0) }, "\(group)")
      #expect(row.share(.reopened)?.share.successes == part.count { reopened.contains($0) }, "\(group)")
    }
    for (group, count) in broken {
      let share = try #require(report.row(group.isEmpty ? .notStated : .named(group))?.share(.promiseKept)?.share)
      #expect(share.cases - share.successes == count, "\(group)")
    }
  }
}
