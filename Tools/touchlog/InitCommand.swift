import ArgumentParser
import JSON
import TouchlogProof
import TouchlogStore

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make a store, and its keys.",
    discussion: """
      The store is a folder. Its key is a file of its own, outside the store and readable by you only: whoever has \
      both reads everything, and without the key what is sealed stays sealed. Keep a copy of it in a safe place.

      Beside it lies the signing key, with which the log signs checkpoints and receipts. What it signs is verified with \
      the verifier key, which is printed: give it to auditors. --origin is the name that both bear.

      Examples:
        touchlog init ./store
        touchlog init ./store --key ./safe/store.key
        touchlog init ./store --origin bank.example/touchlog
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

  @Option(
    help: ArgumentHelp("The log's name in what it signs. Default: touchlog/STORE-ID.", valueName: "name"))
  var origin: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if path != nil, store != nil { throw ValidationError("the store is named twice; name it once.") }
  }

  func run() throws {
    guard let path = path ?? store ?? Variables["TOUCHLOG_STORE"] else {
      throw Failure("where to? Name a folder, e.g. touchlog init ./store", .usage)
    }
    let chosenPath = opening.key ?? Variables["TOUCHLOG_KEY"]
    let folder = chosenPath == nil ? try OpeningOptions.keysFolder() : ""
    let named = try origin.map { try SigningKeyPlace.newKey(named: $0) }
    if let place = chosenPath.map({ SigningKeyPlace.path(beside: $0) }), OwnersFile.exists(place) {
      throw Failure("\(place) exists already, and the signing key goes there. Choose another --key", .impossible)
    }
    var keyPath = ""
    var signing: (path: String, key: SigningKey)?
    let id: StoreID
    do {
      id = try Store.create(at: path, options: opening.storeOptions) { (id) throws(StoreError) in
        keyPath = chosenPath ?? OpeningOptions.defaultKeyPath(for: id, in: folder)
        // Ahead of the store: were it to fail later, the store would be in the way of a second try.
        let key = named ?? SigningKeyPlace.newKey(of: id)
        let place = SigningKeyPlace.path(beside: keyPath)
        try key.write(to: place)
        signing = (place, key)
        return keyPath
      }
    } catch {
      if let signing { OwnersFile.remove(signing.path) }
      throw error
    }
    guard let signing else { preconditionFailure("a store that is made was asked where its key goes") }
    try report(path, id: id, keyPath: keyPath, signingPath: signing.path, verifier: signing.key.verifier)
  }

  private func report(
    _ path: String, id: StoreID, keyPath: String, signingPath: String, verifier: VerifierKey,
  ) throws {
    var output = Output()
    if json {
      var writer = JSONWriter()
      writer.object { object in
        object.member("store", path)
        object.member("id", "\(id)")
        object.member("key", keyPath)
        object.member("signingKey", signingPath)
        object.member("verifierKey", verifier.description)
      }
      try output.write(writer.bytes + [UInt8(ascii: "\n")])
    } else {
      try output.writeLine("made the store \(path)")
      try output.writeLine("its key is \(keyPath): keep a copy of it in a safe place")
      try output.writeLine("its signing key is \(signingPath): keep a copy of that, too")
      try output.writeLine("auditors verify with \(verifier)")
    }
    try output.flush()
  }
}
