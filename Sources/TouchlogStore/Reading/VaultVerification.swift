import LMDB
import Touchlog

/// The vault: every reference leads to a row, every row to its reference, and the store's key unwraps every data key.
extension Verifier {
  mutating func verifyVault(_ beat: () throws -> Void) rethrows {
    let references = states.vault.tree("references", keys: .bytes)
    let customers = states.vault.tree("customers", keys: .uint32)
    verifyVaultMeta()
    let highest = try verifyCustomers(customers, leadingTo: references, beat)
    var walk = PageWalk(references)
    while walk.next() {
      try beat()
      let number = walk.value.number(UInt32.self)
      let isThere = number.map { number in withUnsafeBytes(of: number) { customers.find($0) } != nil } ?? false
      if !isThere { report("the reference of \(Verifier.words(for: number)) leads to no row", in: "vault") }
    }
    verifyNextNumber(after: highest)
  }

  private static func words(for number: UInt32?) -> String {
    number.map { "\(CustomerNumber($0))" } ?? "a row that is no number"
  }

  /// Answers the highest number that has a row.
  private mutating func verifyCustomers(
    _ customers: PageTree, leadingTo references: PageTree, _ beat: () throws -> Void,
  ) rethrows -> UInt32? {
    var walk = PageWalk(customers)
    var highest: UInt32?
    while walk.next() {
      try beat()
      let number = CustomerNumber(UInt32(walk.integerKey))
      highest = number.value
      do throws(StoreError) {
        let customer = try Vault.customer(number, row: walk.value, storeKey: storeKey)
        let back = references.find(Array(customer.reference.text.utf8))?.number(UInt32.self)
        if back != number.value { report("the reference of \(number) does not lead back to it", in: "vault") }
      } catch {
        report(error.finding, in: "vault")
      }
    }
    return highest
  }

  private mutating func verifyVaultMeta() {
    let meta = states.vault.tree("meta", keys: .bytes)
    if meta.find(VaultTables.MetaKey.format)?.number(UInt32.self) != Vault.formatVersion {
      report("the vault's format is not \(Vault.formatVersion)", in: "vault")
    }
    if meta.find(VaultTables.MetaKey.store).map({ Array($0) }) != storeKey.store.bytes {
      report("the store's id in the vault is not that of its key", in: "vault")
    }
    let check = meta.find(VaultTables.MetaKey.check)
    if check.flatMap({ Vault.identifierKey(sealed: $0, storeKey: storeKey) }) == nil {
      report("the store's key does not open the vault's check", in: "vault")
    }
    var walk = PageWalk(meta)
    while walk.next() {}
  }

  /// A number is given once its customer is in the vault, and never again: a forgotten customer has events, if no row.
  private mutating func verifyNextNumber(after highestRow: UInt32?) {
    let next = states.vault.tree("meta", keys: .bytes).find(VaultTables.MetaKey.next)?.number(UInt32.self)
    let highest = [highestRow, tails.highest?.value, laterTails.keys.max()?.value].compactMap { $0 }.max()
    let expected = highest.map { $0 &+ 1 } ?? 0
    if next != expected {
      let said = next.map { "\(CustomerNumber($0))" } ?? "nothing"
      report("the next customer should be \(CustomerNumber(expected)), and the vault says \(said)", in: "vault")
    }
  }
}
