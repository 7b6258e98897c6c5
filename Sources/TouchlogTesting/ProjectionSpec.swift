public import Touchlog

/// What every projection must keep: however a log is cut, ordered and repeated while it is folded, the rows are the same.
///
/// ```swift
/// try ProjectionSpec(ServiceConsistency.self).check(log, seed: 7)
/// ```
public struct ProjectionSpec<Folded: Projection & ~Copyable> {
  /// A suite for one projection.
  public init(_ type: Folded.Type) {}

  /// Folds a log in one go, in pieces that are merged in another order, twice over, event by event, and backward.
  ///
  /// - Throws: `ProjectionFault`, which says what made a difference, and where.
  public func check(_ log: SampleLog, seed: UInt64 = 1) throws {
    let expected = try rows(of: log, pieces: [0..<log.count])
    var random = SplitMix64(seed: seed)
    var cuts = (0..<6).map { _ in Int(random.next() % UInt64(log.count + 1)) }.sorted()
    cuts = [0] + cuts + [log.count]
    let pieces = zip(cuts, cuts.dropFirst()).map { $0..<$1 }
    try expect(rows(of: log, pieces: pieces), expected, after: "folding \(pieces.count) pieces")
    try expect(
      rows(of: log, pieces: pieces.shuffled(using: &random)), expected, after: "folding pieces in another order")
    try expect(
      rows(of: log, pieces: (0..<log.count).reversed().map { $0..<$0 + 1 }), expected, after: "folding backward")
    try expect(rows(of: log, pieces: pieces, merged: true), expected, after: "merging the rows of pieces")
  }

  private func expect(_ found: [FoldedRow], _ expected: [FoldedRow], after what: String) throws {
    if found == expected { return }
    let place = zip(found, expected).first { $0 != $1 }
    throw ProjectionFault(
      "\(Folded.name): \(what) gives \(found.count) rows instead of \(expected.count), "
        + "the first difference at \(place.map { "\($0.1.table) \($0.1.key)" } ?? "the end")")
  }

  private func rows(of log: SampleLog, pieces: [Range<Int>], merged: Bool = false) throws -> [FoldedRow] {
    if !merged {
      let fold = Fold(Folded.self)
      for piece in pieces { log.fold(piece, into: fold) }
      return try FoldedView(taking: fold, head: Position(UInt64(log.count)), naming: log).rows
    }
    var views: [FoldedView] = []
    for piece in pieces {
      let fold = Fold(Folded.self)
      log.fold(piece, into: fold)
      views.append(try FoldedView(taking: fold, head: Position(UInt64(log.count)), naming: log))
    }
    return FoldedRow.merging(views)
  }
}

/// What a projection does that it must not.
public struct ProjectionFault: Error, CustomStringConvertible {
  /// What made a difference, and where.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// A row as it would lie on disk.
struct FoldedRow: Equatable {
  let table: String
  let key: RowKey
  var bytes: [UInt8]

  /// The rows of several views as one.
  static func merging(_ views: [FoldedView]) -> [FoldedRow] {
    var rows: [String: [RowKey: [UInt8]]] = [:]
    for view in views {
      for name in view.tableNames {
        guard let table = view.table(named: name) else { continue }
        table.forEachRow { key, bytes in
          guard let before = rows[name]?[key] else {
            rows[name, default: [:]][key] = Array(bytes)
            return
          }
          var result: [UInt8] = []
          before.withUnsafeBytes { table.merging.merge($0, bytes, into: &result) }
          rows[name]?[key] = result
        }
      }
    }
    return rows.sorted { $0.key < $1.key }.flatMap { name, rows in
      rows.sorted { $0.key < $1.key }.map { FoldedRow(table: name, key: $0.key, bytes: $0.value) }
    }
  }
}

extension FoldedView {
  /// All rows, as they would lie on disk.
  var rows: [FoldedRow] {
    var rows: [FoldedRow] = []
    for name in tableNames {
      table(named: name)?.forEachRow { key, bytes in
        rows.append(FoldedRow(table: name, key: key, bytes: Array(bytes)))
      }
    }
    return rows
  }
}
