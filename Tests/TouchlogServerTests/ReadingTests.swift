import Foundation
import JSON
import Testing
import Touchlog
import TouchlogProof
import TouchlogServer

@Suite struct ReadingTests {
  @Test func `pages follow one another, in both directions, until all was seen once`() async throws {
    try await ServiceUnderTest.run { service in
      _ = try await service.post(Sample.lines, Sample.lines(0..<25))
      for (order, expected) in [("forward", Array(0..<25)), ("backward", Array((0..<25).reversed()))] {
        var path: String? = "/v1/events?order=\(order)&limit=10&type=contact.started"
        var seen: [Int] = []
        var pages = 0
        while let next = path, pages < 10 {
          let page = try await service.ask("GET", next).json
          seen += page["events"]?.elements.compactMap { $0["position"]?.integer } ?? []
          path = page["next"]?.text
          pages += 1
        }
        #expect(seen == expected)
        #expect(pages == 3)
      }
      let lines = try await service.ask("GET", "/v1/events?from=5&until=20", ["Accept": Sample.lines])
      #expect(try lines.lines.compactMap { $0["position"]?.integer } == Array(5..<20))
      let backward = try await service.ask("GET", "/v1/events?order=backward&limit=3", ["Accept": Sample.lines])
      #expect(try backward.lines.compactMap { $0["position"]?.integer } == [24, 23, 22])
      let customer = try await service.ask("GET", "/v1/events?customer=crm:7&since=2025-03-01")
      #expect(try customer.json["events"]?.elements.map { $0["id"] } == ["e7"])
      for query in [
        "kustomer=crm:7", "limit=0", "limit=1001", "from=x", "order=up", "channel=fax", "since=soon", "type=",
      ] {
        #expect(try await service.ask("GET", "/v1/events?\(query)").status == 400, "\(query)")
      }
    }
  }

  @Test func `an analyst sees numbers, and neither references nor data`() async throws {
    try await ServiceUnderTest.run { service in
      _ = try await service.post(Sample.structured, Sample.event("a"))
      for accept in ["application/json", Sample.lines] {
        let seen = try await service.ask("GET", "/v1/events", as: "analyst", ["Accept": accept]).text
        #expect(seen.contains(#""customernumber":"#))
        #expect(!seen.contains("crm:42"))
        #expect(!seen.contains("direction"))
        let whole = try await service.ask("GET", "/v1/events", as: "auditor", ["Accept": accept]).text
        #expect(whole.contains("crm:42"))
        #expect(whole.contains("direction"))
      }
      #expect(try await service.ask("GET", "/v1/events?customer=crm:42", as: "analyst").status == 403)
    }
  }

  @Test func `whoever asks for a customer's events is recorded, by number, before the answer`() async throws {
    try await ServiceUnderTest.run { service in
      _ = try await service.post(Sample.structured, Sample.event("a"))
      let folder = service.folder + "/store/access"
      _ = try await service.ask("GET", "/v1/events", as: "auditor")
      _ = try await service.ask("GET", "/v1/events?customer=crm:nobody", as: "auditor")
      #expect(!FileManager.default.fileExists(atPath: folder), "nobody was looked at")
      #expect(try await service.ask("GET", "/v1/events?customer=crm:42", as: "auditor").status == 200)
      let file = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
      let record = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
      let looks = record.split(separator: "\n").filter { $0.contains("GET /v1/events?customer={reference}") }
      #expect(looks.count == 1 && looks[0].contains("auditor") && !record.contains("crm:42"))
    }
  }

  @Test func `each route admits its roles and nobody else`() async throws {
    try await ServiceUnderTest.run { service in
      let routes: [(String, String, Set<String>)] = [
        ("POST", "/v1/events", ["pbx", "admin"]), ("GET", "/v1/events", ["analyst", "auditor", "admin"]),
        ("GET", "/v1/events/live?limit=1", ["analyst", "auditor", "admin"]),
        ("GET", "/checkpoint", ["analyst", "auditor", "admin"]), ("GET", "/tile/0/000", ["auditor", "admin"]),
        ("GET", "/metrics", ["pbx", "analyst", "auditor", "admin"]),
      ]
      for (method, path, admitted) in routes {
        for token in ["pbx", "analyst", "auditor", "admin"] {
          let status = try await service.ask(method, path, as: token, body: method == "POST" ? "" : nil).status
          #expect((status == 403) != admitted.contains(token), "\(method) \(path) as \(token): \(status)")
        }
        for token in [nil, "somebody"] {
          let refused = try await service.ask(method, path, as: token)
          #expect(refused.status == 401)
          #expect(refused.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
        }
      }
      for path in ["/healthz", "/readyz"] { #expect(try await service.ask("GET", path, as: nil).status == 200) }
    }
  }

  @Test func `an adapter appends under its own prefix only`() async throws {
    try await ServiceUnderTest.run { service in
      let batch = "[\(Sample.event("a", source: "/pbx/stockholm")),\(Sample.event("b", source: "/kiosk"))]"
      let refused = try await service.post(Sample.batch, batch, as: "pbx")
      #expect(refused.status == 403)
      #expect(try refused.json["index"] == 1)
      #expect(try refused.json["field"] == "source")
      #expect(try await service.post(Sample.batch, batch, as: "admin").status == 200)
    }
    let caller = Caller(name: "pbx", role: .adapter, sourcePrefix: "/pbx")
    #expect(caller.mayAppend(source: "/pbx"))
    #expect(caller.mayAppend(source: "/pbx/a"))
    #expect(!caller.mayAppend(source: "/pbx2"))
    #expect(!caller.mayAppend(source: "/pb"))
    #expect(Caller(name: "all", role: .adapter, sourcePrefix: "/").mayAppend(source: "/pbx"))
  }

  @Test func `a checkpoint is signed, and the tree's tiles are those of its size`() async throws {
    try await ServiceUnderTest.run { service in
      _ = try await service.post(Sample.lines, Sample.lines(0..<300))
      let note = try SignedNote(Array(try await service.ask("GET", "/checkpoint").body))
      let checkpoint = try Checkpoint(of: note, by: service.signingKey.verifier)
      #expect(checkpoint.size == 300)
      let tile = try await service.ask("GET", "/tile/0/000")
      #expect(tile.body.count == 256 * 32)
      #expect(tile.headers["cache-control"]?.contains("immutable") == true)
      #expect(try await service.ask("GET", "/tile/0/001.p/44").body.count == 44 * 32)
      for name in ["/tile/0/001", "/tile/0/1", "/tile/../store.key", "/tile/0/%2e%2e", "/tile/x"] {
        #expect(try await service.ask("GET", name).status == 404, "\(name)")
      }
    }
  }

  @Test func `the figures count what was appended`() async throws {
    try await ServiceUnderTest.run { service in
      for _ in 1...2 { _ = try await service.post(Sample.structured, Sample.event("a")) }
      _ = try await service.post(Sample.structured, Sample.event("a", direction: "outbound"))
      let reply = try await service.ask("GET", "/metrics")
      let lines = Set(reply.text.split(separator: "\n").map(String.init))
      for line in [
        "# TYPE touchlog_appended_events_total counter", "touchlog_appended_events_total 1",
        "touchlog_duplicate_events_total 1", #"touchlog_appends_total{outcome="refused"} 1"#,
        "touchlog_append_duration_seconds_count 2", #"touchlog_append_events_bucket{le="1"} 2"#, "touchlog_head 1",
      ] {
        #expect(lines.contains(line), "\(line)")
      }
    }
  }
}
