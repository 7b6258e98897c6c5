import ArgumentParser
import TouchlogProof
import TouchlogStore

struct CheckpointCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint",
    abstract: "Sign what the log is now: its number of events, and the root over them.",
    discussion: """
      A checkpoint is a few lines of text, after C2SP tlog-checkpoint: the log's origin, the number of events, the root \
      of the Merkle tree, and the signature (Ed25519). Whoever keeps one, outside your reach, can later have it proven \
      that the log has only grown since: touchlog verify --against.

      The key that signs was made by touchlog init, and lies beside the store's key. A store that has none, as one \
      that was made before there were any, gets one with --new-key. Auditors need the verifier key, from you and not from the store.

      Examples:
        touchlog checkpoint --store ./store > 2025-03-01.checkpoint
        touchlog checkpoint --verifier-key > bank.vkey
        touchlog checkpoint --new-key --origin bank.example/touchlog
      """)

  @OptionGroup var store: StoreOptions

  @Flag(help: "Print the verifier key instead, as auditors need it.")
  var verifierKey = false

  @Flag(help: "Make a signing key for a store that has none.")
  var newKey = false

  @Option(
    help: ArgumentHelp(
      "With --new-key: the log's name in checkpoints, and the key's. Default: touchlog/STORE-ID.", valueName: "name"))
  var origin: String?

  func validate() throws {
    if verifierKey, newKey { throw ValidationError("--new-key prints the verifier key by itself; leave one out.") }
    if origin != nil, !newKey {
      throw ValidationError("--origin names a new key, with --new-key; the name of the one that is there stays.")
    }
  }

  func run() throws {
    if newKey { return try makeKey() }
    let opened = try store.open(.reading)
    let key = try store.signingKey(of: opened)
    var output = Output()
    if verifierKey {
      try output.writeLine(key.verifier.description)
    } else {
      let checkpoint = try opened.tree { tree in
        try Checkpoint(origin: key.verifier.name, size: tree.size, root: tree.root)
      }
      try output.write(try key.sign(checkpoint).encoded)
    }
    try output.flush()
  }

  private func makeKey() throws {
    let opened = try store.open(.reading)
    let path = try store.signingKeyPath(of: opened)
    guard !OwnersFile.exists(path) else {
      throw Failure(
        "\(path) is there already. A log keeps its key: auditors know it. See it with --verifier-key", .impossible)
    }
    guard !OwnersFile.isInside(path, folder: opened.path) else {
      throw Failure("\(path) would lie in the store that it signs, and go with every copy", .impossible)
    }
    let key = try origin.map { try SigningKeyPlace.newKey(named: $0) } ?? SigningKeyPlace.newKey(of: opened.id)
    try key.write(to: path)
    var output = Output()
    try output.writeLine("the signing key is \(path): keep a copy of it in a safe place")
    try output.writeLine("auditors verify with \(key.verifier)")
    try output.flush()
  }
}
