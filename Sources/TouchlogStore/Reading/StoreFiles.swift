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
  let vault: Environment?
  var unreadable: Set<UnreadablePage> = []

  /// One state of each file.
  struct States {
    let log: PageState
    let vault: PageState

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
    try withState(.log) { log in
      try withState(.vault) { vault in try body(States(log: log, vault: vault)) }
    }
  }

  private func withState<Result>(_ part: StorePart, _ body: (PageState) throws -> Result) throws -> Result {
    guard let environment = part == .log ? log : vault else {
      guard let state = try state(part, transaction: nil) else {
        throw StoreError.damaged(position: nil, what: "\(path)/\(part)/data.mdb is cut short: it has no first page")
      }
      return try body(state)
    }
    for _ in 0..<StoreFiles.tries {
      let result = try environment.read { transaction in
        try state(part, transaction: transaction.id).map { try body($0) }
      }
      if let result { return result }
    }
    throw StoreError.damaged(
      position: nil, what: "\(path)/\(part)/data.mdb: no meta page has the state that LMDB reads")
  }

  /// Between a transaction's begin and the reading of its meta page, two commits may go by; a thousand times in a row
  /// they do not.
  private static let tries = 1000

  /// Mapped anew for each state: the file may have grown.
  private func state(_ part: StorePart, transaction: UInt64?) throws(StoreError) -> PageState? {
    let pages = Set(unreadable.filter { $0.part == part }.map(\.page))
    let file = try stored { () throws(LMDBError) in
      try PageFile(directory: "\(path)/\(part)", unreadable: pages, mark: part.mark)
    }
    // Nothing in the log is ever deleted; in the vault, customers are.
    return PageState(file, transaction: transaction, separatorsAreFirstKeys: part == .log)
  }
}
