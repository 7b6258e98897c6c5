import Foundation
import Testing
import Touchlog
import TouchlogAdapters

/// Real data that lies beside the checkout.
enum SharedData {
  private static let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The folder of real data; nil where the checkout has none beside it.
  static let folder: URL? = {
    let named = ProcessInfo.processInfo.environment["TOUCHLOG_SHARED"].map { URL(filePath: $0) }
    let folder = (named ?? packageRoot.appending(path: "../shared")).appending(path: "data")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  static var isThere: Bool { folder != nil }

  /// The events that a mapping of the package makes of a compressed file.
  static func events(_ path: String, mapping: String) throws -> [Event] {
    let gunzip = Process()
    gunzip.executableURL = URL(filePath: "/usr/bin/env")
    gunzip.arguments = ["gunzip", "-c", try #require(folder).appending(path: path).path]
    let pipe = Pipe()
    gunzip.standardOutput = pipe
    try gunzip.run()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    gunzip.waitUntilExit()
    try #require(gunzip.terminationStatus == 0)
    let yaml = try String(
      contentsOf: packageRoot.appending(path: "Tools/mappings/\(mapping).yaml"), encoding: .utf8)
    var events: [Event] = []
    _ = try DelimitedReader(try DelimitedMapping(yaml: yaml), source: path).read(ByteSource(Array(bytes))) { event, _ in
      events.append(event)
    }
    return events
  }
}
