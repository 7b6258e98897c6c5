import JSON
import Testing
import Touchlog
import TouchlogServer
import TouchlogStore

@Suite struct LineStreamTests {
  private static let headers = ServiceUnderTest.headers(
    "pbx", ["Content-Type": Sample.lines, "Transfer-Encoding": "chunked"])

  @Test func `a stream of lines is answered with receipts that add up`() async throws {
    try await ServiceUnderTest.run { service in
      let port = service.port
      let text = Sample.lines(0..<12_000)
      let reply = try await blocking {
        let connection = try Connection(port: port)
        try connection.request("POST", "/v1/events", LineStreamTests.headers)
        // Cut where it comes, also within a line.
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: 70_001) {
          try connection.chunk(String(decoding: bytes[start..<min(start + 70_001, bytes.count)], as: UTF8.self))
        }
        try connection.chunk("")
        return try connection.reply()
      }
      let lines = try reply.lines
      #expect(reply.status == 200)
      #expect(lines.last?["lines"] == 12_000)
      #expect(lines.last?["events"] == 12_000)
      #expect(lines.last?["appended"] == 12_000)
      #expect(lines.last?["end"] == true)
      let progress = lines.compactMap { $0["events"]?.integer }
      #expect(progress == progress.sorted())
      let again = try await service.post(Sample.lines, text, as: "pbx")
      #expect(try again.lines.last?["duplicates"] == 12_000)
    } afterwards: { service in
      let found = try service.events().map(\.event.id)
      #expect(found == (0..<12_000).map { "e\($0)" })
    }
  }

  @Test func `a line is acknowledged while the stream goes on`() async throws {
    try await ServiceUnderTest.run { service in
      let port = service.port
      try await blocking {
        let connection = try Connection(port: port)
        try connection.request("POST", "/v1/events", LineStreamTests.headers)
        for number in 1...3 {
          try connection.chunk(Sample.event("e\(number)") + "\n\n")
          if number == 1 { #expect(try connection.head().status == 200) }
          let piece = try #require(try connection.piece())
          #expect(try JSONValue(parsing: String(decoding: piece, as: UTF8.self))["events"]?.integer == number)
        }
        try connection.chunk("")
        let last = try #require(try connection.piece())
        #expect(try JSONValue(parsing: String(decoding: last, as: UTF8.self))["end"] == true)
      }
    }
  }

  @Test func `a bad line ends the stream, and what came before is in the log`() async throws {
    try await ServiceUnderTest.run { service in
      let port = service.port
      let last = try await blocking {
        let connection = try Connection(port: port)
        try connection.request("POST", "/v1/events", LineStreamTests.headers)
        try connection.chunk(Sample.event("a") + "\n")
        _ = try connection.head()
        _ = try connection.piece()
        try connection.chunk(Sample.event("b") + "\n" + Sample.event("c", direction: "up") + "\n")
        var last: [UInt8] = []
        while let piece = try connection.piece() { last = piece }
        return try JSONValue(parsing: String(decoding: last, as: UTF8.self))
      }
      #expect(last["problem"]?["line"] == 3)
      #expect(last["problem"]?["index"] == 2)
      #expect(last["problem"]?["events"] == 1)
      let whole = try await service.post(Sample.lines, Sample.event("d") + "\n{\n", as: "pbx")
      #expect(whole.status == 400)
      #expect(try whole.json["line"] == 2)
      let foreign = try await service.post(
        Sample.lines, Sample.lines(0..<3) + Sample.lines(3..<5, source: "/pbx2"), as: "pbx")
      #expect(foreign.status == 403)
      #expect(try foreign.json["line"] == 4)
      #expect(try foreign.json["index"] == 3)
    } afterwards: { service in
      // A commit is whole or not at all.
      let found = try service.events().map(\.event.id)
      #expect(found == ["a"])
    }
  }

  @Test func `a line that never ends is refused`() async throws {
    try await ServiceUnderTest.run { service in
      let reply = try await service.post(Sample.lines, String(repeating: "x", count: 5 << 20))
      #expect(reply.status == 413)
      #expect(try reply.json["line"] == 1)
    }
  }
}
