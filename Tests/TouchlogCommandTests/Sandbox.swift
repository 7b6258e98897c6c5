import Foundation
import Testing
import TouchlogStore

/// A temporary folder in which the built command runs, with keys and environment of its own.
final class Sandbox: Sendable {
  /// What a run left behind.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    /// The lines of the output.
    var lines: [Substring] { output.split(separator: "\n") }
  }

  let folder: URL

  /// - Parameter parent: where the folder is made.
  init(in parent: URL = FileManager.default.temporaryDirectory) throws {
    folder = parent.appending(path: "touchlog-command-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    do {
      try FileManager.default.removeItem(at: folder)
    } catch {
      Issue.record("the sandbox could not be removed: \(error)")
    }
  }

  /// A sandbox with a store `store`.
  static func withStore() throws -> Sandbox {
    let sandbox = try Sandbox()
    let outcome = try sandbox.touchlog("init", "store")
    try #require(outcome.status == 0, "\(outcome.errors)")
    return sandbox
  }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  /// Writes a file.
  func write(_ text: String, to name: String) throws {
    try write(Data(text.utf8), to: name)
  }

  /// Writes a file.
  func write(_ data: Data, to name: String) throws {
    try data.write(to: folder.appending(path: name))
  }

  func read(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
  }

  /// Runs the command to its end; TOUCHLOG_STORE names the store `store`.
  func touchlog(_ arguments: String..., input: String = "", variables: [String: String] = [:]) throws -> Outcome {
    try run(Sandbox.binary, arguments, input: Data(input.utf8), variables: variables)
  }

  /// Runs a line of the shell, in which `touchlog` is the command.
  func shell(_ line: String, variables: [String: String] = [:]) throws -> Outcome {
    try run("/bin/sh", ["-c", "touchlog() { \"$TOUCHLOG\" \"$@\"; }; \(line)"], input: Data(), variables: variables)
  }

  /// Starts the command; its output goes to `last.out`, and its errors to `last.err`, or by another name.
  func start(_ arguments: String..., input: String = "/dev/null", as name: String = "last") throws -> ChildProcess {
    try ChildProcess(
      Sandbox.binary, arguments, in: folder.path, environment: environment([:]), input: input,
      output: path("\(name).out"), errors: path("\(name).err"))
  }

  /// Starts the command at a terminal; its output goes to `last.out`.
  func start(_ arguments: String..., at terminal: PseudoTerminal) throws -> ChildProcess {
    try ChildProcess(
      Sandbox.binary, arguments, in: folder.path, environment: environment([:]), input: terminal.path,
      output: path("last.out"), errors: terminal.path)
  }

  /// Opens the store `store` in this process.
  func open(_ access: Store.Access = .reading, options: Store.Options = Store.Options()) throws -> Store {
    let path = path("store")
    let id = try Store.id(at: path)
    return try Store(
      opening: path, keyPath: self.path(".config/touchlog/keys/\(id).key"), access: access,
      options: options)
  }

  /// Starts a line of the shell, whose errors go to `NAME.err`; `$TOUCHLOG` is the command.
  ///
  /// With `exec` before a command, a signal to the child is one to the command.
  func startShell(_ line: String, as name: String) throws -> ChildProcess {
    try ChildProcess(
      "/bin/sh", ["-c", line], in: folder.path, environment: environment([:]), input: "/dev/null",
      output: path("\(name).out"), errors: path("\(name).err"))
  }

  private func environment(_ variables: [String: String]) -> [String: String] {
    [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder.path, "TERM": "xterm",
      "TOUCHLOG": Sandbox.binary, "TOUCHLOG_STORE": "store",
    ].merging(variables) { $1 }
  }

  /// A process that is ready to be started.
  func process(_ executable: String, _ arguments: [String], variables: [String: String] = [:]) -> Process {
    let process = Process()
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = environment(variables)
    return process
  }

  /// Runs a program to its end.
  func run(
    _ executable: String, _ arguments: [String], input: Data = Data(), variables: [String: String] = [:],
  ) throws -> Outcome {
    // Files and not pipes: nobody has to read while it runs.
    let name = UUID().uuidString
    try write(input, to: "\(name).in")
    let child = try ChildProcess(
      executable, arguments, in: folder.path, environment: environment(variables), input: path("\(name).in"),
      output: path("\(name).out"), errors: path("\(name).err"))
    return Outcome(status: child.wait(), output: try read("\(name).out"), errors: try read("\(name).err"))
  }

  /// The command, built beside the tests.
  static let binary = built("touchlog")

  /// A program that was built beside the tests.
  static func built(_ name: String) -> String {
    let bundles = Bundle.allBundles.filter { $0.bundlePath.hasSuffix(".xctest") }.map(\.bundleURL)
    let places = bundles + [Bundle.main.bundleURL, URL(filePath: CommandLine.arguments[0])]
    let candidates = places.flatMap { [$0, $0.deletingLastPathComponent()] }.map { $0.appending(path: name) }
    let found = candidates.first { url in
      var isDirectory: ObjCBool = false
      return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) && !isDirectory.boolValue
    }
    guard let found else { preconditionFailure("\(name) is not built beside the tests: \(candidates)") }
    return found.path
  }
}

/// Lines of events for tests.
enum Sample {
  /// A contact's start, as a line without its end; `replacing` changes members by their JSON text, nil drops one.
  static func event(_ id: String, _ changes: [String: String?] = [:]) -> String {
    var members: [(String, String)] = [
      ("specversion", #""1.0""#), ("id", "\"\(id)\""), ("source", #""/pbx""#), ("type", #""contact.started""#),
      ("time", #""2025-03-01T09:15:00Z""#), ("subject", #""crm:42""#), ("channel", #""phone""#),
      ("interaction", #""pbx-17""#), ("data", #"{"direction":"inbound"}"#),
    ]
    for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
      let index = members.firstIndex { $0.0 == name }
      if let index, let value { members[index].1 = value } else if let index { members.remove(at: index) }
      if index == nil, let value { members.append((name, value)) }
    }
    return "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
  }

  /// Feedback with a score.
  static func feedback(_ id: String, score: String) -> String {
    event(id, ["type": #""feedback.given""#, "data": #"{"instrument":"csat","score":\#(score),"min":1,"max":5}"#])
  }

  /// So many starts of contacts, a line each.
  static func lines(_ count: Int) -> String {
    (1...count).map { event("e\($0)", ["interaction": "\"i\($0)\""]) + "\n" }.joined()
  }
}
