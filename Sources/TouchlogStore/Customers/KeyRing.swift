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
  /// By a hash of the reference. Where two share it, the ring knows one of them, and the vault is asked for the other.
  private let entries = Mutex<[UInt64: Entry]>([:])

  /// - Parameter capacity: how many customers are kept; beyond it, the ring begins anew.
  init(vault: Vault, capacity: Int = 65_536) {
    self.vault = vault
    self.capacity = capacity
  }

  /// The entries of references: from the ring, else from the vault, else new ones. In the order of the references.
  func entries(for references: TextTable) throws(StoreError) -> [Entry] {
    let hashes = (0..<UInt32(references.count)).map { number in
      references.withBytes(of: number) { Hashing.bytes(UnsafeRawBufferPointer($0)) }
    }
    var found: [Entry?] = entries.withLock { entries in
      hashes.indices.map { index in
        entries[hashes[index]].flatMap { $0.isEntry(of: UInt32(index), in: references) ? $0 : nil }
      }
    }
    let missing = found.indices.filter { found[$0] == nil }
    // Unwrapped here and at the end, as whatever was missing has been found or made by then.
    guard !missing.isEmpty else { return found.map { $0! } }
    try vault.environment.reading { (transaction) throws(StoreError) in
      for index in missing {
        found[index] = try entry(for: Reference(normalised: references[UInt32(index)]), in: transaction)
      }
    }
    entries.withLock { entries in
      if entries.count + missing.count > capacity { entries.removeAll(keepingCapacity: true) }
      for index in missing {
        // Another caller may have been here first: whoever was first decides.
        if let first = entries[hashes[index]] {
          if first.isEntry(of: UInt32(index), in: references) { found[index] = first }
        } else {
          entries[hashes[index]] = found[index]
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
      for entry in accepted {
        var text = entry.reference.text
        entries[text.withUTF8 { Hashing.bytes(UnsafeRawBufferPointer($0)) }] = entry
      }
    }
  }
}

extension KeyRing.Entry {
  /// Whether it is that of a reference with a number.
  fileprivate func isEntry(of number: UInt32, in references: TextTable) -> Bool {
    var text = reference.text
    return references.withBytes(of: number) { bytes in text.withUTF8 { $0.hasSameBytes(as: bytes) } }
  }
}
