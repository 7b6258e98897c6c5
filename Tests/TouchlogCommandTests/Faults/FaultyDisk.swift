import Foundation
import Testing

/// A disk that records what a process does to it, and that fails on demand: see `disk/faulty-disk.c`, which is preloaded.
enum FaultyDisk {
  /// Whether this system can put a library before the C library's calls as `faulty-disk.c` expects it.
  static var isAvailable: Bool {
    #if os(Linux)
      true
    #else
      false
    #endif
  }

  static let absence: Comment = "needs LD_PRELOAD as Linux has it"

  /// What goes wrong with an operation; the cases are those of `faulty-disk.c`.
  enum Kind: String, CaseIterable, Sendable {
    /// It fails as a broken disk does, and changes nothing.
    case eio
    /// It fails as a full disk does.
    case enospc
    /// A write takes half of its bytes.
    case short
    /// A write fails, and its bytes are on their way to the disk all the same.
    case landed
    /// The process is killed between the operation and its way to the disk.
    case kill
  }

  /// One thing that goes wrong in a process.
  struct Fault: Sendable, CustomStringConvertible {
    /// Which of the process's operations, from 1.
    var operation: Int
    var kind: Kind
    /// Whether all later operations go wrong, too.
    var stays = false

    var description: String { "\(operation):\(kind.rawValue)" + (stays ? ":on" : "") }
  }

  /// The built library.
  static func library() throws -> String { try built.get() }

  /// Built once per run, by the compiler that every Swift toolchain for Linux brings along as its linker's driver.
  private static let built = Result<String, any Error> {
    let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "disk").path
    let library = FileManager.default.temporaryDirectory.appending(path: "faulty-disk-\(getpid()).so").path
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let line = """
      compiler=$(command -v clang || command -v cc) || { echo 'no clang and no cc in PATH'; exit 1; }
      exec "$compiler" -Wall -Wextra -Werror -O1 -shared -fPIC -o "$0" "$1"/*.c
      """
    let log = library + ".log"
    let child = try ChildProcess(
      "/bin/sh", ["-c", line, library, sources], in: "/", environment: ["PATH": path], input: "/dev/null", output: log,
      errors: log)
    let status = child.wait()
    let words = try String(contentsOfFile: log, encoding: .utf8)
    try FileManager.default.removeItem(atPath: log)
    try #require(status == 0, "the faulty disk does not compile: \(words)")
    atexit(FaultyDisk.remove)
    return library
  }

  private static let remove: @convention(c) () -> Void = {
    unlink(FileManager.default.temporaryDirectory.appending(path: "faulty-disk-\(getpid()).so").path)
  }
}

/// A sandbox whose folder `disk` is the disk that records and fails: the store lies there, and the key in the user's
/// configuration.
///
/// It is in memory where the system has such a place: what the tests call a disk is the record, so nothing has to wait for
/// a real one.
final class DiskSandbox {
  let sandbox: Sandbox
  /// The disk's root.
  var disk: URL { sandbox.folder.appending(path: "disk") }
  var trace: URL { sandbox.folder.appending(path: "trace") }

  init() throws {
    sandbox = try Sandbox(in: DiskSandbox.memory)
    try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
  }

  static let memory: URL = {
    let shared = URL(filePath: "/dev/shm")
    return FileManager.default.isWritableFile(atPath: shared.path) ? shared : FileManager.default.temporaryDirectory
  }()

  /// Runs the command over the disk.
  func touchlog(
    _ arguments: String..., fault: FaultyDisk.Fault? = nil, lies: Bool = false,
  ) throws -> Sandbox.Outcome {
    try run(Sandbox.binary, arguments, fault: fault, lies: lies)
  }

  /// Runs a program that was built beside the tests over the disk.
  func run(
    _ program: String, _ arguments: [String], fault: FaultyDisk.Fault? = nil, lies: Bool = false,
  ) throws -> Sandbox.Outcome {
    var variables = [
      "HOME": disk.path, "TOUCHLOG_STORE": "disk/store", "LD_PRELOAD": try FaultyDisk.library(),
      "TOUCHLOG_DISK_ROOT": disk.path, "TOUCHLOG_DISK_TRACE": trace.path,
    ]
    variables["TOUCHLOG_DISK_FAULT"] = fault.map { "\($0)" }
    if lies { variables["TOUCHLOG_DISK_LIES"] = "1" }
    return try sandbox.run(program, arguments, variables: variables)
  }

  /// What was recorded so far.
  func records() throws -> [DiskRecord] {
    try DiskRecord.all(in: try Data(contentsOf: trace))
  }
}
