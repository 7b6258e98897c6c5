#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A table's tree in a ``PageState``.
package struct PageTree {
  package let name: String
  package let keys: Table.Keys
  let record: TreeRecord
  let state: PageState

  /// How many entries it says it has, but no more than the file has room for.
  package var entries: UInt64 { min(record.entries, UInt64(state.file.byteCount / PageLayout.nodeHeaderSize)) }

  /// Searches as LMDB does: a key that a walk meets but a search does not is lost to all readers.
  ///
  /// - Returns: the value; nil where there is none, or the way to it is damaged.
  package func find(_ key: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    find(key, through: state.file)
  }

  /// As `find`, on a thread that reads beside others.
  package func find(_ key: UnsafeRawBufferPointer, through file: PageFile) -> UnsafeRawBufferPointer? {
    guard keys.fits(key) else { return nil }
    var number = record.root
    for _ in 0..<PageLayout.maximumDepth {
      guard let bytes = file.pages(number) else { return nil }
      let page = TreePage(number: number, bytes: bytes)
      switch page.kind {
      case PageLayout.Kind.branch:
        guard let child = child(of: page, leadingTo: key) else { return nil }
        number = child
      case PageLayout.Kind.leaf: return entry(of: page, at: key, through: file)
      default: return nil
      }
    }
    return nil
  }

  /// The last node whose key is not above `key`; the first node counts as below all keys.
  private func child(of page: TreePage, leadingTo key: UnsafeRawBufferPointer) -> UInt64? {
    var low = 1
    var high = page.count
    while low < high {
      let middle = (low + high) / 2
      guard let node = page.node(middle), keys.fits(node.key) else { return nil }
      if keys.compare(node.key, key) <= 0 { low = middle + 1 } else { high = middle }
    }
    return page.node(low - 1)?.child
  }

  private func entry(
    of page: TreePage, at key: UnsafeRawBufferPointer, through file: PageFile,
  ) -> UnsafeRawBufferPointer? {
    var low = 0
    var high = page.count
    while low < high {
      let middle = (low + high) / 2
      guard let node = page.node(middle), keys.fits(node.key) else { return nil }
      let order = keys.compare(node.key, key)
      if order == 0 { return file.value(of: node)?.bytes }
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  /// How the keys of a table are compared that nobody knows: integers are as wide as the first of them.
  static func keys(of record: TreeRecord, in state: PageState) -> Table.Keys {
    guard record.flags & PageLayout.integerKeys != 0 else { return .bytes }
    var number = record.root
    for _ in 0..<PageLayout.maximumDepth {
      guard let bytes = state.file.pages(number) else { break }
      let page = TreePage(number: number, bytes: bytes)
      guard page.count > 0, let node = page.node(0) else { break }
      if page.kind == PageLayout.Kind.leaf { return node.key.count == 4 ? .uint32 : .uint64 }
      number = node.child
    }
    return .uint64
  }
}

extension PageFile {
  /// A leaf's value, and on how many overflow pages from which one it lies; nil where it cannot be had.
  func value(of node: PageNode) -> (bytes: UnsafeRawBufferPointer, pages: Range<UInt64>)? {
    guard node.flags & PageLayout.NodeFlag.overflow != 0 else { return (node.inline, 0..<0) }
    let number = node.inline.load(UInt64.self, at: 0)
    let size = Int(node.low)
    let count = (PageLayout.headerSize + size + pageSize - 1) / pageSize
    guard let bytes = pages(number, count: count), bytes.load(UInt64.self, at: 0) == number,
      bytes.load(UInt16.self, at: 10) == PageLayout.Kind.overflow, Int(bytes.load(UInt32.self, at: 12)) == count
    else { return nil }
    return (bytes.slice(PageLayout.headerSize, size), number..<number + UInt64(count))
  }
}

extension Table.Keys {
  /// Whether a key has the length that such keys have; LMDB takes no longer ones than 511 bytes.
  func fits(_ key: UnsafeRawBufferPointer) -> Bool {
    switch self {
    case .bytes: (1...511).contains(key.count)
    case .uint64: key.count == 8
    case .uint32: key.count == 4
    }
  }

  /// - Precondition: both fit.
  func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    switch self {
    case .bytes:
      guard let first = left.baseAddress, let second = right.baseAddress else { return left.count - right.count }
      let order = memcmp(first, second, min(left.count, right.count))
      return order == 0 ? left.count - right.count : Int(order)
    case .uint64, .uint32:
      let (left, right) = (number(left), number(right))
      return left < right ? -1 : left == right ? 0 : 1
    }
  }

  /// - Precondition: it fits, and is an integer.
  func number(_ key: UnsafeRawBufferPointer) -> UInt64 {
    self == .uint32 ? UInt64(key.load(UInt32.self, at: 0)) : key.load(UInt64.self, at: 0)
  }
}
