import ArgumentParser
import Touchlog
import TouchlogStore

struct TileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tile",
    abstract: "Write a tile of the log's Merkle tree, or a bundle of its entries.",
    discussion: """
      The bytes are those of C2SP's tlog-tiles (https://c2sp.org/tlog-tiles), under its names: what was answered once is \
      answered for ever, so it can be put into files and served as it is. A tile is hashes of 32 bytes; a bundle of \
      entries is leaves, each behind its length. A leaf is the header of an event and the SHA-256 of its sealed \
      payload: bundles are for auditors.

      Examples:
        touchlog tile tile/0/000 > tile
        touchlog tile tile/1/000.p/17 | xxd -c 32
        touchlog tile tile/entries/x001/x234/067 | sha256sum
      """)

  @OptionGroup var store: StoreOptions

  @Argument(help: ArgumentHelp("tile/LEVEL/INDEX or tile/entries/INDEX, and .p/WIDTH.", valueName: "name"))
  var name: String

  func validate() throws {
    do {
      _ = try TilePath(name)
    } catch {
      throw ValidationError("\(error)".inert)
    }
  }

  func run() throws {
    if Terminal(standardOutput).isTerminal {
      throw Failure("a tile is bytes, not text. Send it to a file or to another program", .usage)
    }
    let store = try store.open(.reading)
    guard let bytes = try store.tile(named: name) else {
      let events = try store.head().value.counted("event")
      throw Failure("the tree of \(events) has no \(name), or none so wide", .found)
    }
    var output = Output()
    try output.write(bytes)
    try output.flush()
  }
}
