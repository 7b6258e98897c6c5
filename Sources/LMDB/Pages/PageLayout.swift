/// How LMDB 0.9 lays out its file, from `MDB_page`, `MDB_node`, `MDB_db` and `MDB_meta` in its source, `mdb.c`
/// (https://github.com/LMDB/lmdb, branch `mdb.RE/0.9`). Numbers are in the machine's byte order; a word has 8 bytes.
///
/// The file is pages of one size. Pages 0 and 1 are meta pages: commit number n writes page n mod 2, and the one with
/// the higher number holds. All other pages belong to a tree, or are free.
///
/// ```
/// a page     0         8       10      12      14      16
///            ├─────────┼───────┼───────┼───────┼───────┼──────────────┬─ … ─┬─────────────────┤
///            │ its     │ (pad) │ kind  │ lower │ upper │ offsets of   │(gap)│ nodes, from the │
///            │ number  │       │       │       │       │ nodes, 2 each│     │ end of the page │
///            └─────────┴───────┴───────┴───────┴───────┴──────────────┴─ … ─┴─────────────────┘
///            `lower` and `upper` bound the gap. An overflow page has a count of pages, 4 bytes, in their place, and
///            its value follows from byte 16 on, over all of these pages.
///
/// a node     0                 4       6          8
///            ├─────────────────┼───────┼──────────┼─────┬────────────────────────────────┬───────┤
///   leaf:    │ size of value   │ flags │ size of  │ key │ value, or the number of its    │(to an │
///   branch:  │ page beneath, 48 bits   │ key      │     │ overflow page (flag 1)         │ even) │
///            └─────────────────┴───────┴──────────┴─────┴────────────────────────────────┴───────┘
///
/// a record   0       4       6       8          16        24         32         40
/// of a tree  ├───────┼───────┼───────┼──────────┼─────────┼──────────┼──────────┼─────────┤ 48
///            │ pad   │ flags │ depth │ branches │ leaves  │ overflow │ entries  │ root    │
///            └───────┴───────┴───────┴──────────┴─────────┴──────────┴──────────┴─────────┘
///
/// a meta     0       4       8         16        24                      72              120       128
/// page, from ├───────┼───────┼─────────┼─────────┼───────────────────────┼───────────────┼─────────┼────────┤ 136
/// byte 16 on │ magic │version│ address │ size of │ record of the tree of │ record of the │ last    │ number │
///            │       │       │         │ the map │ free pages; its pad   │ tree of tables│ page in │ of the │
///            │       │       │         │         │ is the size of a page │               │ use     │ commit │
///            └───────┴───────┴─────────┴─────────┴───────────────────────┴───────────────┴─────────┴────────┘
/// ```
///
/// What is in brackets carries no meaning. The record of a named table is the value of its name in the tree of tables,
/// under flag 2. The tree of free pages has commit numbers for keys; a value is a count, and so many page numbers,
/// the highest first. The first key of a branch page is not looked at, and empty.
enum PageLayout {
  static let headerSize = 16
  static let nodeHeaderSize = 8
  static let treeRecordSize = 48
  static let metaEnd = headerSize + 136
  static let metaPages: UInt64 = 2
  static let magic: UInt32 = 0xBEEF_C0DE
  static let version: UInt32 = 1
  static let noPage = UInt64.max
  /// LMDB's `CURSOR_STACK`: no tree is deeper.
  static let maximumDepth = 32
  static let pageSizes = 256...32_768

  /// The word at byte 10 of a page.
  enum Kind {
    static let branch: UInt16 = 1
    static let leaf: UInt16 = 2
    static let overflow: UInt16 = 4
    static let meta: UInt16 = 8
  }

  /// The flags of a leaf's node.
  enum NodeFlag {
    static let overflow: UInt16 = 1
    static let table: UInt16 = 2
  }

  /// The flags of a tree whose keys are integers.
  static let integerKeys: UInt16 = 8
}

extension UnsafeRawBufferPointer {
  /// A number in the machine's byte order.
  ///
  /// - Precondition: it lies within the buffer.
  func load<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type, at offset: Int) -> Number {
    loadUnaligned(fromByteOffset: offset, as: type)
  }

  func slice(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: self[offset..<offset + count])
  }
}
