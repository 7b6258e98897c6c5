import Foundation
import Synchronization

/// Runs a contestant's part in a child process, and watches its memory.
struct Launch {
  let part: Child.Part
  let contestant: Contestant
  let directory: URL
  var options: [String] = []
  var input = ""

  /// How often memory is looked at.
  private static let sampling = Duration.milliseconds(10)

  func run() async throws -> Measurement {
    let process = Process()
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["child", part.rawValue, contestant.rawValue, "--directory", directory.path] + options
    let output = Pipe()
    let questions = Pipe()
    process.standardOutput = output
    process.standardInput = questions
    try process.run()
    let watching = Task.detached { [pid = process.processIdentifier] in
      await MemoryPeak.watch(pid, every: Launch.sampling)
    }
    if !input.isEmpty { try questions.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
    try questions.fileHandleForWriting.close()
    let answer = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    watching.cancel()
    let peak = await watching.value
    guard process.terminationStatus == 0 else {
      throw BenchmarkError("\(contestant.rawValue), \(part.rawValue): failed, see above")
    }
    var measurement = try JSONDecoder().decode(Measurement.self, from: answer)
    measurement.peakAnonymousBytes = peak.anonymous
    measurement.peakResidentBytes = peak.resident
    measurement.diskBytes = try diskBytes(of: directory)
    return measurement
  }
}

extension Launch {
  /// Appends a workload, in batches, one event at a time, or from several appenders.
  init(
    _ part: Child.Part, _ contestant: Contestant, _ directory: URL, _ workload: Workload, batch: Int = 1,
    appenders: Int = 1, stretch: Int = 0,
  ) {
    self.init(
      part: part, contestant: contestant, directory: directory,
      options: [
        "--lines", workload.lines.path, "--records", workload.records.path, "--events", "\(workload.events)",
        "--batch", "\(batch)", "--appenders", "\(appenders)", "--stretch", "\(stretch)",
      ])
  }
}

/// The most memory that a process was seen with.
struct MemoryPeak: Sendable {
  var anonymous = 0
  var resident = 0

  /// Looks until it is cancelled.
  static func watch(_ process: Int32, every interval: Duration) async -> MemoryPeak {
    var peak = MemoryPeak()
    while !Task.isCancelled {
      peak.look(at: process)
      do {
        try await Task.sleep(for: interval)
      } catch {
        // Cancelled while it slept: the process has ended.
        break
      }
    }
    return peak
  }

  private mutating func look(at process: Int32) {
    guard let status = contents(of: "/proc/\(process)/status") else { return }
    for line in status.split(separator: "\n") {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard words.count == 3, let kibibytes = Int(words[1]) else { continue }
      if words[0] == "RssAnon:" { anonymous = max(anonymous, kibibytes << 10) }
      if words[0] == "VmHWM:" { resident = max(resident, kibibytes << 10) }
    }
  }
}

/// A small text file of the system's; nil where there is none.
func contents(of path: String) -> String? {
  guard let data = FileManager.default.contents(atPath: path) else { return nil }
  return String(decoding: data, as: UTF8.self)
}

/// Bytes that a directory's files take on disk, holes left out.
func diskBytes(of directory: URL) throws -> Int {
  guard let files = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil) else { return 0 }
  var bytes = 0
  for case let file as URL in files {
    var status = stat()
    if lstat(file.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG { bytes += Int(status.st_blocks) * 512 }
  }
  return bytes
}
