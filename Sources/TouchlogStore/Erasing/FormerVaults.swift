import LMDB
import Synchronization
import Touchlog

extension Log {
  /// Completes what a killed process, or a full disk, has left of erasures. To be called when the store is opened for
  /// appending, once what can be seen of the log is on disk.
  func completeErasures() throws(StoreError) {
    let inForce = try vault.generation
    for generation in try VaultGeneration.all(in: vaults.store) where generation > inForce {
      // The commit that would have named it did not come: nobody has ever read it.
      try vaults.remove(generation)
    }
    try completeErasureList()
    _ = try overwriteFormerVaults()
  }

  /// Adds to the list of erasures whom it lacks.
  func completeErasureList() throws(StoreError) {
    let path = vaults.erasureListPath
    let store = vaults.storeKey.store
    let erased = try reading { (_, vault, transaction) throws(StoreError) in try vault.erasures(in: transaction) }
    guard !erased.isEmpty else { return }
    let list = SystemFile.exists(path) ? try ErasureList(contentsOf: path) : ErasureList()
    let listed = Set(list.lines.filter { $0.store == store }.map(\.customer))
    let missing = try environment.reading { (transaction) throws(StoreError) in
      try erased.filter { !listed.contains($0.number) }.map { (erased) throws(StoreError) in
        ErasureList.Line(
          store: store, customer: erased.number, position: erased.row.position,
          recordedAt: try recordedAt(erased.row.position, in: transaction))
      }
    }
    guard !missing.isEmpty else { return }
    let ancestors = try environment.reading { (transaction) throws(StoreError) in
      try tables.ancestors(of: store, in: transaction)
    }
    let descents = ancestors.filter { !list.descents.contains($0) }
    try ErasureListFile(path).append(ErasureList(lines: missing, descents: descents))
  }

  /// Overwrites and removes the former vaults that nobody reads. To be called by the writer alone.
  func overwriteFormerVaults() throws(StoreError) -> FormerVaults {
    let inForce = try vault.generation
    // The commit that replaced them came before the look at their readers, see `isReplaced`.
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    var readers: Set<Int32> = []
    for generation in try VaultGeneration.all(in: vaults.store) where generation < inForce {
      let reading = try vaults.readers(of: generation)
      if reading.isEmpty { try vaults.remove(generation) } else { readers.formUnion(reading) }
    }
    vaults.hasFormer = !readers.isEmpty
    return FormerVaults(readers: readers.sorted(), failure: nil)
  }
}

extension Vaults {
  /// The file that names erased customers by number.
  var erasureListPath: String { ErasureList.path(of: storeKey.store, besideKeyAt: keyPath) }

  /// Makes a vault, and has it filled; what was made of it is removed where that fails.
  func make(
    _ generation: VaultGeneration, identifierKey: SecretKey, fill: (Vault) throws -> Void,
  ) throws -> Vault {
    // Left by an erasure that failed, and could not remove it.
    if try VaultGeneration.all(in: store).contains(generation) { try remove(generation) }
    do {
      let environment = try Environment(directory: directory(of: generation), options: options.vault(creating: true))
      let vault = try Vault(
        creating: environment, generation: generation, storeKey: storeKey, identifierKey: identifierKey)
      try fill(vault)
      return vault
    } catch {
      do {
        try remove(generation)
      } catch {
        // The next opening of the store for appending removes it; what was in the way first is what is told.
      }
      throw error
    }
  }

  /// The processes that have a transaction in a former vault.
  func readers(of generation: VaultGeneration) throws(StoreError) -> [Int32] {
    guard let environment = try formerEnvironment(generation) else { return [] }
    return try stored { () throws(LMDBError) in
      _ = try environment.clearStaleReaders()
      return try environment.readers().filter { $0.transaction != nil }.map(\.process)
    }
  }

  /// Nil where the vault cannot be read any more: then its overwriting had begun.
  private func formerEnvironment(_ generation: VaultGeneration) throws(StoreError) -> Environment? {
    if let environment = former(generation) { return environment }
    guard SystemFile.exists(directory(of: generation) + "/data.mdb") else { return nil }
    do throws(LMDBError) {
      return try Environment(directory: directory(of: generation), options: options.vault(.readWrite))
    } catch {
      switch error.code {
      case .invalid, .corrupted, .versionMismatch: return nil
      default: throw StoreError.storage(error)
      }
    }
  }

  /// Overwrites a vault with zeros, and removes it. Killed on the way, it can be done again.
  ///
  /// The file of locks stays as it is until it goes, as its locks are in use: it holds numbers of processes and nothing
  /// else.
  func remove(_ generation: VaultGeneration) throws(StoreError) {
    let folder = directory(of: generation)
    if SystemFile.exists(folder + "/data.mdb") { try SystemFile.overwrite(folder + "/data.mdb") }
    forget(generation)
    try SystemFile.removeEnvironment(folder)
    try SystemFile.sync(directory: store)
  }
}

extension Vault {
  /// Everybody who was erased, in the order of numbers.
  func erasures(
    in transaction: borrowing ReadTransaction,
  ) throws(StoreError) -> [(number: CustomerNumber, row: ErasedRow)] {
    var erasures: [(CustomerNumber, ErasedRow)] = []
    do {
      try forEachErasure(in: transaction) { erasures.append(($0, $1)) }
    } catch let error as StoreError {
      throw error
    } catch let error as LMDBError {
      throw StoreError.storage(error)
    } catch {
      preconditionFailure("reading throws nothing else: \(error)")
    }
    return erasures
  }
}
