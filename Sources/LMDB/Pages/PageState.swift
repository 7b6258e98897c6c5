/// One state of an environment, read from its file page by page.
///
/// Each tree is walked at most once, by a ``PageWalk``, and what is found on the way is kept until ``takeFaults()``. A
/// walk goes to a page once: so damaged page numbers cannot make it endless. In the end ``checkAllPagesAreUsed()`` tells
/// whether every page is in one tree, or free.
package final class PageState {
  let file: PageFile
  /// The number of the commit that made this state.
  package let transaction: UInt64
  /// Whether a key in a branch page must be the first one beneath it. LMDB writes it so; only where entries are deleted
  /// can such a key outlive its entry, and then it separates as well as before.
  let separatorsAreFirstKeys: Bool
  private let meta: MetaPage
  private var tables: [String: TreeRecord] = [:]
  private var asked: Set<String> = []
  private var walked: Set<String> = []
  private var used: PageSet
  private var faults: [PageFault] = []
  private var faultyTables: Set<String> = []
  private var faultCount = 0

  /// The names under which faults of the two trees without a name are told.
  private static let freePages = "free pages"
  private static let tableOfTables = "table of tables"

  /// - Parameters:
  ///   - file: the environment's file.
  ///   - transaction: which state; nil for the latest one.
  ///   - separatorsAreFirstKeys: true where nothing is ever deleted.
  /// - Returns: nil when the state is not there any more, since others were committed after it.
  package init?(_ file: PageFile, transaction: UInt64?, separatorsAreFirstKeys: Bool) {
    let metas = file.metaPages()
    let sound = metas.filter { $0.faults.isEmpty }
    let wanted = transaction.map { transaction in metas.filter { $0.transaction == transaction } }
    let candidates = wanted ?? (sound.isEmpty ? metas : sound)
    guard let meta = candidates.max(by: { $0.transaction < $1.transaction }) else { return nil }
    self.file = file
    self.transaction = meta.transaction
    self.meta = meta
    self.separatorsAreFirstKeys = separatorsAreFirstKeys
    // Free pages may lie past the file's end, where they were never written.
    let pages = max(min(meta.lastPage, UInt64(file.byteCount / file.pageSize) + 1 << 20) + 1, PageLayout.metaPages)
    used = PageSet(PageLayout.metaPages..<pages)
    for fault in PageState.metaFaults(in: file) { report(fault) }
    readTables()
  }

  /// What is wrong with the meta pages, on which LMDB relies when it opens an environment.
  package static func metaFaults(in file: PageFile) -> [PageFault] {
    let metas = file.metaPages()
    guard metas.count == 2 else {
      return [PageFault(table: nil, keys: nil, what: "the file is cut short: it has no two meta pages")]
    }
    var faults = metas.enumerated().flatMap { number, meta in
      meta.faults.map { PageFault(table: nil, keys: nil, what: "meta page \(number): \($0)") }
    }
    let commits = metas.map(\.transaction)
    let distance = commits[0] > commits[1] ? commits[0] - commits[1] : commits[1] - commits[0]
    if distance != 1, commits != [0, 0] {
      faults.append(
        PageFault(table: nil, keys: nil, what: "the meta pages are of commits \(commits[0]) and \(commits[1])"))
    }
    return faults
  }

  // MARK: Tables

  /// The tree of a table; an empty one, with a fault, where there is no such table.
  package func tree(_ name: String, keys: Table.Keys) -> PageTree {
    let isNew = asked.insert(name).inserted
    guard let record = tables[name] else {
      if isNew { report(PageFault(table: name, keys: nil, what: "there is no such table")) }
      return PageTree(name: name, keys: keys, record: .empty, state: self)
    }
    let flags = keys == .bytes ? 0 : PageLayout.integerKeys
    if isNew, record.flags != flags || record.pad != 0 {
      report(PageFault(table: name, keys: nil, what: "the table's keys are marked as of another kind"))
    }
    return PageTree(name: name, keys: keys, record: record, state: self)
  }

  /// Whether there is a table of that name.
  package func hasTable(_ name: String) -> Bool { tables[name] != nil }

  /// Walks the tables that nobody has walked, so that their pages count as used; calls `beat` for each entry.
  package func walkOtherTables(_ beat: () throws -> Void) rethrows {
    for (name, record) in tables.sorted(by: { $0.key < $1.key }) where !walked.contains(name) {
      let keys = PageTree.keys(of: record, in: self)
      var walk = PageWalk(PageTree(name: name, keys: keys, record: record, state: self))
      while walk.next() { try beat() }
    }
  }

  func beginWalk(of name: String) {
    precondition(walked.insert(name).inserted, "the tree of \(name) is walked a second time")
  }

  private func readTables() {
    let tree = PageTree(name: PageState.tableOfTables, keys: .bytes, record: meta.main, state: self)
    var walk = PageWalk(tree, nodeFlags: PageLayout.NodeFlag.table)
    while walk.next() {
      let name = String(decoding: walk.key, as: UTF8.self)
      if walk.value.count == PageLayout.treeRecordSize {
        tables[name] = TreeRecord(walk.value)
      } else {
        report(PageFault(table: name, keys: nil, what: "the table's record has \(walk.value.count) bytes"))
      }
    }
  }

  // MARK: Pages

  private func walkFreePages() {
    let tree = PageTree(name: PageState.freePages, keys: .uint64, record: meta.free, state: self)
    var walk = PageWalk(tree, separatorsAreFirstKeys: false)
    var last: UInt64 = 0
    while walk.next() {
      last = walk.integerKey
      if let what = freeList(walk.value) {
        report(PageFault(table: PageState.freePages, keys: nil, what: "the list of commit \(walk.integerKey): \(what)"))
      }
    }
    // Every commit but the first frees at least the root that it replaces: so a meta page whose number has changed is
    // told from an earlier state.
    if transaction > 1, last != transaction, !isFaulty(PageState.freePages) {
      report(
        PageFault(
          table: PageState.freePages, keys: nil, what: "the state is of commit \(transaction), its last list of \(last)"
        ))
    }
  }

  private func freeList(_ list: UnsafeRawBufferPointer) -> String? {
    guard list.count >= 8 else { return "it has \(list.count) bytes" }
    let count = list.load(UInt64.self, at: 0)
    guard count <= UInt64(list.count / 8 - 1) else { return "it says that it has \(count) pages" }
    var last = UInt64.max
    for index in 0..<Int(count) {
      let page = list.load(UInt64.self, at: 8 + 8 * index)
      guard page < last else { return "it is not in order" }
      last = page
      guard take(page) else { return "page \(page) is no page, or is in use or free elsewhere as well" }
    }
    return nil
  }

  /// Marks a page as used; false where it cannot be, or was already.
  func take(_ page: UInt64) -> Bool { used.insert(page) }

  /// A set for the pages of this state, none in it.
  func emptyPageSet() -> PageSet { PageSet(used.range) }

  /// Tells pages that are free and in use, and such as are neither. To be called when all trees were walked.
  package func checkAllPagesAreUsed() {
    walkFreePages()
    // Where something could not be read, what is beneath it cannot be known.
    guard faultCount == 0 else { return }
    let lost = Array(used.missing.prefix(10))
    guard !lost.isEmpty else { return }
    let pages = lost.map { String($0) }.joined(separator: ", ")
    report(PageFault(table: nil, keys: nil, what: "pages are in no table, and not free either: \(pages)"))
  }

  // MARK: Faults

  func report(_ fault: PageFault) {
    faultCount += 1
    if let table = fault.table { faultyTables.insert(table) }
    // A whole tree of pages may be lost at once; whoever reads takes them now and then.
    faults.append(fault)
  }

  /// Whether something was found in a table so far.
  package func isFaulty(_ table: String) -> Bool { faultyTables.contains(table) }

  /// What was found since it was taken last.
  package func takeFaults() -> [PageFault] {
    defer { faults.removeAll() }
    return faults
  }
}

extension PageFile {
  /// Both meta pages, or as many as there are; read until none changed meanwhile, as a writer may be at work.
  func metaPages() -> [MetaPage] {
    var pages = readMetaPages()
    for _ in 0..<1000 {
      let again = readMetaPages()
      if again == pages { break }
      pages = again
    }
    return pages
  }

  private func readMetaPages() -> [MetaPage] {
    guard byteCount >= PageLayout.metaEnd, let first = pages(0) else { return [] }
    let said = Int(first.load(UInt32.self, at: PageLayout.headerSize + 24))
    if PageLayout.pageSizes.contains(said), said.nonzeroBitCount == 1 { pageSize = said }
    guard let second = pages(1) else { return [MetaPage(first, number: 0)] }
    return [MetaPage(first, number: 0), MetaPage(second, number: 1)]
  }
}
