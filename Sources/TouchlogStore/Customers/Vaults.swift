import LMDB
import Synchronization

/// The vault of a store that is in force, opened; and, where this process erases, those that it has replaced.
///
/// A process that reads notices another vault when the log names it. It opens that one, and closes the former when its
/// last transaction is over.
final class Vaults: Sendable {
  /// The store's folder.
  let store: String
  let storeKey: StoreKey
  /// Where the store's key lies.
  let keyPath: String
  let options: Store.Options
  let access: Store.Access
  private let state = Mutex(State())

  private struct State {
    var vault: Vault?
    /// Replaced by this process, and not overwritten yet.
    var former: [VaultGeneration: Environment] = [:]
    /// Whether there may be former vaults that are not overwritten yet.
    var hasFormer = false
  }

  init(store: String, storeKey: StoreKey, keyPath: String, options: Store.Options, access: Store.Access) {
    self.store = store
    self.storeKey = storeKey
    self.keyPath = keyPath
    self.options = options
    self.access = access
  }

  /// A generation of the vault, opened if need be.
  ///
  /// - Returns: nil for one that was replaced, as this process knows from a later state of the log.
  /// - Throws: `StoreError`, also where it was replaced and removed since the log was asked: who asks it again knows.
  func vault(_ generation: VaultGeneration) throws(StoreError) -> Vault? {
    try state.withLock { (state) throws(StoreError) in
      if let vault = state.vault {
        if vault.generation == generation { return vault }
        if vault.generation > generation { return nil }
      }
      let vault = try open(generation)
      state.vault = vault
      return vault
    }
  }

  private func open(_ generation: VaultGeneration) throws(StoreError) -> Vault {
    let directory = directory(of: generation)
    guard SystemFile.exists(directory + "/data.mdb") else {
      throw StoreError.notAStore(path: store, reason: "there is no \(generation.folder)/data.mdb in it")
    }
    let environment = try stored { () throws(LMDBError) in
      try Environment(directory: directory, options: options.vault(access.environmentAccess))
    }
    return try Vault(opening: environment, generation: generation, storeKey: storeKey, keyPath: keyPath)
  }

  /// The folder of a generation.
  func directory(of generation: VaultGeneration) -> String { "\(store)/\(generation.folder)" }

  /// Puts a vault in force that this process has made, once the log names it.
  func replace(with vault: Vault) {
    state.withLock { state in
      if let former = state.vault { state.former[former.generation] = former.environment }
      state.hasFormer = true
      state.vault = vault
    }
  }

  /// Under which identifiers are hashed, the same in all of a store's vaults.
  ///
  /// - Precondition: A vault was opened.
  var identifierKey: SecretKey {
    guard let key = state.withLock({ $0.vault?.identifierKey }) else {
      preconditionFailure("opening a store opens its vault")
    }
    return key
  }

  // MARK: Former vaults

  /// Whether there may be former vaults that are not overwritten yet.
  var hasFormer: Bool {
    get { state.withLock { $0.hasFormer } }
    set { state.withLock { $0.hasFormer = newValue } }
  }

  /// A former vault's environment, where this process has it open: LMDB must not open it twice.
  func former(_ generation: VaultGeneration) -> Environment? {
    state.withLock { $0.former[generation] }
  }

  /// Lets go of a former vault that is overwritten.
  func forget(_ generation: VaultGeneration) {
    state.withLock { _ = $0.former.removeValue(forKey: generation) }
  }

  /// Closes what is open.
  func close() throws(LMDBError) {
    try state.withLock { (state) throws(LMDBError) in
      try state.vault?.environment.close()
      for environment in state.former.values { try environment.close() }
      state.former = [:]
    }
  }
}

extension Log {
  /// Calls `body` with a transaction of the log and, begun after it, one of the vault that this state of the log names:
  /// so no customer is missing who is in the one.
  ///
  /// An erasure may replace the vault between the two: then both are begun anew. Once `body` runs, the vault stays as it
  /// is: whoever erases waits for it.
  @available(*, noasync, message: "a transaction must not live across an await")
  func read<Result>(
    _ body: (borrowing ReadTransaction, Vault, borrowing ReadTransaction) throws -> Result,
  ) throws -> Result {
    for _ in 0..<Log.tries {
      let transaction = try environment.beginRead()
      let generation = try tables.vaultGeneration(in: transaction)
      guard let vault = try vault(generation, since: transaction.id) else { continue }
      let vaultTransaction = try vault.environment.beginRead()
      if try isReplaced(generation, since: transaction.id) { continue }
      return try body(transaction, vault, vaultTransaction)
    }
    throw StoreError.damaged(position: nil, what: "the log names another vault whenever it is asked")
  }

  /// As `read`, with the store's errors.
  @available(*, noasync, message: "a transaction must not live across an await")
  func reading<Result>(
    _ body: (borrowing ReadTransaction, Vault, borrowing ReadTransaction) throws(StoreError) -> Result,
  ) throws(StoreError) -> Result {
    do {
      return try read { try body($0, $1, $2) }
    } catch let error as StoreError {
      throw error
    } catch let error as LMDBError {
      throw StoreError.storage(error)
    } catch {
      preconditionFailure("reading throws nothing else: \(error)")
    }
  }

  /// Erasures come one by one, each with a commit that is synced: so many in a row while one reader begins do not.
  private static let tries = 1000

  /// The vault of a state of the log; nil where it was replaced since.
  private func vault(_ generation: VaultGeneration, since transaction: UInt64) throws(StoreError) -> Vault? {
    do throws(StoreError) {
      return try vaults.vault(generation)
    } catch {
      // Half removed, it fails in many ways.
      guard try isReplaced(generation, since: transaction) else { throw error }
      return nil
    }
  }

  /// Whether a later state of the log than that of a transaction names another vault.
  ///
  /// Asked after the vault's transaction has begun. Whoever erases first commits the log and then looks for transactions:
  /// so one of the two sees the other.
  private func isReplaced(_ generation: VaultGeneration, since transaction: UInt64) throws(StoreError) -> Bool {
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    let last = try stored { () throws(LMDBError) in try environment.lastTransaction() }
    if last == transaction { return false }
    return try environment.reading { (now) throws(StoreError) in try tables.vaultGeneration(in: now) } != generation
  }

  /// The vault that is in force now. It stays so for whoever appends, until that one erases.
  var vault: Vault {
    get throws(StoreError) { try reading { (_, vault, _) throws(StoreError) in vault } }
  }
}
