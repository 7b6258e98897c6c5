import LMDB

/// Which of a store's vaults: `vault` at first, and after each erasure another one, `vault-1`, `vault-2` …
///
/// The log's `meta` names the one that is in force, in each state of the log its own: so one commit of the log replaces
/// the vault, and a reader of an earlier state never meets a vault that does not belong to it.
struct VaultGeneration: Hashable, Comparable, Sendable {
  let number: UInt32

  /// The vault of a new store.
  static let first = VaultGeneration(number: 0)

  /// The one that an erasure makes of this one.
  var next: VaultGeneration { VaultGeneration(number: number + 1) }

  /// The name of its folder in the store's.
  var folder: String { number == 0 ? "vault" : "vault-\(number)" }

  static func < (left: VaultGeneration, right: VaultGeneration) -> Bool { left.number < right.number }

  init(number: UInt32) {
    self.number = number
  }

  /// Which one a folder's name stands for; nil for a name that no vault has.
  init?(folder: String) {
    if folder == VaultGeneration.first.folder {
      self = .first
    } else {
      let digits = folder.dropFirst("vault-".count)
      guard folder.hasPrefix("vault-"), let number = UInt32(digits), number > 0, String(number) == digits else {
        return nil
      }
      self.init(number: number)
    }
  }

  /// What a log's `meta` has under `vault`; the first one where it has nothing.
  init(inMeta row: UnsafeRawBufferPointer?) throws(StoreError) {
    guard let row else {
      self = .first
      return
    }
    guard let number = row.number(UInt32.self) else {
      throw StoreError.damaged(position: nil, what: "the log names its vault with \(row.count) bytes, not 4")
    }
    self.init(number: number)
  }

  /// Those whose folders are in a store's, ascending: more than one where an erasure was not completed.
  static func all(in store: String) throws(StoreError) -> [VaultGeneration] {
    try SystemFile.names(in: store).compactMap { VaultGeneration(folder: $0) }.sorted()
  }
}

extension LogTables {
  /// The vault that belongs to a state of the log.
  func vaultGeneration<Access>(in transaction: borrowing Transaction<Access>) throws(StoreError) -> VaultGeneration {
    try VaultGeneration(
      inMeta: try stored { () throws(LMDBError) in try transaction.unsafeGet(MetaKey.vault, from: meta) })
  }
}
