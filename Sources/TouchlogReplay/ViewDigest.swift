import Touchlog
import TouchlogStore

extension Replay {
  /// SHA-256 over all rows of a projection's view, up to the head as it is now, in the order of tables and keys: the same
  /// for the same rows, however they came about. 64 hexadecimal digits.
  ///
  /// Each row counts as its key, 12 bytes, the length of its value, UInt32 little-endian, and the value; each table
  /// begins with its name and a zero byte.
  public func digest(of name: String) throws -> String {
    let shape = try ViewShape(of: try fold(name))
    return try withView(of: name) { view in
      var hash = SHA256()
      for (table, _) in shape.tables {
        Array(table.utf8).withUnsafeBytes { hash.update($0) }
        withUnsafeBytes(of: UInt8(0)) { hash.update($0) }
        try view.forEachRowBytes(in: table) { key, bytes in
          withUnsafeBytes(of: ViewKey(key)) { hash.update($0) }
          withUnsafeBytes(of: UInt32(bytes.count).littleEndian) { hash.update($0) }
          hash.update(bytes)
        }
      }
      let digest = hash.digest()
      return withUnsafeBytes(of: digest) { bytes in
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      }
    }
  }
}

extension View {
  /// Calls `body` with the bytes of the rows of a table, in the order of their keys.
  func forEachRowBytes(in table: String, _ body: (RowKey, UnsafeRawBufferPointer) throws -> Void) throws {
    switch self {
    case let view as StoredView: try view.forEachRow(in: table, customers: nil, body)
    case let view as FoldedView: try view.table(named: table)?.forEachRow(body)
    default: preconditionFailure("the engine's views are of two kinds")
    }
  }
}
