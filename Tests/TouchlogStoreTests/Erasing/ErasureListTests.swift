import Foundation
import Testing
import Touchlog

@testable import TouchlogStore

@Suite struct `The list of erasures` {
  private static func line(_ store: StoreID, _ customer: UInt32) -> ErasureList.Line {
    ErasureList.Line(
      store: store, customer: CustomerNumber(customer), position: Position(UInt64(customer) * 10),
      recordedAt: Timestamp(microseconds: 1_764_000_000_000_000 + Int64(customer)))
  }

  private static func numbers(_ list: ErasureList, in store: StoreID, next: UInt32) -> [UInt32] {
    list.numbers(toEraseIn: store, next: next).map(\.value)
  }

  @Test func `names whom a backup still knows, and nobody else`() {
    let (own, other) = (StoreID(), StoreID())
    let list = ErasureList(lines: [5, 3, 5, 9, 10].map { Self.line(own, $0) } + [Self.line(other, 1)])
    #expect(Self.numbers(list, in: own, next: 10) == [3, 5, 9])
    #expect(Self.numbers(list, in: own, next: 4) == [3])
    #expect(Self.numbers(list, in: own, next: 0) == [])
    #expect(Self.numbers(list, in: other, next: 10) == [1])
    #expect(Self.numbers(list, in: StoreID(), next: 10) == [])
  }

  @Test func `reaches from a restored store to its ancestors, as far as customers are the same`() {
    let (first, second, third, sibling) = (StoreID(), StoreID(), StoreID(), StoreID())
    let descents = [
      ErasureList.Descent(restored: second, from: first, next: 100),
      ErasureList.Descent(restored: third, from: second, next: 150),
      ErasureList.Descent(restored: sibling, from: first, next: 50),
    ]
    let lines = [first, second, third, sibling].enumerated().flatMap { index, store in
      [10, 60, 120, 170].map { Self.line(store, UInt32($0 + index)) }
    }
    let list = ErasureList(lines: lines, descents: descents)
    // What the second and the third did to numbers below 100 concerns the first, and the sibling's below 50.
    #expect(Self.numbers(list, in: first, next: 1000) == [10, 11, 12, 13, 60, 61, 62, 120, 170])
    #expect(Self.numbers(list, in: second, next: 1000) == [10, 11, 12, 13, 60, 61, 62, 121, 122, 171])
    #expect(Self.numbers(list, in: third, next: 1000) == [10, 11, 12, 13, 60, 61, 62, 121, 122, 172])
    #expect(Self.numbers(list, in: sibling, next: 1000) == [10, 11, 12, 13, 63, 123, 173])
    #expect(Self.numbers(list, in: third, next: 61) == [10, 11, 12, 13, 60])
  }

  @Test func `comes back from its file as it was`() throws {
    let (first, second) = (StoreID(), StoreID())
    let list = ErasureList(
      lines: [Self.line(first, 1), Self.line(second, .max)],
      descents: [ErasureList.Descent(restored: second, from: first, next: 7)])
    let text = String(decoding: list.encoded, as: UTF8.self)
    #expect(text.split(separator: "\n").count == 3 && text.hasSuffix("}\n"))
    #expect(try ErasureList(list.encoded, path: "list") == list)
    #expect(try ErasureList([], path: "list") == ErasureList())
  }

  @Test func `without its last bytes it has the lines before them`() throws {
    let store = StoreID()
    let bytes = ErasureList(lines: (0..<3).map { Self.line(store, $0) }).encoded
    let ends = bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }
    for length in 0...bytes.count {
      let list = try ErasureList(Array(bytes.prefix(length)), path: "list")
      #expect(list.lines.count == ends.count { $0 < length }, "of \(length) bytes")
    }
  }

  @Test(arguments: ["{}", "", "{\"store\":\"zz\",\"customer\":1}", "no JSON", "[1]"])
  func `a whole line that is none is told with its number`(line: String) {
    let good = ErasureList(lines: [Self.line(StoreID(), 1)]).encoded
    #expect {
      try ErasureList(good + Array((line + "\n").utf8) + good, path: "some/list")
    } throws: { error in
      guard case StoreError.erasureListDamaged("some/list", 2) = error else { return false }
      return true
    }
  }

  @Test func `takes lines behind the last whole one, for its owner's eyes alone`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "touchlog-list-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer {
      do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record(error) }
    }
    let store = StoreID()
    let path = ErasureList.path(of: store, besideKeyAt: folder + "/some.key")
    #expect(path == "\(folder)/\(store).erasures")
    #expect(ErasureList.path(of: store, besideKeyAt: "some.key") == "./\(store).erasures")
    #expect(throws: StoreError.self) { try ErasureList(contentsOf: path) }
    try ErasureListFile(path).append(ErasureList(lines: [Self.line(store, 1)]))
    #expect(SystemFile.permissions(path) == 0o600)
    let torn = try Data(contentsOf: URL(filePath: path)) + Data("{\"store\":\"0b".utf8)
    try torn.write(to: URL(filePath: path))
    try ErasureListFile(path).append(ErasureList(lines: [Self.line(store, 2), Self.line(store, 3)]))
    #expect(try ErasureList(contentsOf: path).lines.map(\.customer.value) == [1, 2, 3])
    // A file that nobody has written a line into.
    try Data().write(to: URL(filePath: path))
    try ErasureListFile(path).append(ErasureList(lines: [Self.line(store, 4)]))
    #expect(try ErasureList(contentsOf: path).lines.map(\.customer.value) == [4])
  }
}
