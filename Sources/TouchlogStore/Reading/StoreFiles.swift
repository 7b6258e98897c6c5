import LMDB

/// Which of a store's two files.
package enum StorePart: String, Sendable, CaseIterable {
  case log
  case vault

  /// By which `PageFile.lastTouched` tells the two apart.
  var mark: UInt8 { self == .log ? 0 : 1 }
}

/// A page that an earlier try could not read.
package struct UnreadablePage: Hashable, Sendable {
  package let part: StorePart
  package let page: UInt64

  package init(part: StorePart, page: UInt64) {
    self.part = part
    self.page = page
  }

  /// The page that verification in this process has asked for last. A handler of signals may ask for it.
  package static var lastTouched: UnreadablePage {
    let touched = PageFile.lastTouched
    return UnreadablePage(part: touched.mark == 0 ? .log : .vault, page: touched.page)
  }
}

/// A store's two files, of which one state is read page by page.
struct StoreFiles {
  let path: String
  /// What keeps a writer from using the state's pages again; nil where LMDB cannot open a file any more.
  let log: Environment?
  /// The environment of a vault; nil where LMDB cannot open it any more.
  let vault: (VaultGeneration) throws -> Environment?
  var unreadable: Set<UnreadablePage> = []

  /// One state of each file.
  struct States {
    let log: PageState
    let vault: PageState
    /// Which vault it is: the one that the log names, where it is there.
    let generation: VaultGeneration

    /// The vault's table of those who were erased; nil in vaults of earlier versions.
    var erased: PageTree? { vault.hasTable("erased") ? vault.tree("erased", keys: .uint32) : nil }

    func state(of part: StorePart) -> PageState {
      switch part {
      case .log: log
      case .vault: vault
      }
    }
  }

  /// Calls `body` with the latest states. The log's is taken before the vault's: so no customer is missing in the
  /// one that the other has.
  func withStates<Result>(_ body: (States) throws -> Result) throws -> Result {
    for _ in 0..<StoreFiles.tries {
      let result = try withState(of: log, .log, in: "log") { log throws -> Result? in
        let generation = try vault(namedBy: log)
        do {
          let environment = try vault(generation)
          return try withState(of: environment, .vault, in: generation.folder) { vault throws -> Result? in
            if try isReplaced(generation) { return nil }
            do {
              return try body(States(log: log, vault: vault, generation: generation))
            } catch {
              throw FromBody(error: error)
            }
          }
        } catch let error as FromBody {
          throw error.error
        } catch {
          // Somebody was erased meanwhile, and the vault went away.
          guard try isReplaced(generation) else { throw error }
          return nil
        }
      }
      if let result { return result }
    }
    throw StoreError.damaged(position: nil, what: "the log names another vault whenever it is asked")
  }

  /// Told apart from what goes wrong before.
  private struct FromBody: Error {
    let error: any Error
  }

  /// The vault that a state of the log names. Where that is not there, as where the name is damaged, the latest that is.
  private func vault(namedBy log: PageState) throws(StoreError) -> VaultGeneration {
    let named = StoreFiles.vault(namedBy: log)
    let there = try VaultGeneration.all(in: path)
    if let named, there.contains(named) { return named }
    guard let last = there.last else { throw StoreError.notAStore(path: path, reason: "there is no vault in it") }
    return last
  }

  /// The vault that a state of the log names; nil where the name is damaged.
  static func vault(namedBy log: PageState) -> VaultGeneration? {
    let row = log.tree("meta", keys: .bytes).find(LogTables.MetaKey.vault)
    return row.map { $0.number(UInt32.self).map { VaultGeneration(number: $0) } } ?? .first
  }

  private func isReplaced(_ generation: VaultGeneration) throws -> Bool {
    guard log != nil else { return false }
    return try withState(of: log, .log, in: "log") { now in
      let named = StoreFiles.vault(namedBy: now)
      return try named != nil && named != generation && VaultGeneration.all(in: path).contains { $0 == named }
    }
  }

  private func withState<Result>(
    of environment: Environment?, _ part: StorePart, in folder: String, _ body: (PageState) throws -> Result,
  ) throws -> Result {
    guard let environment else {
      guard let state = try state(part, in: folder, transaction: nil) else {
        throw StoreError.damaged(position: nil, what: "\(path)/\(folder)/data.mdb is cut short: it has no first page")
      }
      return try body(state)
    }
    for _ in 0..<StoreFiles.tries {
      let result = try environment.read { transaction in
        try state(part, in: folder, transaction: transaction.id).map { try body($0) }
      }
      if let result { return result }
    }
    throw StoreError.damaged(
      position: nil, what: "\(path)/\(folder)/data.mdb: no meta page has the state that LMDB reads")
  }

  /// Between a transaction's begin and the reading of its meta page, two commits may go by; a thousand times in a row
  /// they do not.
  private static let tries = 1000

  /// Mapped anew for each state: the file may have grown.
  private func state(_ part: StorePart, in folder: String, transaction: UInt64?) throws(StoreError) -> PageState? {
    let pages = Set(unreadable.filter { $0.part == part }.map(\.page))
    let file = try stored { () throws(LMDBError) in
      try PageFile(directory: "\(path)/\(folder)", unreadable: pages, mark: part.mark)
    }
    // Nothing in the log is ever deleted; in vaults of earlier versions, customers were.
    return PageState(file, transaction: transaction, separatorsAreFirstKeys: part == .log)
  }
}
