public import Foundation
public import Touchlog
import TouchlogAdapters

/// Files that tests read: those of the package, and real data that lies beside it.
public enum SharedData {
  /// The package's folder.
  public static let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The folder of real data; nil where the checkout has none beside it.
  public static let folder: URL? = {
    let named = ProcessInfo.processInfo.environment["TOUCHLOG_SHARED"].map { URL(filePath: $0) }
    let folder = (named ?? packageRoot.appending(path: "../shared")).appending(path: "data")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  /// Whether there is real data: what tests that need it are enabled by.
  public static var isThere: Bool { folder != nil }

  /// Why a file cannot be had.
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// Where a file of real data is.
  public static func file(_ path: String) throws -> URL {
    guard let folder else { throw Failure(description: "there is no real data beside the checkout") }
    return folder.appending(path: path)
  }

  /// A file of real data.
  public static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: try file(path)))
  }

  /// What a compressed file of real data holds.
  ///
  /// Through the system's own pipe: `Foundation.Process` notices the end of a child by a descriptor that other children
  /// inherit, and so waits for theirs.
  public static func unzipped(_ path: String) throws -> [UInt8] {
    let quoted = try file(path).path.replacing("'", with: #"'\''"#)
    guard let pipe = popen("exec gunzip -c '\(quoted)'", closingOnExec) else {
      throw Failure(description: "gunzip cannot be started")
    }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while case let count = fread(&piece, 1, piece.count, pipe), count > 0 { bytes += piece[..<count] }
    guard pclose(pipe) == 0 else { throw Failure(description: "\(path) cannot be unpacked") }
    return bytes
  }

  #if os(Linux)
    private static let closingOnExec = "re"
  #else
    private static let closingOnExec = "r"
  #endif

  /// A mapping that comes with the package.
  public static func mapping(_ name: String) throws -> String {
    try String(contentsOf: packageRoot.appending(path: "Tools/mappings/\(name).yaml"), encoding: .utf8)
  }

  /// The events of compressed files, through a mapping that comes with the package; no row may be refused.
  public static func events(_ name: String, _ files: [String]) throws -> [Event] {
    let mapping = try DelimitedMapping(yaml: mapping(name))
    var events: [Event] = []
    for file in files {
      let report = try DelimitedReader(mapping, source: file).read(ByteSource(try unzipped(file))) { event, _ in
        events.append(event)
      }
      guard report.rejected == 0 else { throw Failure(description: "\(report.rejected) rows of \(file) are refused") }
    }
    return events
  }
}
