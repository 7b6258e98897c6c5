import LMDB
import Synchronization
import Touchlog

/// The customers that were met lately, with their data keys, so that sealing asks the vault rarely.
///
/// A customer whom the vault does not know gets a *provisional* key: all callers that meet the reference seal under
/// the same one, and the writer makes it the customer's when the first of their events is accepted.
///
/// What it knows is of one generation of the vault, and is dropped with that one: who was erased must not be found here.
final class KeyRing: Sendable {
  /// A customer with the key that seals now. Its number is nil while it is provisional.
  final class Entry: Sendable {
    let reference: Reference
    let dataKey: DataKey
    let number: CustomerNumber?
    /// The vault that said so. Under a later one it is nobody's word: the customer may have been erased, and then neither
    /// number nor key may be used again.
    let generation: VaultGeneration

    init(reference: Reference, dataKey: DataKey, number: CustomerNumber?, generation: VaultGeneration) {
      self.reference = reference
      self.dataKey = dataKey
      self.number = number
      self.generation = generation
    }
  }

  private struct Ring {
    var generation = VaultGeneration.first
    /// By a hash of the reference. Where two share it, the ring knows one of them, and the vault is asked for the other.
    var entries: [UInt64: Entry] = [:]

    mutating func advance(to generation: VaultGeneration) {
      guard generation > self.generation else { return }
      self.generation = generation
      entries.removeAll()
    }
  }

  private let capacity: Int
  private let ring = Mutex(Ring())

  /// - Parameter capacity: how many customers are kept; beyond it, the ring begins anew.
  init(capacity: Int = 65_536) {
    self.capacity = capacity
  }

  /// The entries of references: from the ring, else from the vault, else new ones. In the order of the references.
  func entries(for references: TextTable, in log: Log) throws(StoreError) -> [Entry] {
    let hashes = (0..<UInt32(references.count)).map { number in
      references.withBytes(of: number) { Hashing.bytes(UnsafeRawBufferPointer($0)) }
    }
    var found: [Entry?] = ring.withLock { ring in
      hashes.indices.map { index in
        ring.entries[hashes[index]].flatMap { $0.isEntry(of: UInt32(index), in: references) ? $0 : nil }
      }
    }
    let missing = found.indices.filter { found[$0] == nil }
    // Unwrapped here and at the end, as whatever was missing has been found or made by then.
    guard !missing.isEmpty else { return found.map { $0! } }
    let generation = try log.reading { (_, vault, transaction) throws(StoreError) in
      for index in missing {
        found[index] = try entry(for: Reference(normalised: references[UInt32(index)]), vault, in: transaction)
      }
      return vault.generation
    }
    ring.withLock { ring in
      ring.advance(to: generation)
      // Replaced meanwhile: what was found is good for these events, as the writer looks again, and for no others.
      guard ring.generation == generation else { return }
      if ring.entries.count + missing.count > capacity { ring.entries.removeAll(keepingCapacity: true) }
      for index in missing {
        // Another caller may have been here first: whoever was first decides.
        if let first = ring.entries[hashes[index]] {
          if first.isEntry(of: UInt32(index), in: references) { found[index] = first }
        } else {
          ring.entries[hashes[index]] = found[index]
        }
      }
    }
    return found.map { $0! }
  }

  private func entry(
    for reference: Reference, _ vault: Vault, in transaction: borrowing ReadTransaction,
  ) throws(StoreError) -> Entry {
    if let number = try vault.number(of: reference, in: transaction),
      let customer = try vault.customer(number, in: transaction)
    {
      return Entry(
        reference: reference, dataKey: customer.dataKey, number: number, generation: vault.generation)
    }
    return Entry(reference: reference, dataKey: DataKey(number: 1), number: nil, generation: vault.generation)
  }

  /// Makes known what the vault has taken.
  func replace(_ accepted: [Entry]) {
    ring.withLock { ring in
      for entry in accepted where entry.generation == ring.generation {
        var text = entry.reference.text
        ring.entries[text.withUTF8 { Hashing.bytes(UnsafeRawBufferPointer($0)) }] = entry
      }
    }
  }

  /// Drops what earlier vaults have said: keys whose last holder it was are wiped.
  func begin(_ generation: VaultGeneration) {
    ring.withLock { $0.advance(to: generation) }
  }
}

extension KeyRing.Entry {
  /// Whether it is that of a reference with a number.
  fileprivate func isEntry(of number: UInt32, in references: TextTable) -> Bool {
    var text = reference.text
    return references.withBytes(of: number) { bytes in text.withUTF8 { $0.hasSameBytes(as: bytes) } }
  }
}
