import JSON
import Testing
import Touchlog
import TouchlogServer

@Suite struct LiveTests {
  /// Reads a feed up to so many events: their ids, and their data as JSON.
  private static func events(
    _ count: Int, of service: ServiceUnderTest, _ path: String = "", _ headers: [String: String] = [:],
    as token: String = "auditor",
  ) async throws -> [(id: Int?, event: JSONValue)] {
    let port = service.port
    return try await blocking {
      let connection = try Connection(port: port)
      try connection.request("GET", "/v1/events/live" + path, ServiceUnderTest.headers(token, headers))
      let (status, fields) = try connection.head()
      try #require(status == 200)
      #expect(fields["content-type"] == "text/event-stream")
      return try LiveTests.events(count, on: connection)
    }
  }

  private static func events(_ count: Int, on connection: Connection) throws -> [(id: Int?, event: JSONValue)] {
    var text = ""
    var events: [(id: Int?, event: JSONValue)] = []
    while events.count < count, let piece = try connection.piece() {
      text += String(decoding: piece, as: UTF8.self)
      events = []
      for block in text.split(separator: "\n\n") {
        let lines = block.split(separator: "\n")
        guard let data = lines.first(where: { $0.hasPrefix("data: ") })?.dropFirst(6) else { continue }
        let id = lines.first { $0.hasPrefix("id: ") }.flatMap { Int($0.dropFirst(4)) }
        events.append((id, try JSONValue(parsing: String(data))))
      }
    }
    return events
  }

  @Test func `a feed catches up, goes on with what is appended, and goes on where it was left`() async throws {
    try await ServiceUnderTest.run { service in
      _ = try await service.post(Sample.lines, Sample.lines(0..<700))
      let port = service.port
      let (before, after) = try await blocking {
        let connection = try Connection(port: port)
        try connection.request("GET", "/v1/events/live?from=100", ServiceUnderTest.headers("auditor"))
        _ = try connection.head()
        let before = try LiveTests.events(600, on: connection)
        let other = try Connection(port: port)
        try other.request(
          "POST", "/v1/events", ServiceUnderTest.headers("admin", ["Content-Type": Sample.structured]),
          body: Sample.event("live"))
        _ = try other.reply()
        return (before, try LiveTests.events(1, on: connection))
      }
      #expect(before.map(\.id) == (100..<700).map { $0 })
      #expect(before.first?.event["id"] == "e100")
      #expect(before.first?.event["subject"] == "crm:3")
      #expect(after.map(\.id) == [700])
      #expect(after.first?.event["id"] == "live")
      let resumed = try await LiveTests.events(3, of: service, "?from=0", ["Last-Event-ID": "697"])
      #expect(resumed.map(\.id) == [698, 699, 700])
      let filtered = try await LiveTests.events(8, of: service, "?from=0&customer=crm:3")
      #expect(filtered.map(\.id) == (0..<8).map { 3 + 97 * $0 })
      let hidden = try await LiveTests.events(1, of: service, "?from=0", as: "analyst")
      #expect(hidden.first?.event["subject"] == nil)
      #expect(hidden.first?.event["data"] == nil)
      #expect(try await service.ask("GET", "/v1/events/live?until=9").status == 400)
      #expect(try await service.ask("GET", "/v1/events/live", ["Last-Event-ID": "x"]).status == 400)
    }
  }

  @Test func `a feed where nothing happens is kept alive, and ends when the service stops`() async throws {
    try await ServiceUnderTest.run { options in
      options.heartbeat = .milliseconds(20)
    } _: { service in
      _ = try await service.post(Sample.lines, Sample.lines(0..<5))
      let port = service.port
      let (beats, ended) = AsyncStream<String>.makeStream()
      let feed = Task {
        try await blocking {
          let connection = try Connection(port: port)
          try connection.request("GET", "/v1/events/live?type=none", ServiceUnderTest.headers("auditor"))
          _ = try connection.head()
          // To its end: a connection that is cut off would throw.
          while let piece = try connection.piece() { ended.yield(String(decoding: piece, as: UTF8.self)) }
          ended.finish()
        }
      }
      var seen: [String] = []
      for await beat in beats {
        seen.append(beat)
        if seen.count == 3 { await service.stop() }
      }
      try await feed.value
      #expect(seen.count >= 3)
      #expect(seen.dropFirst().first == ": seen 5\nid: 4\n\n")
    }
  }
}
