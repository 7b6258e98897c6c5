import Dispatch
import Foundation
import JSON
import Synchronization

/// Runs readers of one store, each a process, and checks what each sees of the log: a beginning of the events `e0`,
/// `e1` … that is no shorter than any that was seen before the reader began.
final class ReaderWatch: Sendable {
  enum Kind: CaseIterable {
    case read, stats, verify, timeline
  }

  private struct State {
    var isOver = false
    var readings = 0
    var longest = 0
    var heads: Set<Int> = []
    /// The log's root by its length: one log has one at each length.
    var roots: [Int: String] = [:]
    var faults: [String] = []
  }

  private let sandbox: Sandbox
  private let state = Mutex(State())
  private let group = DispatchGroup()

  init(_ sandbox: Sandbox) {
    self.sandbox = sandbox
  }

  /// How often the store was read.
  var readings: Int { state.withLock { $0.readings } }
  /// The lengths at which the log was seen.
  var heads: Set<Int> { state.withLock { $0.heads } }

  /// What was not as it should be.
  var faults: [String] { state.withLock { $0.faults } }

  /// Starts the readers, each on a thread of its own.
  func start() {
    for kind in Kind.allCases {
      DispatchQueue(label: "tests.reader").async(group: group) { [self] in
        do {
          try read(kind)
        } catch {
          check(false, "\(kind): \(error)")
        }
      }
    }
  }

  /// Has the readers read once more, and waits for them.
  func stop() {
    state.withLock { $0.isOver = true }
    group.wait()
  }

  private func read(_ kind: Kind) throws {
    while true {
      let isLast = state.withLock { $0.isOver }
      try readOnce(kind)
      if isLast { return }
    }
  }

  private func readOnce(_ kind: Kind) throws {
    let before = state.withLock { $0.longest }
    switch kind {
    case .read:
      let outcome = try run("read", "--json")
      let ids = try ReaderWatch.ids(in: outcome.output)
      check(ids == ids.indices.map { "e\($0)" }, "the log is \(ids)")
      note(ids.count, noLessThan: before)
    case .stats:
      let statistics = try JSONValue(parsing: try run("stats", "--json").output)
      note(try ReaderWatch.number(statistics["head"]), noLessThan: before)
    case .verify:
      let verification = try JSONValue(parsing: try run("verify", "--json").output)
      check(verification["damages"] == [], verification.text)
      let head = try ReaderWatch.number(verification["events"])
      note(head, noLessThan: before)
      let root = verification["root"]?.text ?? "none"
      let known = state.withLock { state in
        state.roots[head] = state.roots[head] ?? root
        return state.roots[head]
      }
      check(known == root, "the log of \(head) events has two roots, \(known ?? "none") and \(root)")
    case .timeline:
      // The first event is anonymous, the second names this customer.
      let outcome = try sandbox.touchlog("timeline", "crm:0", "--json")
      check(outcome.status == 0 || (outcome.status == 1 && before < 2), "\(outcome)")
      if outcome.status == 0 { _ = try JSONValue(parsing: outcome.output) }
      state.withLock { $0.readings += 1 }
    }
  }

  private func run(_ command: String, _ option: String) throws -> Sandbox.Outcome {
    let outcome = try sandbox.touchlog(command, option)
    check(
      outcome.status == 0 && !outcome.errors.contains("touchlog: "), "\(command): \(outcome.status) \(outcome.errors)")
    return outcome
  }

  private func note(_ head: Int, noLessThan before: Int) {
    check(head >= before, "a log of \(before) events was seen before, and now one of \(head)")
    state.withLock { state in
      state.readings += 1
      state.longest = max(state.longest, head)
      state.heads.insert(head)
    }
  }

  /// Collected and not expected: on a thread of its own, nobody knows which test it belongs to.
  private func check(_ isInOrder: Bool, _ fault: @autoclosure () -> String) {
    if isInOrder { return }
    let fault = fault()
    state.withLock { $0.faults.append(fault) }
  }

  /// The ids of events that were printed as JSON.
  static func ids(in output: String) throws -> [String] {
    try output.split(separator: "\n").map { line in
      guard case .string(let id)? = try JSONValue(parsing: String(line))["id"] else { throw NoID(line: String(line)) }
      return id
    }
  }

  private static func number(_ value: JSONValue?) throws -> Int {
    guard case .number(let text)? = value, let number = Int(text) else { throw NoNumber(value: value) }
    return number
  }

  private struct NoID: Error {
    let line: String
  }

  private struct NoNumber: Error {
    let value: JSONValue?
  }
}

/// Runs what blocks on a thread of its own: on the pool, it would keep other tests from running.
func onThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue(label: "tests.blocking").async {
      continuation.resume(with: Swift.Result { try work() })
    }
  }
}
