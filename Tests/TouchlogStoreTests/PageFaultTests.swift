import Foundation
import LMDB
import Testing
import Touchlog
import TouchlogTesting

@testable import TouchlogStore

/// Whole pages that are not what they were: cut off, zeroed, swapped, or left as they were before.
@Suite struct PageFaultTests {
  /// A store's file as bytes, changed and put back page by page.
  private struct Pages: CustomStringConvertible {
    let path: String
    var bytes: Data
    let map: PageMap

    init(_ part: String, of place: TemporaryStore) throws {
      path = "\(place.path)/\(part)/data.mdb"
      bytes = try Data(contentsOf: URL(filePath: path))
      map = PageMap(Array(bytes), deletes: part == "vault")
    }

    /// Short, for what a failed expectation tells.
    var description: String { path }

    func page(_ number: Int) -> Data { bytes[number * map.pageSize..<(number + 1) * map.pageSize] }

    /// Writes over what is there, and does not replace the file.
    func write(_ bytes: Data, at offset: Int = 0) throws {
      let file = try #require(FileHandle(forUpdatingAtPath: path))
      try file.seek(toOffset: UInt64(offset))
      try file.write(contentsOf: bytes)
      try file.close()
    }

    func write(_ bytes: Data, page: Int) throws { try write(bytes, at: page * map.pageSize) }

    func cut(to size: Int) throws {
      let file = try #require(FileHandle(forUpdatingAtPath: path))
      try file.truncate(atOffset: UInt64(size))
      try file.close()
    }

    /// The table and the events of a page's first byte.
    func note(_ page: Int) -> String {
      let byte = page * map.pageSize
      return "page \(page), \(map.tables[Int(map.owners[byte])]), \(map.positions[byte].map { "\($0)" } ?? "-")"
    }

    /// Whether the damages name an event of each of the pages, where they have events.
    func areNamed(_ pages: [Int], in damages: [Verification.Damage]) -> Bool {
      // With the table of tables, all events are lost, and nothing tells how many there were.
      if damages.contains(where: { $0.what == "there is no such table" }) { return true }
      return pages.compactMap { map.positions[$0 * map.pageSize] }.allSatisfy { positions in
        damages.contains { $0.concerns(Position(positions.lowerBound)) }
      }
    }
  }

  @Test(arguments: ["log", "vault"]) func `a live page of zeros is found`(part: String) async throws {
    let place = try await RotTests.filledStore()
    let pages = try Pages(part, of: place)
    var random = SplitMix64(seed: 3)
    for page in pages.map.livePages.shuffled(using: &random).prefix(25) {
      try pages.write(Data(count: pages.map.pageSize), page: page)
      let damages = RotTests.damages(of: place)
      #expect(!damages.isEmpty, "\(pages.note(page))")
      #expect(pages.areNamed([page], in: damages), "\(pages.note(page)): \(damages.prefix(5))")
      try pages.write(pages.page(page), page: page)
    }
    #expect(RotTests.damages(of: place) == [])
  }

  @Test(arguments: ["log", "vault"]) func `two live pages in each other's place are found`(part: String) async throws {
    let place = try await RotTests.filledStore()
    let pages = try Pages(part, of: place)
    var random = SplitMix64(seed: 5)
    for _ in 0..<25 {
      let pair = Array(pages.map.livePages.shuffled(using: &random).prefix(2))
      try pages.write(pages.page(pair[1]), page: pair[0])
      try pages.write(pages.page(pair[0]), page: pair[1])
      let damages = RotTests.damages(of: place)
      let note = "\(pages.note(pair[0])) and \(pages.note(pair[1]))"
      #expect(!damages.isEmpty, "\(note)")
      #expect(pages.areNamed(pair, in: damages), "\(note): \(damages.prefix(5))")
      try pages.write(pages.page(pair[0]), page: pair[0])
      try pages.write(pages.page(pair[1]), page: pair[1])
    }
    #expect(RotTests.damages(of: place) == [])
  }

  @Test func `a page that was never written again after an earlier state is found`() async throws {
    let place = try await RotTests.filledStore(events: 1200)
    let earlier = try [Pages("log", of: place), Pages("vault", of: place)]
    let store = try place.open()
    for batch in 0..<12 {
      _ = try await store.append(
        try (0..<20).map { try started("later-\(batch)-\($0)", customer: "new:\(batch)-\($0)", topic: "later-\($0)") })
    }
    try store.close()
    let later = try [Pages("log", of: place), Pages("vault", of: place)]
    #expect(RotTests.damages(of: place) == [])
    var random = SplitMix64(seed: 9)
    for (before, after) in zip(earlier, later) {
      // A page that the later state has, and that the earlier file had with other bytes.
      let lost = after.map.livePages.filter { page in
        (page + 1) * before.map.pageSize <= before.bytes.count && before.page(page) != after.page(page)
      }
      #expect(!lost.isEmpty)
      for page in lost.shuffled(using: &random).prefix(20) {
        try after.write(before.page(page), page: page)
        let damages = RotTests.damages(of: place)
        #expect(!damages.isEmpty, "\(after.note(page))")
        #expect(after.areNamed([page], in: damages), "\(after.note(page)): \(damages.prefix(5))")
        try after.write(after.page(page), page: page)
      }
    }
    #expect(RotTests.damages(of: place) == [])
  }

  @Test(arguments: ["log", "vault"]) func `a file that was cut short is found, wherever it ends`(part: String)
    async throws
  {
    let place = try await RotTests.filledStore()
    let pages = try Pages(part, of: place)
    let last = try #require(pages.map.livePages.max())
    for size in [0, 100, 4096, 5000, 8192, last * pages.map.pageSize / 3, last * pages.map.pageSize + 100] {
      try pages.cut(to: size)
      #expect(!RotTests.damages(of: place).isEmpty, "cut to \(size)")
      try pages.write(pages.bytes)
    }
    #expect(RotTests.damages(of: place) == [])
  }

  @Test func `what is left of a log with a lost branch page is checked`() async throws {
    let place = try await RotTests.filledStore()
    let pages = try Pages("log", of: place)
    // The leaf with event 700: all other events can still be read.
    let leaf = try #require(
      pages.map.livePages.first { page in
        pages.map.tables[Int(pages.map.owners[page * pages.map.pageSize])] == "headers"
          && pages.map.positions[page * pages.map.pageSize].map { $0.count < 200 && $0.contains(700) } ?? false
      })
    let lost = try #require(pages.map.positions[leaf * pages.map.pageSize])
    try pages.write(Data(count: pages.map.pageSize), page: leaf)
    let damages = RotTests.damages(of: place).filter { $0.table == "headers" }
    let named = Set(damages.flatMap { ($0.position?.value ?? 0)...($0.through ?? $0.position ?? Position(0)).value })
    #expect(named == Set(lost), "\(damages)")
  }

  @Test(arguments: [false, true]) func `a copy is sound, and stays so when it is appended to`(compacting: Bool)
    async throws
  {
    let place = try await RotTests.filledStore(events: 400)
    try PageFaultTests.replaceByCopy(place, compacting: compacting)
    #expect(RotTests.damages(of: place) == [])
    for round in 0..<3 {
      let store = try place.open()
      try await PageFaultTests.append(round, to: store)
      try store.close()
      #expect(RotTests.damages(of: place) == [], "after round \(round)")
    }
  }

  private static func replaceByCopy(_ place: TemporaryStore, compacting: Bool) throws {
    for part in ["log", "vault"] {
      let path = "\(place.path)/\(part)"
      let environment = try Environment(directory: path, options: Store.Options.forTests.log(.readOnly))
      try environment.copy(toDirectory: path + "-copy", compacting: compacting)
      try environment.close()
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.moveItem(atPath: path + "-copy", toPath: path)
    }
  }

  @Test func `a store is checked while events are appended`() async throws {
    let place = try await RotTests.filledStore(events: 300)
    let store = try place.open()
    var checked: [UInt64] = []
    for round in 0..<12 {
      async let appending: Void = PageFaultTests.append(round, to: store)
      let verification = try store.verify()
      #expect(verification.damages == [])
      checked.append(verification.events)
      try await appending
    }
    #expect(try store.verify().events == 300 + 12 * 50)
    #expect(checked == checked.sorted() && Set(checked).count > 10, "\(checked)")
  }

  private static func append(_ round: Int, to store: Store) async throws {
    for batch in 0..<10 {
      _ = try await store.append(
        try (0..<5).map { try started("\(round)-\(batch)-\($0)", customer: "new:\(round)-\(batch)") })
    }
  }
}
