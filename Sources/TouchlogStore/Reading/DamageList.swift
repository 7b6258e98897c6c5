import LMDB
import Touchlog

/// The damages of one verification. Where the same is to be said of events in a row, it is said once.
struct DamageList {
  /// What was found and will not grow any more, in the order of finding.
  private(set) var damages: [Verification.Damage] = []
  private var growing: [Kind: Range<UInt64>] = [:]
  /// How many of `damages` were told.
  private var told = 0

  private struct Kind: Hashable {
    let table: String
    let what: String
  }

  mutating func add(_ what: String, in table: String) {
    damages.append(Verification.Damage(position: nil, through: nil, table: table, what: what))
  }

  mutating func add(_ what: String, in table: String, at positions: Range<UInt64>) {
    guard !positions.isEmpty else { return }
    let kind = Kind(table: table, what: what)
    if let before = growing[kind], before.upperBound == positions.lowerBound {
      growing[kind] = before.lowerBound..<positions.upperBound
      return
    }
    close(kind)
    growing[kind] = positions
    // Few kinds grow at a time: those of one page, and of one moment.
    if growing.count > 64 { closeAll() }
  }

  /// Calls `body` with each damage that was not told yet and will not grow any more.
  mutating func tell(_ body: (Verification.Damage) throws -> Void) rethrows {
    while told < damages.count {
      try body(damages[told])
      told += 1
    }
  }

  mutating func closeAll() {
    let order = growing.sorted { ($0.value.lowerBound, $0.key.table) < ($1.value.lowerBound, $1.key.table) }
    for (kind, _) in order { close(kind) }
  }

  private mutating func close(_ kind: Kind) {
    guard let positions = growing.removeValue(forKey: kind) else { return }
    damages.append(
      Verification.Damage(
        position: Position(positions.lowerBound), through: Position(positions.upperBound - 1), table: kind.table,
        what: kind.what))
  }
}
