import LMDB
import Touchlog

extension Store {
  /// Checks a store that need not be sound enough to be opened; see `verify(progress:)`.
  ///
  /// - Parameters:
  ///   - path: the store's directory.
  ///   - options: how much address space LMDB may reserve, where it can open the files.
  ///   - unreadable: pages to leave out, and to tell as damage: the disk could not read them before.
  ///   - keyPath: where the key of a store lies.
  ///   - progress: how many events are checked, and how many there are.
  ///   - found: each damage, soon after it was found.
  /// - Throws: `StoreError`, when there is no store, it is of a newer format, or its key is missing or another's; and
  ///   whatever the closures throw.
  package static func verify(
    at path: String, options: Options = Options(), unreadable: Set<UnreadablePage> = [],
    keyPath: (StoreID) throws -> String, progress: (UInt64, UInt64) throws -> Void,
    found: (Verification.Damage) throws -> Void,
  ) throws -> Verification {
    try checkDirectory(path)
    let files = StoreFiles(
      path: path, log: try environment("log", of: path, options: options.log(.readOnly)),
      vault: { try environment($0.folder, of: path, options: options.vault(.readOnly)) }, unreadable: unreadable)
    return try files.withStates { states in
      try checkFormat(of: states, path: path)
      var verifier = Verifier(
        states, storeKey: try storeKey(for: states, keyPath: keyPath), formats: options.formats)
      try verifier.run(progress: progress, found: found)
      return verifier.result
    }
  }

  /// LMDB trusts the meta pages, so it is asked to open the file only where they are sound; they are told otherwise.
  private static func environment(
    _ folder: String, of path: String, options: Environment.Options,
  ) throws(StoreError) -> Environment? {
    try stored { () throws(LMDBError) in
      let directory = "\(path)/\(folder)"
      guard PageState.metaFaults(in: try PageFile(directory: directory)).isEmpty else { return nil }
      return try Environment(directory: directory, options: options)
    }
  }

  /// A later format cannot be checked, and a damaged number looks like one: both numbers are told.
  private static func checkFormat(of states: StoreFiles.States, path: String) throws(StoreError) {
    for (part, key, supported) in [
      (StorePart.log, LogTables.MetaKey.format, LogTables.formatVersion),
      (StorePart.vault, VaultTables.MetaKey.format, Vault.formatVersion),
    ] {
      let format = states.state(of: part).tree("meta", keys: .bytes).find(key)?.number(UInt32.self)
      if let format, format > supported {
        throw StoreError.newerFormat(path: path, found: format, supported: supported)
      }
    }
  }

  /// Both files tell the store's id, so one of them may be damaged.
  private static func storeKey(
    for states: StoreFiles.States, keyPath: (StoreID) throws -> String,
  ) throws -> StoreKey {
    let ids = [
      states.log.tree("meta", keys: .bytes).find(LogTables.MetaKey.store),
      states.vault.tree("meta", keys: .bytes).find(VaultTables.MetaKey.store),
    ].compactMap { $0 }.filter { $0.count == 16 }.map { StoreID(bytes: Array($0)) }
    guard let first = ids.first else {
      throw StoreError.damaged(position: nil, what: "neither the log nor the vault tells which store it is")
    }
    var failure: (any Error)?
    for id in ids {
      let path = try keyPath(id)
      do {
        let key = try StoreKey(contentsOf: path)
        if ids.contains(key.store) { return key }
        if failure == nil { failure = StoreError.keyWrong(path: path) }
      } catch {
        if failure == nil { failure = error }
      }
    }
    if let failure { throw failure }
    throw StoreError.keyMissing(path: try keyPath(first))
  }
}
