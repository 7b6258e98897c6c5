import Simulation
import Testing

@Suite struct ArrivalTests {
  @Test func `without late events the stream is in the order of time`() throws {
    let times = try texts(.init(events: 20_000, lateShare: 0)).map(line).map(\.time)
    #expect(times == times.sorted())
  }

  @Test(arguments: [0.01, 0.1])
  func `late events come after their time, in the share asked for`(share: Double) throws {
    let times = try texts(.init(events: 60_000, lateShare: share)).map(line).map(\.time)
    var latest = Int64.min
    var late = 0
    var longest: Int64 = 0
    for time in times {
      if time < latest {
        late += 1
        longest = max(longest, latest - time)
      }
      latest = max(latest, time)
    }
    // A delay that no other event falls into (at night) does not show.
    #expect((0.8 * share...1.1 * share).contains(Double(late) / Double(times.count)))
    #expect(longest > 86_400_000_000 && longest <= 3 * 86_400_000_000)
  }

  @Test func `duplicates are byte for byte their originals, and come after them`() throws {
    let lines = try texts(.init(events: 20_000, duplicateShare: 0.05))
    var seen: [String: String] = [:]
    var duplicates = 0
    for text in lines {
      let line = try line(text)
      let identity = "\(line.source) \(line.id)"
      if let first = seen[identity] {
        duplicates += 1
        #expect(first == text)
      }
      seen[identity] = text
    }
    #expect((0.042...0.054).contains(Double(duplicates) / Double(lines.count)))
  }

  @Test func `late and duplicated events are those of the same company`() throws {
    let plain = try Set(texts(.init(events: 300, lateShare: 0)))
    let late = try Set(texts(.init(events: 300, lateShare: 0.5)))
    // Ids, contacts and customers are the same; only the stream's end differs, where arrivals fall out of the year.
    #expect(plain.intersection(late).count > 250)
  }

  @Test func `with an anonymous share of nothing or all, every contact is named, or none`() throws {
    for (share, named) in [(0.0, true), (1.0, false)] {
      let lines = try texts(.init(events: 5000, lateShare: 0, anonymousShare: share)).map(line)
      var isNamed: [String: Bool] = [:]
      for line in lines where line.type.hasPrefix("contact.") {
        isNamed[line.interaction ?? "", default: false] = isNamed[line.interaction ?? ""] == true || line.subject != nil
      }
      // What has only just begun when the stream ends may still be named.
      #expect(isNamed.count > 200 && isNamed.values.count { $0 != named } <= 2)
    }
  }
}
