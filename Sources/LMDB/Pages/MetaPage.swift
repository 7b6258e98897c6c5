/// What a tree is said to be: where its root is, and how much there is of everything.
struct TreeRecord: Equatable {
  let pad: UInt32
  let flags: UInt16
  let depth: UInt16
  let branchPages: UInt64
  let leafPages: UInt64
  let overflowPages: UInt64
  let entries: UInt64
  let root: UInt64

  /// The record of a table that has no entries.
  static let empty = TreeRecord(flags: 0)

  /// The record of a table that has no entries, whose keys are of some kind.
  static func empty(flags: UInt16) -> TreeRecord { TreeRecord(flags: flags) }

  private init(flags: UInt16) {
    (pad, self.flags, depth) = (0, flags, 0)
    (branchPages, leafPages, overflowPages, entries) = (0, 0, 0, 0)
    root = PageLayout.noPage
  }

  /// - Precondition: there are `PageLayout.treeRecordSize` bytes.
  init(_ bytes: UnsafeRawBufferPointer) {
    pad = bytes.load(UInt32.self, at: 0)
    flags = bytes.load(UInt16.self, at: 4)
    depth = bytes.load(UInt16.self, at: 6)
    branchPages = bytes.load(UInt64.self, at: 8)
    leafPages = bytes.load(UInt64.self, at: 16)
    overflowPages = bytes.load(UInt64.self, at: 24)
    entries = bytes.load(UInt64.self, at: 32)
    root = bytes.load(UInt64.self, at: 40)
  }
}

/// One of the two pages that lead to everything else, copied.
struct MetaPage: Equatable {
  let free: TreeRecord
  let main: TreeRecord
  let lastPage: UInt64
  let transaction: UInt64
  /// What is not as LMDB writes it.
  let faults: [String]

  /// - Precondition: the page has `PageLayout.metaEnd` bytes.
  init(_ page: UnsafeRawBufferPointer, number: UInt64) {
    let start = PageLayout.headerSize
    free = TreeRecord(page.slice(start + 24, PageLayout.treeRecordSize))
    main = TreeRecord(page.slice(start + 72, PageLayout.treeRecordSize))
    lastPage = page.load(UInt64.self, at: start + 120)
    transaction = page.load(UInt64.self, at: start + 128)
    let pageSize = UInt64(free.pad)
    let mapSize = page.load(UInt64.self, at: start + 16)
    let isMapLargeEnough =
      PageLayout.pageSizes.contains(Int(pageSize)) && mapSize % pageSize == 0 && lastPage < mapSize / pageSize
    let expectations: [(Bool, String)] = [
      (page.load(UInt64.self, at: 0) == number, "it does not bear its own number"),
      (page.load(UInt16.self, at: 10) == PageLayout.Kind.meta, "it is not marked as a meta page"),
      (page.load(UInt32.self, at: start) == PageLayout.magic, "it does not begin as LMDB's files do"),
      (page.load(UInt32.self, at: start + 4) == PageLayout.version, "it is of another version of LMDB's format"),
      (page.load(UInt64.self, at: start + 8) == 0, "it asks for a fixed address"),
      (PageLayout.pageSizes.contains(Int(pageSize)) && pageSize.nonzeroBitCount == 1, "pages have no proper size"),
      (isMapLargeEnough, "the map's size does not fit the pages"),
      (free.flags == PageLayout.integerKeys, "the tree of free pages has other flags than LMDB's"),
      (main.flags == 0 && main.pad == 0, "the tree of tables has other flags than LMDB's"),
      (transaction == 0 || transaction % PageLayout.metaPages == number, "its commit belongs on the other meta page"),
    ]
    faults = expectations.filter { !$0.0 }.map(\.1)
  }
}
