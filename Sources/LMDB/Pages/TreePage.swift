/// A branch or leaf page. Nothing about it is taken on trust but that its bytes are there.
struct TreePage {
  let number: UInt64
  let bytes: UnsafeRawBufferPointer

  var kind: UInt16 { bytes.load(UInt16.self, at: 10) }
  private var lower: Int { Int(bytes.load(UInt16.self, at: 12)) }
  /// Where the nodes begin.
  var upper: Int { Int(bytes.load(UInt16.self, at: 14)) }

  /// How many nodes it says it has, but no more than have room.
  var count: Int { (min(max(lower, PageLayout.headerSize), bytes.count) - PageLayout.headerSize) / 2 }

  /// A node; nil where its bytes are not all on the page.
  func node(_ index: Int) -> PageNode? {
    let offset = offset(of: index)
    guard offset >= PageLayout.headerSize, offset % 2 == 0, offset <= bytes.count - PageLayout.nodeHeaderSize,
      let start = bytes.baseAddress
    else { return nil }
    return PageNode(start + offset, room: bytes.count - offset, isBranch: kind == PageLayout.Kind.branch)
  }

  private func offset(of index: Int) -> Int {
    Int(bytes.load(UInt16.self, at: PageLayout.headerSize + 2 * index))
  }

  /// What is wrong with the page's own bytes: LMDB keeps the nodes without gaps from `upper` to the page's end.
  var fault: String? {
    headerFault ?? (areNodesWithoutGaps ? nil : "its nodes do not fill it as its bounds say")
  }

  /// As `fault`, without a look at the nodes.
  var headerFault: String? {
    if bytes.load(UInt64.self, at: 0) != number { return "it bears the number \(bytes.load(UInt64.self, at: 0))" }
    guard kind == PageLayout.Kind.branch || kind == PageLayout.Kind.leaf else { return "it is neither branch nor leaf" }
    guard lower >= PageLayout.headerSize, lower % 2 == 0, lower <= upper, upper <= bytes.count else {
      return "its bounds are impossible"
    }
    guard count >= (kind == PageLayout.Kind.branch ? 2 : 1) else { return "it has too few nodes" }
    return nil
  }

  private var areNodesWithoutGaps: Bool {
    var end = bytes.count
    var isDescending = true
    for index in 0..<count {
      guard let node = node(index) else { return false }
      if offset(of: index) + node.size != end {
        isDescending = false
        break
      }
      end = offset(of: index)
    }
    if isDescending { return end == upper }
    // Not in the order of keys, as where keys came in another order.
    var spans: [(offset: Int, size: Int)] = []
    for index in 0..<count {
      guard let node = node(index) else { return false }
      spans.append((offset(of: index), node.size))
    }
    spans.sort { $0.offset < $1.offset }
    var next = upper
    for span in spans {
      guard span.offset == next else { return false }
      next += span.size
    }
    return next == bytes.count
  }
}

/// A node of a branch or leaf page, whose bytes are on the page.
struct PageNode {
  /// The size of a leaf's value; the lower bits of a branch's page.
  let low: UInt32
  let flags: UInt16
  let key: UnsafeRawBufferPointer
  /// A leaf's value, or the number of the page where it is.
  let inline: UnsafeRawBufferPointer
  /// Bytes on the page, the padding included.
  let size: Int

  /// Nil where the node is larger than the room there is.
  ///
  /// - Parameters:
  ///   - node: its first byte.
  ///   - room: how many bytes there are up to the page's end; enough for its own header.
  init?(_ node: UnsafeRawPointer, room: Int, isBranch: Bool) {
    low = node.loadUnaligned(as: UInt32.self)
    flags = node.loadUnaligned(fromByteOffset: 4, as: UInt16.self)
    let keySize = Int(node.loadUnaligned(fromByteOffset: 6, as: UInt16.self))
    let inlineSize = isBranch ? 0 : flags & PageLayout.NodeFlag.overflow != 0 ? 8 : Int(low)
    let start = PageLayout.nodeHeaderSize
    guard start + keySize + inlineSize <= room else { return nil }
    key = UnsafeRawBufferPointer(start: node + start, count: keySize)
    inline = UnsafeRawBufferPointer(start: node + start + keySize, count: inlineSize)
    size = (start + keySize + inlineSize + 1) & ~1
  }

  /// The page beneath a branch's node.
  var child: UInt64 { UInt64(low) | UInt64(flags) << 32 }
}
