import ArgumentParser
import JSON
import TouchlogStore

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make a store, and its key.",
    discussion: """
      The store is a folder. Its key is a file of its own, outside the store and readable by you only: whoever has \
      both reads everything, and without the key what is sealed stays sealed. Keep a copy of it in a safe place.

      Examples:
        touchlog init ./store
        touchlog init ./store --key ./safe/store.key
        TOUCHLOG_STORE=./store touchlog init
      """)

  @Argument(
    help: ArgumentHelp("The folder to make. Default: $TOUCHLOG_STORE.", valueName: "folder"), completion: .directory)
  var path: String?

  @Option(
    help: ArgumentHelp("The same as the argument, as other commands have it.", valueName: "folder"),
    completion: .directory)
  var store: String?

  @OptionGroup var opening: OpeningOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if path != nil, store != nil { throw ValidationError("the store is named twice; name it once.") }
  }

  func run() throws {
    guard let path = path ?? store ?? Variables["TOUCHLOG_STORE"] else {
      throw ValidationError("where to? Name a folder, e.g. touchlog init ./store")
    }
    let folder = opening.key == nil && Variables["TOUCHLOG_KEY"] == nil ? try OpeningOptions.keysFolder() : ""
    var keyPath = ""
    let id = try Store.create(at: path, options: opening.storeOptions) { id in
      keyPath = opening.key ?? Variables["TOUCHLOG_KEY"] ?? OpeningOptions.defaultKeyPath(for: id, in: folder)
      return keyPath
    }
    var output = Output()
    if json {
      var writer = JSONWriter()
      writer.object { object in
        object.member("store", path)
        object.member("id", "\(id)")
        object.member("key", keyPath)
      }
      try output.write(writer.bytes + [UInt8(ascii: "\n")])
    } else {
      try output.writeLine("made the store \(path)")
      try output.writeLine("its key is \(keyPath): keep a copy of it in a safe place")
    }
    try output.flush()
  }
}
