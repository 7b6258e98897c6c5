import Foundation

/// What each byte of a sound LMDB file is for, found by a walk of its own: it takes nothing from the code that it is
/// to test. The format is drawn beside that code, in `PageLayout`.
struct PageMap {
  /// What changing a byte changes.
  enum Meaning: UInt8, CaseIterable {
    /// Nothing: the page is free, or lies beyond the last one.
    case free
    /// Nothing: `mp_pad` of a page's header, which LMDB neither sets nor reads outside of tables with duplicates.
    case headerPad
    /// Nothing: between a page's lower and upper bound.
    case gap
    /// Nothing: the byte behind a node of an odd size.
    case nodePad
    /// Nothing: behind the value on the last of its overflow pages.
    case overflowTail
    /// Nothing: behind the count of pages in a list of free ones that has more room.
    case listTail
    /// Nothing: a meta page has no bounds, and nothing behind its 152 bytes.
    case metaRest
    /// Nothing: where the trees of the older meta page were. It holds no more, and is the next to be overwritten.
    case olderState
    /// Perhaps nothing: the size of the map, which LMDB only compares with what it was opened with; the older meta
    /// page's last page; a key in a branch page of a table from which entries are deleted, which separates the pages
    /// beneath as well with any value between their keys; and the commit of a list of free pages, as long as the lists
    /// stay in order and the last is of the last commit: only a reader of an earlier state would be disturbed.
    case loose
    /// Something.
    case meta
    case pageHeader
    case pointers
    case branchNode
    case nodeHeader
    case key
    case value
    case overflowHeader

    var isFound: Bool? {
      switch self {
      case .free, .headerPad, .gap, .nodePad, .overflowTail, .listTail, .metaRest, .olderState: false
      case .loose: nil
      case .meta, .pageHeader, .pointers, .branchNode, .nodeHeader, .key, .value, .overflowHeader: true
      }
    }
  }

  let bytes: [UInt8]
  let pageSize: Int
  private(set) var meanings: [Meaning]
  /// The table of each byte, as an index in `tables`.
  private(set) var owners: [UInt8]
  private(set) var tables = ["-"]
  /// The events of a byte's node, or beneath it, or of its page: first and last; only of headers and payloads.
  private(set) var positions: [Int: ClosedRange<UInt64>] = [:]
  private(set) var branchPages: [String: Int] = [:]
  private(set) var livePages: [Int] = []
  private let deletes: Bool

  /// - Parameter deletes: whether entries are deleted from the file's tables.
  init(_ bytes: [UInt8], deletes: Bool) {
    self.bytes = bytes
    self.deletes = deletes
    meanings = Array(repeating: .free, count: bytes.count)
    owners = Array(repeating: 0, count: bytes.count)
    pageSize = bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: 40, as: UInt32.self)) }
    let transactions = [number(144, UInt64.self), number(pageSize + 144, UInt64.self)]
    let newer = transactions[0] > transactions[1] ? 0 : 1
    markMeta(newer, isNewer: true)
    markMeta(1 - newer, isNewer: false)
    let meta = newer * pageSize + 16
    walk(record: meta + 24, table: "free pages")
    walk(record: meta + 72, table: "table of tables")
  }

  private func number<Number: FixedWidthInteger>(_ offset: Int, _ type: Number.Type) -> Number {
    bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: type) }
  }

  private mutating func mark(_ offset: Int, _ count: Int, _ meaning: Meaning, _ table: UInt8) {
    for index in offset..<offset + count {
      meanings[index] = meaning
      owners[index] = table
    }
  }

  private mutating func markMeta(_ page: Int, isNewer: Bool) {
    let start = page * pageSize
    let record = start + 16
    mark(start, pageSize, .metaRest, 0)
    mark(start, 8, .meta, 0)
    mark(start + 10, 2, .meta, 0)
    mark(record, 16, .meta, 0)
    mark(record + 16, 8, .loose, 0)
    for tree in [record + 24, record + 72] {
      mark(tree, 6, .meta, 0)
      mark(tree + 6, 42, isNewer ? .meta : .olderState, 0)
    }
    mark(record + 120, 8, isNewer ? .meta : .loose, 0)
    mark(record + 128, 8, .meta, 0)
  }

  private mutating func walk(record: Int, table: String) {
    let owner = UInt8(tables.count)
    tables.append(table)
    let root = number(record + 40, UInt64.self)
    if root != .max { walk(page: Int(root), table: table, owner: owner) }
  }

  /// Answers which keys are beneath the page, where they are positions.
  @discardableResult
  private mutating func walk(page: Int, table: String, owner: UInt8) -> ClosedRange<UInt64>? {
    livePages.append(page)
    let start = page * pageSize
    let isBranch = number(start + 10, UInt16.self) == 1
    let lower = Int(number(start + 12, UInt16.self))
    if isBranch { branchPages[table, default: 0] += 1 }
    mark(start, pageSize, .gap, owner)
    mark(start, 16, .pageHeader, owner)
    mark(start + 8, 2, .headerPad, owner)
    mark(start + 16, lower - 16, .pointers, owner)
    var range: ClosedRange<UInt64>?
    for index in 0..<(lower - 16) / 2 {
      let node = start + Int(number(start + 16 + 2 * index, UInt16.self))
      let found = isBranch ? walkBranch(node, index, table, owner) : walkLeaf(node, table, owner)
      guard let found else { continue }
      range = (range?.lowerBound ?? found.lowerBound)...found.upperBound
    }
    if let range {
      for index in start..<start + pageSize where positions[index] == nil { positions[index] = range }
    }
    return range
  }

  private mutating func walkBranch(
    _ node: Int, _ index: Int, _ table: String, _ owner: UInt8,
  ) -> ClosedRange<UInt64>? {
    let keySize = Int(number(node + 6, UInt16.self))
    let isLoose = deletes || table == "free pages"
    mark(node, 8, .branchNode, owner)
    mark(node + 8, keySize, isLoose ? .loose : .key, owner)
    if keySize % 2 == 1 { mark(node + 8 + keySize, 1, .nodePad, owner) }
    let low = Int(number(node, UInt32.self))
    let beneath = walk(page: low | Int(number(node + 4, UInt16.self)) << 32, table: table, owner: owner)
    if let beneath {
      for byte in node..<node + 8 + keySize { positions[byte] = beneath }
    }
    return beneath
  }

  private mutating func walkLeaf(_ node: Int, _ table: String, _ owner: UInt8) -> ClosedRange<UInt64>? {
    let size = Int(number(node, UInt32.self))
    let flags = number(node + 4, UInt16.self)
    let keySize = Int(number(node + 6, UInt16.self))
    let value = node + 8 + keySize
    let inlineSize = flags & 1 == 1 ? 8 : size
    mark(node, 8, .nodeHeader, owner)
    mark(node + 8, keySize, table == "free pages" ? .loose : .key, owner)
    mark(value, inlineSize, .value, owner)
    if (keySize + inlineSize) % 2 == 1 { mark(value + inlineSize, 1, .nodePad, owner) }
    if flags & 2 == 2 {
      let name = String(decoding: bytes[node + 8..<value], as: UTF8.self)
      walk(record: value, table: name)
    }
    var valueStart = value
    if flags & 1 == 1 { valueStart = markOverflow(Int(number(value, UInt64.self)), size, owner) }
    if table == "free pages" {
      let used = 8 + 8 * Int(number(valueStart, UInt64.self))
      mark(valueStart + used, size - used, .listTail, owner)
    }
    guard table == "headers" || table == "payloads" else { return nil }
    let position = number(node + 8, UInt64.self)
    for index in node..<value + inlineSize { positions[index] = position...position }
    if flags & 1 == 1 {
      for index in valueStart - 16..<valueStart + size { positions[index] = position...position }
    }
    return position...position
  }

  /// Answers where the value begins.
  private mutating func markOverflow(_ page: Int, _ size: Int, _ owner: UInt8) -> Int {
    let start = page * pageSize
    let pages = Int(number(start + 12, UInt32.self))
    livePages.append(contentsOf: page..<page + pages)
    mark(start, pages * pageSize, .overflowTail, owner)
    mark(start, 16, .overflowHeader, owner)
    mark(start + 8, 2, .headerPad, owner)
    mark(start + 16, size, .value, owner)
    return start + 16
  }
}
