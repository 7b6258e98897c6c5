import Foundation
import Testing
import Touchlog
import TouchlogStore
import TouchlogTesting

/// The conformance suite on a store that other processes read all the while.
@Suite(.serialized) struct `A store that other processes read` {
  @Test(arguments: EventStoreConformance.allCases)
  func `conforms, and its readers find nothing amiss`(_ conformance: EventStoreConformance.Case) async throws {
    let sandbox = try Sandbox()
    let keyPath: (StoreID) -> String = { sandbox.path(".config/touchlog/keys/\($0).key") }
    _ = try Store.create(at: sandbox.path("store"), keyPath: keyPath)
    let readers = try OtherReaders.begin(in: sandbox)
    try await conformance.run { clock, check in
      var options = Store.Options()
      options.clock = clock
      let store = try sandbox.open(.appending, options: options)
      try await check(store)
      try store.close()
    }
    try readers.end()
  }
}

/// A process that follows a store, and one that has it read, counted and verified, over and over.
private struct OtherReaders: ~Copyable {
  private let sandbox: Sandbox
  private let follower: ChildProcess
  private let readings: ChildProcess
  private let feed: Feed

  /// Starts them, and waits for the first reading to be done.
  static func begin(in sandbox: Sandbox) throws -> OtherReaders {
    let feed = try Feed("feed", in: sandbox)
    let follower = try sandbox.startShell("exec \"$TOUCHLOG\" read --follow >feed", as: "follower")
    // They end with the tests, also where these are killed.
    let readings = try sandbox.startShell(
      """
      while kill -0 \(getpid()) 2>/dev/null; do
        for command in 'read --tail 100' stats verify; do
          if [ -e over ]; then exit; fi
          "$TOUCHLOG" $command >reading.out 2>reading.err || { echo "$command: $?"; cat reading.err reading.out; }
          echo >&2
          sleep 0.02
        done
      done
      """, as: "readings")
    try #require(comesAbout { try !sandbox.read("readings.err").isEmpty }, "no reading was done in a minute")
    return OtherReaders(sandbox: sandbox, follower: follower, readings: readings, feed: feed)
  }

  /// Ends them, and checks that each reading was in order, and that the follower has printed the log as it is.
  consuming func end() throws {
    try sandbox.write("", to: "over")
    #expect(readings.waitAMinute() == 0)
    #expect(try sandbox.read("readings.out").isEmpty)
    let head = Int(try sandbox.open().head().value)
    #expect(try feed.positions(head) == Array(0..<head))
    follower.signal(SIGTERM)
    #expect(follower.waitAMinute() == 143)
    #expect(try feed.line() == nil)
  }
}
