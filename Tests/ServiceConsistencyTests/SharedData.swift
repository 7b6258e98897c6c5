import Foundation
import Testing
import Touchlog
import TouchlogAdapters

/// Real data that lies beside the checkout.
enum SharedData {
  static let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The folder of real data; nil where the checkout has none beside it.
  static let folder: URL? = {
    let named = ProcessInfo.processInfo.environment["TOUCHLOG_SHARED"].map { URL(filePath: $0) }
    let folder = (named ?? packageRoot.appending(path: "../shared")).appending(path: "data")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  static var isThere: Bool { folder != nil }

  /// What a compressed file holds.
  static func unzipped(_ path: String) throws -> [UInt8] {
    let gunzip = Process()
    gunzip.executableURL = URL(filePath: "/usr/bin/env")
    gunzip.arguments = ["gunzip", "-c", try #require(folder).appending(path: path).path]
    let pipe = Pipe()
    gunzip.standardOutput = pipe
    try gunzip.run()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    gunzip.waitUntilExit()
    try #require(gunzip.terminationStatus == 0)
    return Array(bytes)
  }

  /// The events of files, through a mapping that comes with the package.
  static func events(_ mappingName: String, _ files: [String]) throws -> [Event] {
    let yaml = try String(
      contentsOf: packageRoot.appending(path: "Tools/mappings/\(mappingName).yaml"), encoding: .utf8)
    let mapping = try DelimitedMapping(yaml: yaml)
    var events: [Event] = []
    for file in files {
      let report = try DelimitedReader(mapping, source: file).read(ByteSource(try unzipped(file))) { event, _ in
        events.append(event)
      }
      try #require(report.rejected == 0)
    }
    return events
  }
}
