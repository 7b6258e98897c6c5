import Complaints
import Foundation
import LMDB
import Testing
import Touchlog
import TouchlogReplay
import TouchlogStore
import TouchlogTesting

/// What lies in a view, byte for byte, as the page of the documentation draws it.
@Suite struct ViewBytesTests {
  private static func page() throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(
      contentsOf: root.appending(path: "Sources/Touchlog/Documentation.docc/Views-on-disk.md"), encoding: .utf8)
  }

  private static func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }

  @Test func `keys and rows are the bytes of the page`() async throws {
    let world = try ReplayStore()
    let anna = Samples.customer(1)
    let complaint = Samples.event("1", "complaint.raised", of: anna, channel: .chat, data: ["severity": 4])
    let settlement = Samples.event("2", "complaint.resolved", of: anna)
    _ = try await world.store.append([
      complaint.with { $0.topic = "delivery" },
      settlement.with {
        $0.topic = "delivery"
        $0.occurredAt = Samples.minute(2)
      },
    ])
    _ = try world.replay { [Fold(Complaints.self)] }.catchUp()
    let view = try Contents(of: world.folder + "/store/views/complaints-v1", tables: ["topics", "courses"])
    #expect(view.lines.count == 4)
    for line in view.lines {
      #expect(try ViewBytesTests.page().contains("\n\(line)\n"), "the page lacks: \(line)")
    }
    let shape = view.shape.replacing("\(world.store.id)", with: "STORE-ID")
    #expect(try ViewBytesTests.page().contains("```\n\(shape)```\n"), "\(shape)")
    #expect(view.state.count == 64)
    // Checkpoint and events, then the end of the log; no flags, and zeros.
    #expect(view.state[..<16] == [2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0])
    let end = withUnsafeBytes(of: Samples.minute(2).microseconds.littleEndian) { Array($0) }
    #expect(Array(view.state[16..<24]) == end)
    #expect(view.state[40...].allSatisfy { $0 == 0 })
  }

  /// What a view's file holds.
  private struct Contents {
    var lines: [String] = []
    var shape = ""
    var state: [UInt8] = []

    init(of folder: String, tables: [String]) throws {
      var options = Environment.Options()
      options.access = .readOnly
      options.addressSpace = 1 << 30
      let environment = try Environment(directory: folder, options: options)
      for name in tables {
        let table = try environment.openTable(named: "t:" + name)
        try environment.read { transaction in
          var cursor = try transaction.cursor(in: table)
          while try cursor.next() {
            lines.append("\(name)  key  \(ViewBytesTests.hex(cursor.unsafeKey))")
            lines.append("\(name)  row  \(ViewBytesTests.hex(cursor.unsafeValue))")
          }
        }
      }
      let meta = try environment.openTable(named: "meta")
      try environment.read { transaction in
        let text = try transaction.unsafeGet(Array("shape".utf8), from: meta)
        shape = text.map { String(decoding: $0, as: UTF8.self) } ?? ""
        state = try transaction.unsafeGet(Array("state".utf8), from: meta).map { Array($0) } ?? []
      }
      try environment.close()
    }
  }
}
