import LMDB
import Touchlog

/// The vault, as one of several threads looks at it: each customer adds its number and reference to a sum, each
/// reference takes one away. So every reference leads to its row, and every row has its one reference.
extension ConfirmingThread {
  mutating func confirmCustomers(in parts: Range<Int>) -> Bool {
    var walk = LeafWalk(plan.customers, parts: parts, through: vaultFile)
    while walk.next() {
      let number = CustomerNumber(UInt32(walk.integerKey))
      guard walk.overflow.isEmpty, let row = Vault.Row(walk.value),
        row.dataKey(of: number, under: plan.storeKey, with: &dataKeys) != nil
      else { return false }
      part.customers.add(joined(row.reference, number.value), seed: seed)
      part.customerCount += 1
      part.highestRow = max(part.highestRow ?? 0, number.value)
    }
    return walk.isSound
  }

  mutating func confirmReferences(in parts: Range<Int>) -> Bool {
    var walk = LeafWalk(plan.references, parts: parts, through: vaultFile)
    while walk.next() {
      guard walk.overflow.isEmpty, let number = walk.value.number(UInt32.self) else { return false }
      part.customers.take(joined(walk.key, number), seed: seed)
      part.referenceCount += 1
    }
    return walk.isSound
  }
}
