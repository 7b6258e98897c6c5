import JSON
import Testing
import Touchlog
import TouchlogServer
import TouchlogStore

@Suite struct AppendTests {
  @Test func `an event is appended once, however often and in whichever mode it is sent`() async throws {
    try await ServiceUnderTest.run { service in
      let event = Sample.event("e1")
      let first = try await service.post(Sample.structured, event)
      #expect(first.status == 200)
      #expect(try first.json["positions"] == [0])
      #expect(try first.json["appended"] == 1)
      #expect(try first.json["streamVersion"] == 1)
      #expect(try first.json["durability"] == "synced")
      #expect(first.headers["etag"] == "\"1\"")
      let headers = [
        "ce-specversion": "1.0", "ce-id": "e1", "ce-source": "/pbx", "ce-type": "contact.started",
        "ce-time": "2025-03-01T09:15:00Z", "ce-subject": "crm%3a42", "ce-channel": "phone",
        "ce-interaction": "\"pbx-e1\"",
      ]
      for again in [
        try await service.post(Sample.structured + "; charset=utf-8", event),
        try await service.post(Sample.batch, "[\(event)]"), try await service.post(Sample.lines, event),
        try await service.post("application/json", #"{"direction":"inbound"}"#, headers),
      ] {
        #expect(again.status == 200, "\(again.text)")
        #expect(try again.lines.last?["duplicates"] == 1)
        #expect(try again.lines.last?["head"] == 1)
      }
    } afterwards: { service in
      let found = try service.events().map(\.event.id)
      #expect(found == ["e1"])
    }
  }

  @Test func `a batch is one commit, and its receipt tells each position`() async throws {
    try await ServiceUnderTest.run { service in
      let events = ["a", "b", "a"].map { Sample.event($0) }.joined(separator: ",")
      let reply = try await service.post(Sample.batch, "[\(events)]", as: "pbx")
      #expect(try reply.json["positions"] == [0, 1, 0])
      #expect(try reply.json["appended"] == 2)
      let bad = try await service.post(Sample.batch, "[\(Sample.event("c")),\(Sample.event("d", direction: "up"))]")
      #expect(bad.status == 400)
      #expect(bad.headers["content-type"] == "application/problem+json")
      #expect(try bad.json["index"] == 1)
      #expect(try bad.json["field"] == "data.direction")
      #expect(try bad.json["type"] == "urn:touchlog:problem:invalid")
      #expect(try bad.json["cure"]?.text?.isEmpty == false)
      #expect(try await service.post(Sample.batch, "[]").status == 400)
    } afterwards: { service in
      let found = try service.events().count
      #expect(found == 2)
    }
  }

  @Test func `a body in binary mode brings no attributes of its own`() async throws {
    try await ServiceUnderTest.run { service in
      let headers = [
        "ce-specversion": "1.0", "ce-id": "e1", "ce-source": "/pbx", "ce-type": "note.taken",
        "ce-time": "2025-03-01T09:15:00Z", "ce-team": "H%C3%A9l%C3%A8ne",
      ]
      let smuggled = try await service.post("application/json", #"1,"source":"/kiosk""#, as: "pbx", headers)
      #expect(smuggled.status == 400)
      #expect(try smuggled.json["field"] == "data")
      for name in ["ce-data", "ce-datacontenttype"] {
        let refused = try await service.post("application/json", "1", headers.merging([name: "1"]) { $1 })
        #expect(try refused.json["field"]?.text == name)
      }
      #expect(try await service.post("text/plain", "hello", headers).status == 400)
      #expect(try await service.post("application/json", "1", as: "pbx", headers).status == 200)
    } afterwards: { service in
      let found = try service.events().map(\.event.team)
      #expect(found == ["Hélène"])
    }
  }

  @Test func `an expected version is checked, and the one that was found is told`() async throws {
    try await ServiceUnderTest.run { service in
      func post(_ id: String, _ headers: [String: String]) async throws -> Reply {
        try await service.post(Sample.structured, Sample.event(id), headers)
      }
      #expect(try await post("a", ["If-None-Match": "*"]).status == 200)
      #expect(try await post("a", ["If-None-Match": "*"]).status == 200, "a retry is harmless")
      let late = try await post("b", ["If-None-Match": "*"])
      #expect(late.status == 412)
      #expect(try late.json["streamVersion"] == 1)
      #expect(try await post("b", ["If-Match": #""1""#]).status == 200)
      #expect(try await post("c", ["If-Match": #""1""#]).status == 412)
      for headers in [["If-Match": "1"], ["If-Match": "*"], ["If-Match": #"W/"1""#], ["If-None-Match": #""1""#]] {
        #expect(try await post("d", headers).status == 400, "\(headers)")
      }
      let lines = try await service.post(Sample.lines, Sample.event("d"), ["If-Match": #""2""#])
      #expect(lines.status == 400)
    } afterwards: { service in
      let found = try service.events().map(\.event.id)
      #expect(found == ["a", "b"])
    }
  }

  @Test func `what is refused is told with its status, its place and a way out`() async throws {
    try await ServiceUnderTest.run { service in
      _ = try await service.post(Sample.structured, Sample.event("a"))
      let conflict = try await service.post(Sample.structured, Sample.event("a", direction: "outbound"))
      #expect(conflict.status == 409)
      #expect(try conflict.json["stored"] == 0)
      #expect(try conflict.json["index"] == 0)
      #expect(try await service.post("text/plain", "hello").status == 415)
      #expect(try await service.post(Sample.structured + "; charset=latin1", Sample.event("b")).status == 415)
      #expect(try await service.post(Sample.structured, "{").status == 400)
      let large = String(repeating: " ", count: 2 << 20) + Sample.event("b")
      let refused = try await service.post(Sample.structured, large)
      #expect(refused.status == 413)
      #expect(try refused.json["type"] == "urn:touchlog:problem:too-large")
      let deep = String(repeating: "[", count: 100_000)
      #expect(try await service.post(Sample.structured, deep).status == 400)
      #expect(try await service.ask("PUT", "/v1/events").status == 404)
    }
  }

  @Test func `beyond what is taken at once, others are told to come again`() async throws {
    try await ServiceUnderTest.run { options in
      options.appendRequests = 1
    } _: { service in
      let port = service.port
      let busy = try await blocking {
        let held = try Connection(port: port)
        try held.request("POST", "/v1/events", [
          "Authorization": "Bearer admin", "Content-Type": Sample.lines, "Transfer-Encoding": "chunked",
        ])
        try held.chunk(Sample.event("a") + "\n")
        // The first receipt tells that the request is within.
        #expect(try held.head().status == 200)
        let other = try Connection(port: port)
        try other.request(
          "POST", "/v1/events", ["Authorization": "Bearer admin", "Content-Type": Sample.structured],
          body: Sample.event("b"))
        let busy = try other.reply()
        try held.chunk("")
        while try held.piece() != nil {}
        return busy
      }
      #expect(busy.status == 503)
      #expect(busy.headers["retry-after"] == "1")
      #expect(try busy.json["type"] == "urn:touchlog:problem:busy")
    }
  }
}
