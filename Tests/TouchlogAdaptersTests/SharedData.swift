import Foundation
import Testing

/// Files that tests read: those of the package, and real data that lies beside it.
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

  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: try #require(folder).appending(path: path)))
  }

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

  /// A mapping that comes with the package.
  static func mapping(_ name: String) throws -> String {
    try String(contentsOf: packageRoot.appending(path: "Tools/mappings/\(name).yaml"), encoding: .utf8)
  }
}
