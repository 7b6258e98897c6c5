import Foundation
import JSON
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `touchlog verify` has another process read the store: what becomes of it when that one ends, hangs, or is left alone.
@Suite(.serialized) struct VerifyProcessTests {
  /// A store that takes a while to check.
  private static func largeStore() throws -> Sandbox {
    let sandbox = try Sandbox.withStore()
    let outcome = try sandbox.shell("touchlog simulate --events 60000 --seed 7 | touchlog append - --quiet")
    try #require(outcome.status == 0, "\(outcome.errors)")
    return sandbox
  }

  /// The process that another one has started, once it has.
  private static func child(of process: pid_t) throws -> pid_t {
    for _ in 0..<2000 {
      if let id = try children(of: process).first { return id }
      usleep(2000)
    }
    throw CocoaError(.featureUnsupported)
  }

  private static func children(of process: pid_t) throws -> [pid_t] {
    #if os(Linux)
      return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.filter { id in
        // A process may go between the listing and the reading.
        guard let status = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8) else { return false }
        // Its name, in parentheses, may hold anything; its state and its parent follow.
        let words = status[(status.lastIndex(of: ")") ?? status.startIndex)...].split(separator: " ")
        return words.count > 2 && pid_t(words[2]) == process
      }
    #else
      let listing = Process()
      listing.executableURL = URL(filePath: "/usr/bin/pgrep")
      listing.arguments = ["-P", "\(process)"]
      let pipe = Pipe()
      listing.standardOutput = pipe
      try listing.run()
      let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      listing.waitUntilExit()
      return text.split(separator: "\n").compactMap { pid_t($0) }
    #endif
  }

  @Test func `damage is told by the other process, with exit code, line and JSON`() throws {
    let sandbox = try Sandbox.withStore()
    #expect(try sandbox.touchlog("append", "-", input: Sample.lines(500)).status == 0)
    let file = sandbox.folder.appending(path: "store/log/data.mdb")
    let sound = try Data(contentsOf: file)
    var data = sound
    let place = try #require(data.firstRange(of: Data("e13i13".utf8)))
    data[place.upperBound + 20] ^= 1
    try data.write(to: file)
    let outcome = try sandbox.touchlog("verify", "--quiet", "--json")
    #expect(outcome.status == 1)
    let report = try JSONValue(parsing: outcome.output)
    guard case .array(let damages)? = report["damages"] else {
      Issue.record("\(outcome.output)")
      return
    }
    #expect(report["events"] == .number("500"))
    #expect(damages.contains { $0["position"] == .number("12") && $0["table"] == .string("payloads") })
    #expect(outcome.errors.contains("at position 12. "))
    // A page of a table's root with another page's bytes: LMDB would end here, or never.
    data = sound
    for page in 2..<data.count / 4096 { data.replaceSubrange(page * 4096 + 16..<page * 4096 + 40, with: data[0..<24]) }
    try data.write(to: file)
    let wreck = try sandbox.touchlog("verify", "--quiet")
    #expect(wreck.status == 1)
    #expect(!wreck.output.isEmpty)
    #expect(wreck.errors.split(separator: "\n").count == 1)
  }

  @Test func `a check that ends by a signal goes on without the page at hand`() throws {
    let sandbox = try VerifyProcessTests.largeStore()
    // Too early, and it has no page at hand; too late, and it is done. When that is depends on the machine.
    var wasStopped = false
    for delay in [20_000, 60_000, 150_000, 300_000, 10_000, 100_000] as [UInt32] where !wasStopped {
      let parent = try sandbox.start("verify", "--quiet")
      let child = try VerifyProcessTests.child(of: parent.id)
      usleep(delay)
      kill(child, SIGSEGV)
      let status = parent.wait()
      let output = try sandbox.read("last.out")
      wasStopped = output.contains(": the check stopped at page ")
      guard wasStopped else { continue }
      #expect(status == 1, "\(output)")
      #expect(try sandbox.read("last.err").hasPrefix("touchlog: "))
    }
    #expect(wasStopped, "no check was met at work")
    #expect(try sandbox.touchlog("verify").status == 0)
  }

  @Test func `a check that is killed is no damage, and told`() throws {
    let sandbox = try VerifyProcessTests.largeStore()
    let parent = try sandbox.start("verify", "--quiet")
    let child = try VerifyProcessTests.child(of: parent.id)
    kill(child, SIGKILL)
    #expect(parent.wait() == 2)
    #expect(try sandbox.read("last.err").hasPrefix("touchlog: the check came to no end"))
    #expect(try sandbox.read("last.out").isEmpty)
  }

  @Test func `a check that hangs is ended, and said to be`() throws {
    let sandbox = try VerifyProcessTests.largeStore()
    let parent = try sandbox.start("verify", "--quiet", "--patience", "1")
    let child = try VerifyProcessTests.child(of: parent.id)
    kill(child, SIGSTOP)
    // Stopped, it cannot even say its last words.
    #expect(parent.wait() == 2)
    let errors = try sandbox.read("last.err")
    #expect(errors.contains("it made no progress for 1.0 s"), "\(errors)")
    #expect(kill(child, 0) != 0, "it is gone")
  }

  @Test(arguments: [SIGINT, SIGTERM]) func `whoever is interrupted takes the other process along`(signal: Int32) throws
  {
    let sandbox = try VerifyProcessTests.largeStore()
    let parent = try sandbox.start("verify", "--quiet")
    let child = try VerifyProcessTests.child(of: parent.id)
    parent.signal(signal)
    #expect(parent.wait() == 128 + signal)
    #expect(kill(child, 0) != 0, "it is gone")
    #expect(try sandbox.read("last.err").hasPrefix("touchlog: interrupted"))
  }
}
