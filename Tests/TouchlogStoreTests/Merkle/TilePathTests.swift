import Testing

@testable import TouchlogStore

/// Names of tiles, after C2SP's tlog-tiles.
@Suite struct TilePathTests {
  @Test func `names are read, and written as they were`() throws {
    for (name, level, index, width) in [
      ("tile/0/000", 0, 0, 256), ("tile/0/x001/x234/067", 0, 1_234_067, 256), ("tile/63/999.p/255", 63, 999, 255),
      ("tile/1/x001/000.p/1", 1, 1000, 1), ("tile/entries/017", nil, 17, 256),
      ("tile/entries/x001/x234/067.p/8", nil, 1_234_067, 8),
      ("tile/0/x018/x446/x744/x073/x709/x551/615", 0, .max, 256),
    ] as [(String, Int?, UInt64, UInt64)] {
      let path = try TilePath(name)
      #expect(path == TilePath(level: level, index: index, width: width))
      #expect(path.description == name)
    }
  }

  @Test func `every other spelling is refused, and the error shows the right one`() {
    for name in [
      "", "tile", "tile/", "tile/0", "tile/0/", "/tile/0/000", "tile/0/000/", "tile//000", "Tile/0/000", "tile/00/000",
      "tile/01/000", "tile/64/000", "tile/-1/000", "tile/+1/000", "tile/data/000", "tile/entries", "tile/Entries/000",
      "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/1000", "tile/0/x000", "tile/0/x000/001", "tile/0/001/002",
      "tile/0/x001/x002", "tile/0/x1/002", "tile/0/X001/002", "tile/0/001/x002", "tile/0/+01", "tile/0/0x1",
      "tile/0/x001//002", "tile/0/ 00", "tile/0/００１", "tile/0/001 ", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0",
      "tile/0/000.p/00", "tile/0/000.p/01", "tile/0/000.p/256", "tile/0/000.p/+1", "tile/0/000.p/-1", "tile/0/000.p/1/",
      "tile/0/000/.p/1", "tile/0/000.P/1", "tile/0/x001.p/002", "tile/0/000.p/1/2", "tile/0/.p/1",
      "tile/0/x018/x446/x744/x073/x709/x551/616", "tile/0/x001/x000/x000/x000/x000/x000/x000/000", "tile/8/0/000",
      "tile/0/../000", "tile/0/%30%30%30", "checkpoint",
    ] {
      let error = #expect(throws: TilePathError.self, "\(name)") { try TilePath(name) }
      #expect(error?.description.contains("Expected tile/LEVEL/INDEX") == true)
    }
  }

  /// The example of the text: "a tree of size 70,000 will be represented by 273 full level 0 tiles, one partial level 0
  /// tile of width 112, one full level 1 tile, one partial level 1 tile of width 17, and one partial level 2 tile of
  /// width 1".
  @Test func `a tree of 70,000 leaves has the tiles that the text says`() {
    let expected: [[UInt64]] = [Array(repeating: 256, count: 273) + [112], [256, 17], [1], []]
    for (level, widths) in expected.enumerated() {
      for (index, width) in (widths + [0, 0]).enumerated() {
        let found = TilePath.width(level: level, index: UInt64(index), size: 70_000)
        #expect(found == width, "level \(level), index \(index)")
      }
    }
    #expect(TilePath.width(level: 0, index: 0, size: 256) == 256)
    #expect(TilePath.width(level: 1, index: 0, size: 256) == 1)
    #expect(TilePath.width(level: 0, index: 0, size: 0) == 0)
  }

  @Test func `no tree reaches the ends of what a name can say`() {
    #expect(TilePath.width(level: 7, index: 0, size: .max) == 255)
    for level in 8...63 { #expect(TilePath.width(level: level, index: 0, size: .max) == 0) }
    #expect(TilePath.width(level: 0, index: .max, size: .max) == 0)
    #expect(TilePath.width(level: 0, index: .max >> 8, size: .max) == 255)
  }
}
