import LMDB
import Synchronization
import Touchlog

/// The customers that were met lately, with their data keys, so that sealing asks the vault rarely.
///
/// A customer whom the vault does not know gets a *provisional* key: all callers that meet the reference seal under
/// the same one, and the writer makes it the customer's when the first of their events is accepted.
final class KeyRing: Sendable {
  /// A customer with the key that seals now. Its number is nil while it is provisional.
  final class Entry: Sendable {
    let reference: Reference
    let dataKey: DataKey
    let number: CustomerNumber?

    init(reference: Reference, dataKey: DataKey, number: CustomerNumber?) {
      self.reference = reference
      self.dataKey = dataKey
      self.number = number
    }
  }

  private let vault: Vault
  /// Under which identifiers are hashed.
  var identifierKey: SecretKey { vault.identifierKey }
  private let capacity: Int
  private let entries = Mutex<[Reference: Entry]>([:])

  /// - Parameter capacity: how many customers are kept; beyond it, the ring begins anew.
  init(vault: Vault, capacity: Int = 65_536) {
    self.vault = vault
    self.capacity = capacity
  }

  /// The entries of references: from the ring, else from the vault, else new ones. In the order of the references.
  func entries(for references: TextTable) throws(StoreError) -> [Entry] {
    try entries(for: (0..<UInt32(references.count)).map { Reference(normalised: references[$0]) })
  }

  private func entries(for references: [Reference]) throws(StoreError) -> [Entry] {
    var found: [Entry?] = entries.withLock { entries in references.map { entries[$0] } }
    let missing = found.indices.filter { found[$0] == nil }
    guard !missing.isEmpty else { return found.map { $0! } }
    var loaded: [Reference: Entry] = [:]
    try vault.environment.reading { (transaction) throws(StoreError) in
      for index in missing where loaded[references[index]] == nil {
        loaded[references[index]] = try entry(for: references[index], in: transaction)
      }
    }
    entries.withLock { entries in
      if entries.count + loaded.count > capacity { entries.removeAll(keepingCapacity: true) }
      for index in missing {
        let reference = references[index]
        // Another caller may have been here first: whoever was first decides.
        if let first = entries[reference] {
          found[index] = first
        } else {
          entries[reference] = loaded[reference]
          found[index] = loaded[reference]
        }
      }
    }
    return found.map { $0! }
  }

  private func entry(
    for reference: Reference, in transaction: borrowing ReadTransaction,
  ) throws(StoreError) -> Entry {
    if let number = try vault.number(of: reference, in: transaction),
      let customer = try vault.customer(number, in: transaction)
    {
      return Entry(reference: reference, dataKey: customer.dataKey, number: number)
    }
    return Entry(reference: reference, dataKey: DataKey(number: 1), number: nil)
  }

  /// Makes known what the vault has taken.
  func replace(_ accepted: [Entry]) {
    entries.withLock { entries in
      for entry in accepted { entries[entry.reference] = entry }
    }
  }
}
