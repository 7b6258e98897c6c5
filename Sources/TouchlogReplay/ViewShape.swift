import Touchlog

/// What a projection's view consists of: known from the projection, and held against what lies on disk.
struct ViewShape: Sendable {
  let name: String
  let version: UInt32
  /// The tables, in the projection's order.
  let tables: [(name: String, merging: RowMerging)]

  /// The shape of a fold's projection.
  init(of fold: Fold) throws {
    name = fold.name
    version = fold.version
    var tables: [(name: String, merging: RowMerging)] = []
    try fold.another().visitTables { name, table in
      tables.append((name, table.entries.merging))
    }
    self.tables = tables
  }

  /// The name of the view's folder.
  var folder: String { "\(name)-v\(version)" }

  /// What a view says of itself, which must be equal for it to be read: format, projection, store and tables.
  func description(store: String) -> String {
    var lines = ["touchlog-view \(ViewShape.format)", "projection \(name) \(version)", "store \(store)"]
    for (name, merging) in tables {
      lines.append("table \(name) \(merging.stride) \(merging.collects ? "marks" : "row")")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The format of all views; raised when the bytes of keys, values or `ViewState` change.
  static let format = 1

  func merging(of table: String) throws -> RowMerging {
    guard let found = tables.first(where: { $0.name == table }) else {
      throw ReplayError.unknownTable(table, projection: name, known: tables.map(\.name))
    }
    return found.merging
  }
}
