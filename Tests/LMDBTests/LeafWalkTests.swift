import Foundation
import Testing

@testable import LMDB

/// Trees that are walked in parts, each by a thread of its own.
@Suite struct `Walks in parts` {
  /// A table of many entries in no order, some of them on pages of their own.
  private func filledTable(_ directory: TemporaryDirectory, entries: Int) throws -> [(key: [UInt8], value: [UInt8])] {
    let environment = try Environment(directory: directory.path)
    let table = try environment.createTable(named: "texts")
    var all: [(key: [UInt8], value: [UInt8])] = []
    try environment.write { transaction in
      for number in 0..<UInt64(entries) {
        let mixed = number &* 0x9E37_79B9_7F4A_7C15
        let key = Array("key \(mixed)".utf8)
        let value = [UInt8](repeating: UInt8(mixed >> 56), count: number % 50 == 0 ? 9000 : Int(mixed >> 59))
        try transaction.put(value, at: key, in: table)
        all.append((key, value))
      }
    }
    try environment.close()
    return all.sorted { $0.key.lexicographicallyPrecedes($1.key) }
  }

  private func state(of directory: TemporaryDirectory) throws -> PageState {
    try #require(PageState(try PageFile(directory: directory.path), transaction: nil, separatorsAreFirstKeys: true))
  }

  @Test(arguments: [0, 1, 20, 12_000])
  func `parts one after the other give out all entries in order`(entries: Int) throws {
    let directory = try TemporaryDirectory()
    let expected = try filledTable(directory, entries: entries)
    let state = try state(of: directory)
    let outline = try #require(TreeOutline(state.tree("texts", keys: .bytes)))
    #expect(outline.entries == UInt64(entries))
    #expect(entries < 12_000 ? outline.count <= 1 : outline.count > 1)
    var overflow = state.emptyPageSet()
    var overflowCount: UInt64 = 0
    var found: [(key: [UInt8], value: [UInt8])] = []
    for part in 0..<outline.count {
      var walk = LeafWalk(outline, parts: part..<part + 1, through: state.file(for: part % 3))
      while walk.next() {
        found.append((Array(walk.key), Array(walk.value)))
        overflowCount += UInt64(walk.overflow.count)
        let isNew = overflow.insert(all: walk.overflow)
        #expect(isNew)
      }
      let isSound = walk.isSound
      #expect(isSound)
    }
    #expect(found.map(\.key) == expected.map(\.key))
    #expect(found.map(\.value) == expected.map(\.value))
    #expect(overflowCount == outline.overflowPages)
    // With what lies on pages of its own, every page is accounted for.
    #expect(state.take(overflow))
    state.checkAllPagesAreUsed()
    #expect(state.takeFaults().map(\.what) == [])
  }

  @Test func `a walk begins on the leaf where a position is`() throws {
    let directory = try TemporaryDirectory()
    let environment = try Environment(directory: directory.path)
    let table = try environment.createTable(named: "numbers", keys: .uint64)
    try environment.write { transaction in
      for number in 0..<UInt64(40_000) {
        try transaction.append([UInt8](repeating: 7, count: 60), at: number, in: table)
      }
    }
    try environment.close()
    let state = try state(of: directory)
    let outline = try #require(TreeOutline(state.tree("numbers", keys: .uint64)))
    #expect(outline.count > 1)
    for first in stride(from: 0, to: UInt64(40_000), by: 997) {
      var walk = LeafWalk(outline, from: first, through: state.file(for: 0))
      var keys: [UInt64] = []
      while walk.next(), keys.last != first { keys.append(walk.integerKey) }
      #expect(keys.count < 100)
      #expect(keys == Array((keys.first ?? 0)...first))
    }
    var last = LeafWalk(outline, from: 50_000, through: state.file(for: 0))
    var keys: [UInt64] = []
    while last.next() { keys.append(last.integerKey) }
    let isSound = last.isSound
    #expect(isSound)
    #expect(keys.last == 39_999)
  }

  @Test func `a key that leads to a leaf may outlive its entry where entries are deleted`() throws {
    let directory = try TemporaryDirectory()
    let entries = try filledTable(directory, entries: 3000)
    func walk(separatorsAreFirstKeys: Bool) throws -> (keys: [[UInt8]], isSound: Bool) {
      let file = try PageFile(directory: directory.path)
      let state = try #require(
        PageState(file, transaction: nil, separatorsAreFirstKeys: separatorsAreFirstKeys))
      let outline = try #require(TreeOutline(state.tree("texts", keys: .bytes)))
      var walk = LeafWalk(outline, parts: 0..<outline.count, through: state.file(for: 0))
      var keys: [[UInt8]] = []
      while walk.next() { keys.append(Array(walk.key)) }
      return (keys, walk.isSound)
    }
    let outline = try #require(TreeOutline(try state(of: directory).tree("texts", keys: .bytes)))
    let child = try #require(outline.stems[0].page.child(3, keys: .bytes, within: outline.stems[0].bounds))
    let first = Array(try #require(child.bounds.lower))
    let environment = try Environment(directory: directory.path)
    let table = try environment.openTable(named: "texts")
    try environment.write { _ = try $0.delete(first, from: table) }
    try environment.close()
    let found = try walk(separatorsAreFirstKeys: false)
    #expect(found.isSound)
    #expect(found.keys == entries.map(\.key).filter { $0 != first })
    #expect(try !walk(separatorsAreFirstKeys: true).isSound)
  }

  @Test func `whatever bit of a leaf or a branch is changed, the walk ends and says that it is not sound`() throws {
    let directory = try TemporaryDirectory()
    _ = try filledTable(directory, entries: 3000)
    let path = directory.appending("data.mdb")
    let bytes = try Data(contentsOf: URL(filePath: path))
    func isSound() throws -> Bool {
      let state = try state(of: directory)
      guard let outline = TreeOutline(state.tree("texts", keys: .bytes)) else { return false }
      var walk = LeafWalk(outline, parts: 0..<outline.count, through: state.file(for: 0))
      while walk.next() {}
      return walk.isSound
    }
    #expect(try isSound())
    let outline = try #require(TreeOutline(try state(of: directory).tree("texts", keys: .bytes)))
    let pages = outline.stems.flatMap { stem in
      let leaves = (0..<stem.page.count).compactMap { stem.page.child($0, keys: .bytes, within: stem.bounds)?.page }
      return [stem.page.number] + leaves
    }
    #expect(pages.count > 40)
    for page in pages {
      let start = Int(page) * 4096
      // The page's number, its kind, its bounds, the place of its first node, and that node's flags.
      let node = start + Int(bytes[start + 16]) + Int(bytes[start + 17]) << 8
      for byte in [start, start + 10, start + 12, start + 14, start + 16, node + 4] {
        var changed = bytes
        changed[byte] ^= 4
        try changed.write(to: URL(filePath: path))
        #expect(try !isSound(), "page \(page), byte \(byte - start)")
      }
    }
    try bytes.write(to: URL(filePath: path))
    #expect(try isSound())
  }

  @Test func `each thread is told the page that it has asked for itself`() throws {
    let directory = try TemporaryDirectory()
    _ = try filledTable(directory, entries: 100)
    let whole = try PageFile(directory: directory.path, mark: 1)
    // Other tests, at the same time, are the first readers.
    let file = whole.read(by: 62)
    let other = Handed(whole.read(by: 63))
    file.beginReading()
    defer { file.endReading() }
    #expect(file.pages(2) != nil)
    let seen = DispatchSemaphore(value: 0)
    let thread = Thread {
      other.value.beginReading()
      _ = other.value.pages(3)
      if PageFile.lastTouched == (1, 3) { seen.signal() }
    }
    thread.start()
    #expect(seen.wait(timeout: .now() + 60) == .success)
    #expect(PageFile.lastTouched == (1, 2))
    // A thread that waits is not the one that hangs.
    file.endReading()
    #expect(PageFile.lastTouched == (1, 3))
    other.value.endReading()
  }

  /// A value for another thread.
  // Sendable because each test says which thread uses it.
  private struct Handed<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) {
      self.value = value
    }
  }
}
