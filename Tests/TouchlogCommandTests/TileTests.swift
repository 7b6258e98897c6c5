import Foundation
import Testing
import TouchlogStore

@testable import TouchlogCommand

@Suite struct `Writing tiles` {
  @Test func `tiles and entries come out as they are, and nothing else`() throws {
    let sandbox = try Sandbox.withStore()
    #expect(try sandbox.touchlog("append", "-", input: Sample.lines(300)).status == 0)
    let store = try sandbox.open(.reading)
    for name in ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44"] {
      let outcome = try sandbox.shell("touchlog tile \(name) > out")
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
      let bytes = try Data(contentsOf: sandbox.folder.appending(path: "out"))
      #expect(try Array(bytes) == store.tile(named: name), "\(name)")
    }
  }

  @Test func `a tile that is not there yet ends with 1, and a name that is none with 64`() throws {
    let sandbox = try Sandbox.withStore()
    #expect(try sandbox.touchlog("append", "-", input: Sample.lines(300)).status == 0)
    let beyond = try sandbox.touchlog("tile", "tile/0/001")
    #expect(beyond.status == 1 && beyond.output.isEmpty)
    #expect(beyond.errors == "touchlog: the tree of 300 events has no tile/0/001, or none so wide\n")
    for name in ["tile/0/1", "tile/0/001.p/256", "../tile/0/001", "tile/0/00\u{1B}[2J"] {
      let outcome = try sandbox.touchlog("tile", name)
      #expect(outcome.status == 64 && outcome.errors.contains("names no tile. Expected tile/LEVEL/INDEX"), "\(outcome)")
      #expect(!outcome.errors.contains("\u{1B}"))
    }
    #expect(try sandbox.touchlog("tile", "tile/0/000", "--store", "nowhere").status == 2)
  }
}
