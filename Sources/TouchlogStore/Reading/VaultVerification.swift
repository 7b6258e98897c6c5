import LMDB
import Touchlog

/// The vault: every reference leads to a row, every row to its reference, and the store's key unwraps every data key; every
/// number is somebody's, or was somebody's who was erased, as the log says too.
extension Verifier {
  mutating func verifyVault(_ beat: () throws -> Void) rethrows {
    let references = states.vault.tree("references", keys: .bytes)
    let customers = states.vault.tree("customers", keys: .uint32)
    verifyVaultMeta()
    if !areCustomersConfirmed { try verifyCustomers(customers, leadingTo: references, beat) }
    let highestErased = try verifyErased(besides: customers, beat)
    if !areCustomersConfirmed { try verifyReferences(references, leadingTo: customers, beat) }
    verifyNextNumber(after: [highestRow, highestErased].compactMap { $0 }.max())
  }

  private mutating func verifyReferences(
    _ references: PageTree, leadingTo customers: PageTree, _ beat: () throws -> Void,
  ) rethrows {
    var walk = PageWalk(references)
    while walk.next() {
      try beat()
      let number = walk.value.number(UInt32.self)
      let isThere = number.map { number in withUnsafeBytes(of: number) { customers.find($0) } != nil } ?? false
      if !isThere { report("the reference of \(Verifier.words(for: number)) leads to no row", in: "vault") }
    }
  }

  private static func words(for number: UInt32?) -> String {
    number.map { "\(CustomerNumber($0))" } ?? "a row that is no number"
  }

  private mutating func verifyCustomers(
    _ customers: PageTree, leadingTo references: PageTree, _ beat: () throws -> Void,
  ) rethrows {
    var walk = PageWalk(customers)
    while walk.next() {
      try beat()
      let number = CustomerNumber(UInt32(walk.integerKey))
      highestRow = number.value
      do throws(StoreError) {
        let customer = try Vault.customer(number, row: walk.value, storeKey: storeKey)
        let back = references.find(Array(customer.reference.text.utf8))?.number(UInt32.self)
        if back != number.value { report("the reference of \(number) does not lead back to it", in: "vault") }
      } catch {
        report(error.finding, in: "vault")
      }
    }
  }

  /// Answers the highest number that was erased.
  private mutating func verifyErased(besides customers: PageTree, _ beat: () throws -> Void) rethrows -> UInt32? {
    var highest: UInt32?
    var count: UInt64 = 0
    if let erased = states.erased {
      var walk = PageWalk(erased)
      while walk.next() {
        try beat()
        count += 1
        let number = UInt32(walk.integerKey)
        highest = number
        if withUnsafeBytes(of: number, { customers.find($0) }) != nil {
          report("\(CustomerNumber(number)) was erased, and has a row", in: "vault")
        }
        if let what = wrongErasure(of: CustomerNumber(number), row: walk.value) { report(what, in: "vault") }
      }
    }
    // Where records are lost, so may be what they said.
    if missing.isEmpty, UInt64(erasures) != count {
      report("\(count) customers are erased in it, and \(erasures) by the log", in: "vault")
    }
    let given = states.vault.tree("meta", keys: .bytes).find(VaultTables.MetaKey.next)?.number(UInt32.self)
    if let given, customers.entries + count != UInt64(given) {
      report("it has given \(given) numbers, and knows \(customers.entries) customers and \(count) erased", in: "vault")
    }
    return highest
  }

  /// What is wrong with the row of somebody who was erased; nil where the log says the same.
  private func wrongErasure(of number: CustomerNumber, row: UnsafeRawBufferPointer) -> String? {
    guard let row = ErasedRow(encoded: row) else {
      return "the row of \(number), who was erased, is not what was written"
    }
    if isMissing(row.position.value) { return nil }
    var scratch = RecordScratch()
    let header = withUnsafeBytes(of: row.position.value) { headers.find($0) }
    guard let header, let event = formats.event(at: row.position, header.bytes, in: &scratch),
      Verifier.isErasure(event), event.customer == number
    else { return "\(number) was erased, and event \(row.position) does not say so" }
    return nil
  }

  private mutating func verifyVaultMeta() {
    let meta = states.vault.tree("meta", keys: .bytes)
    let named = StoreFiles.vault(namedBy: states.log)
    let own = meta.find(VaultTables.MetaKey.generation).map { $0.number(UInt32.self) } ?? 0
    if named != states.generation {
      report(
        "the log names \(named.map(\.folder) ?? "no vault"), and there is \(states.generation.folder) only", in: "vault"
      )
    } else if own != states.generation.number {
      report(
        "it lies in \(states.generation.folder), and is number \(own.map { String($0) } ?? "nothing")", in: "vault")
    }
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
