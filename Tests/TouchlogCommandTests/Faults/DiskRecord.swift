import Foundation
import Testing

/// One operation on the recording disk, as `faulty-disk.c` writes it down.
enum DiskRecord: Sendable {
  /// A process begins; the node is the root's.
  case begin(root: UInt64)
  /// A file, or a folder, gets its name.
  case create(path: String, node: UInt64)
  case make(path: String, node: UInt64)
  /// A file or a folder loses its name.
  case remove(path: String)
  case rename(path: String, to: String)
  /// Bytes are written; `isSynced` where they were on disk when the call returned (`O_DSYNC`).
  case write(node: UInt64, offset: Int, bytes: [UInt8], isSynced: Bool)
  case resize(node: UInt64, size: Int)
  /// A file's bytes, or a folder's names, are on disk.
  case sync(node: UInt64)
  /// Something was said on standard output.
  case say(String)
  /// The operation of that number went wrong.
  case fault(operation: Int, what: String)
  /// A sync of the file or folder failed, and what it should have brought to disk is given up by the system.
  case lose(node: UInt64)

  /// Reads a whole record; a killed process leaves no half ones.
  static func all(in data: Data) throws -> [DiskRecord] {
    var records: [DiskRecord] = []
    var rest = data[...]
    while !rest.isEmpty {
      let head = rest.prefix(32)
      try #require(head.count == 32, "a record is cut off")
      let (kind, flags) = (head.number(at: 0, UInt32.self), head.number(at: 4, UInt32.self))
      let (node, offset) = (head.number(at: 8, UInt64.self), Int(head.number(at: 16, Int64.self)))
      let (pathLength, length) = (Int(head.number(at: 24, UInt32.self)), Int(head.number(at: 28, UInt32.self)))
      rest = rest.dropFirst(32)
      try #require(rest.count >= pathLength + length, "a record is cut off")
      let path = String(decoding: rest.prefix(pathLength), as: UTF8.self)
      let bytes = [UInt8](rest.dropFirst(pathLength).prefix(length))
      rest = rest.dropFirst(pathLength + length)
      let text = String(decoding: bytes, as: UTF8.self)
      switch kind {
      case 1: records.append(.begin(root: node))
      case 2: records.append(.create(path: path, node: node))
      case 3: records.append(.make(path: path, node: node))
      case 4: records.append(.remove(path: path))
      case 5: records.append(.rename(path: path, to: text))
      case 6: records.append(.write(node: node, offset: offset, bytes: bytes, isSynced: flags & 1 == 1))
      case 7: records.append(.resize(node: node, size: offset))
      case 8: records.append(.sync(node: node))
      case 9: records.append(.say(text))
      case 10: records.append(.fault(operation: Int(node), what: text))
      case 11: records.append(.lose(node: node))
      default: Issue.record("a record of unknown kind \(kind)")
      }
    }
    return records
  }

  /// Whether it was numbered, so that a fault can befall it.
  var isOperation: Bool {
    switch self {
    case .begin, .say, .fault, .lose: false
    case .create, .make, .remove, .rename, .write, .resize, .sync: true
    }
  }
}

extension Data {
  /// The integer at so many bytes after the start, in this machine's order.
  fileprivate func number<Number: FixedWidthInteger>(at offset: Int, _ type: Number.Type) -> Number {
    withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Number.self) }
  }
}
