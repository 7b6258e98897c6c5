import Foundation
import JSON
import Synchronization
import Testing
import Touchlog
import TouchlogAccess
import TouchlogServer
import TouchlogStore

/// The service as a process, killed with `kill -9` while 64 clients append, over and over on one store.
///
/// `TOUCHLOG_SERVE_KILL_ROUNDS` says how often; `TOUCHLOG_SEED` where in time.
@Suite struct KillTests {
  private static let variables = ProcessInfo.processInfo.environment
  private static let rounds = variables["TOUCHLOG_SERVE_KILL_ROUNDS"].flatMap { Int($0) } ?? 3
  private static let seed = variables["TOUCHLOG_SEED"].flatMap { UInt64($0) } ?? 7
  private static let clients = 64

  @Test func `what is acknowledged is there once, whenever the service is killed`() async throws {
    try await blocking {
      let server = try ServerProcess.Folder()
      var generator = SeededGenerator(seed: KillTests.seed)
      let acknowledged = Mutex<Set<String>>([])
      for round in 0..<KillTests.rounds {
        let target = acknowledged.withLock { $0.count } + Int.random(in: 1...600, using: &generator)
        let process = try ServerProcess(in: server, arguments: ["--port", "0"])
        let port = process.port
        let group = DispatchGroup()
        for client in 0..<KillTests.clients {
          group.enter()
          Thread.detachNewThread {
            KillTests.append(client: client, round: round, port: port, token: server.token, to: acknowledged)
            group.leave()
          }
        }
        for _ in 0..<30_000 where acknowledged.withLock({ $0.count }) < target { usleep(2000) }
        process.end(SIGKILL)
        try #require(group.wait(timeout: .now() + 120) == .success, "the clients end with the service")
        let ids = try server.ids()
        #expect(Set(ids).count == ids.count, "seed \(KillTests.seed), round \(round)")
        let known = acknowledged.withLock { $0 }
        #expect(known.count >= target, "seed \(KillTests.seed), round \(round)")
        #expect(known.isSubset(of: ids), "seed \(KillTests.seed), round \(round)")
      }
    }
  }

  /// Appends one event after the other until the service is gone, each sent twice now and then, as after a lost answer.
  private static func append(
    client: Int, round: Int, port: Int, token: String, to acknowledged: borrowing Mutex<Set<String>>,
  ) {
    do {
      let connection = try Connection(port: port)
      for number in 0..<100_000 {
        let id = "r\(round)-c\(client)-\(number)"
        for _ in 0...(number % 7 == 0 ? 1 : 0) {
          try connection.request(
            "POST", "/v1/events", ServiceUnderTest.headers(token, ["Content-Type": Sample.structured]),
            body: Sample.event(id))
          let reply = try connection.reply()
          // Pushed back, and to be sent again.
          if reply.status == 503 { continue }
          guard reply.status == 200 else {
            Issue.record("\(reply.status): \(reply.text)")
            return
          }
          _ = acknowledged.withLock { $0.insert(id) }
        }
      }
    } catch {
      // The service is gone: what had no answer was not acknowledged.
    }
  }

  @Test func `a service that is told to end ends with 0, and says where it was`() async throws {
    try await blocking {
      let server = try ServerProcess.Folder()
      let process = try ServerProcess(in: server, arguments: ["--port", "0"])
      let connection = try Connection(port: process.port)
      try connection.request(
        "POST", "/v1/events", ServiceUnderTest.headers(server.token, ["Content-Type": Sample.structured]),
        body: Sample.event("a"))
      #expect(try connection.reply().status == 200)
      let second = try ServerProcess.run(in: server, arguments: ["--port", "0"])
      #expect(second.status == 2)
      #expect(second.errors.contains("is being written by"))
      #expect(process.end(SIGTERM) == 0)
      let log = try process.log().split(separator: "\n").map { try JSONValue(parsing: String($0)) }
      #expect(log.first?["message"] == "serving")
      #expect(log.last?["message"] == "stopped")
      #expect(try server.ids() == ["a"])
    }
  }

  @Test func `it listens at the loopback address, and elsewhere only when told that it is insecure`() async throws {
    try await blocking {
      let server = try ServerProcess.Folder()
      let refused = try ServerProcess.run(in: server, arguments: ["--host", "0.0.0.0", "--port", "0"])
      #expect(refused.status == 64)
      #expect(refused.errors.contains("--insecure"))
      let process = try ServerProcess(in: server, arguments: ["--host", "0.0.0.0", "--port", "0", "--insecure"])
      #expect(process.end(SIGINT) == 0)
    }
  }
}

/// Random numbers that a seed determines (SplitMix64).
private struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
