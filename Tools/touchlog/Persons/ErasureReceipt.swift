import Touchlog
import TouchlogStore

/// What a log signs when it has erased somebody, for whoever has to show that it was done: numbers, positions and times,
/// and neither who it was nor why.
///
/// ```
/// touchlog-erasure/1
/// log bank.example/touchlog
/// store 0b5f…
/// customer 17 erased at 1204
/// recorded 2025-03-01T09:15:00.123456Z
/// head 1206
/// root 9e10…
/// ```
///
/// Signed, it is a note after C2SP signed-note, by the key that signs checkpoints. Its first line is no origin and its
/// second no size, so it can be taken for no checkpoint.
struct ErasureReceipt {
  /// The first line.
  static let format = "touchlog-erasure/1"

  /// The name of the key that signs it.
  let log: String
  let store: StoreID
  /// Who was erased, and where the `customer.erased` of each is.
  let customers: [(number: CustomerNumber, position: Position)]
  /// When the log took it.
  let recordedAt: Timestamp
  /// How many events the log had once it was done, or later.
  let head: Position
  /// The root of the Merkle tree over them: 64 hexadecimal digits, as `touchlog verify` tells it.
  let root: String

  /// The text that is signed.
  var text: String {
    var lines = [ErasureReceipt.format, "log \(log)", "store \(store)"]
    lines += customers.map { "customer \($0.number.value) erased at \($0.position)" }
    lines += ["recorded \(recordedAt.rfc3339)", "head \(head)", "root \(root)"]
    return lines.map { $0 + "\n" }.joined()
  }
}
