import CPeers
import Foundation

/// What a figure is worth nothing without.
struct Machine: Codable {
  let processor: String
  let cores: Int
  let memoryBytes: UInt64
  let kernel: String
  let system: String
  /// Of the directory in which the stores are.
  let fileSystem: String
  /// What a synced write of one page costs there: where it is little, the disk's own cache answers, or the host's.
  let syncMicroseconds: Double
  let lmdb: String
  let sqlite: String
  let date: String
  /// How busy the machine was before, over one minute.
  let load: String

  init(directory: URL) throws {
    var names = utsname()
    uname(&names)
    kernel =
      withUnsafeBytes(of: names.sysname) { Machine.text($0) } + " "
      + withUnsafeBytes(of: names.release) { Machine.text($0) }
    let processors = (contents(of: "/proc/cpuinfo") ?? "").split(separator: "\n")
    let model = processors.first { $0.hasPrefix("model name") }?.split(separator: ":").last
    processor = model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
    cores = ProcessInfo.processInfo.activeProcessorCount
    memoryBytes = ProcessInfo.processInfo.physicalMemory
    system = ProcessInfo.processInfo.operatingSystemVersionString
    fileSystem = Machine.fileSystem(of: directory)
    syncMicroseconds = try Machine.syncMicroseconds(in: directory)
    lmdb = String(cString: peer_lmdb_version())
    sqlite = String(cString: peer_sqlite_version())
    date = String(Date.now.ISO8601Format().prefix(10))
    load = (contents(of: "/proc/loadavg") ?? "unknown").split(separator: " ").first.map(String.init) ?? "unknown"
  }

  var description: String {
    let memory = String(format: "%.0f GiB", Double(memoryBytes) / Double(1 << 30))
    return """
      \(processor), \(cores) cores, \(memory); \(system), \(kernel); \(fileSystem), \
      a synced write \(syncMicroseconds.text(digits: 0)) µs; \(lmdb); SQLite \(sqlite); \
      \(date), load \(load) before
      """
  }

  /// The median of a hundred.
  private static func syncMicroseconds(in directory: URL) throws -> Double {
    let file = directory.appending(path: "sync")
    let descriptor = open(file.path, O_RDWR | O_CREAT | O_EXCL, 0o600)
    guard descriptor >= 0 else { throw BenchmarkError("\(file.path): \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    let page = [UInt8](repeating: 1, count: 4096)
    let times = try (0..<100).map { index in
      let begun = peer_seconds()
      guard pwrite(descriptor, page, page.count, index % 10 * page.count) == page.count, fdatasync(descriptor) == 0
      else { throw BenchmarkError("\(file.path): \(String(cString: strerror(errno)))") }
      return (peer_seconds() - begun) * 1e6
    }
    try FileManager.default.removeItem(at: file)
    return times.median
  }

  private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// The type of the mount that holds a directory: the longest mount point that the path begins with.
  private static func fileSystem(of directory: URL) -> String {
    let path = directory.resolvingSymlinksInPath().path + "/"
    var best: (point: Substring, type: Substring) = ("", "unknown file system")
    for line in (contents(of: "/proc/self/mounts") ?? "").split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 2 else { continue }
      let point = words[1] == "/" ? "/" : words[1] + "/"
      if path.hasPrefix(point), point.count >= best.point.count { best = (point[...], words[2]) }
    }
    return String(best.type)
  }
}
