/// A set of page numbers: a bit each.
package struct PageSet: Sendable {
  /// Which pages there are.
  let range: Range<UInt64>
  private var words: [UInt64]

  init(_ range: Range<UInt64>) {
    self.range = range
    words = Array(repeating: 0, count: range.count / 64 + 1)
  }

  /// Adds a page; false where there is no such page, or it is in the set.
  mutating func insert(_ page: UInt64) -> Bool {
    guard range.contains(page) else { return false }
    let (word, bit) = PageSet.place(page - range.lowerBound)
    guard words[word] & bit == 0 else { return false }
    words[word] |= bit
    return true
  }

  /// Adds pages in a row; false where one of them cannot be added.
  package mutating func insert(all pages: Range<UInt64>) -> Bool {
    for page in pages where !insert(page) { return false }
    return true
  }

  /// Adds all pages of another set; false where one of them is in this set already.
  ///
  /// - Precondition: both are sets of the same pages.
  mutating func insert(all other: PageSet) -> Bool {
    precondition(range == other.range, "sets of different pages were put together")
    var isNew = true
    for index in words.indices {
      if words[index] & other.words[index] != 0 { isNew = false }
      words[index] |= other.words[index]
    }
    return isNew
  }

  /// The pages that are not in the set.
  var missing: some Sequence<UInt64> {
    range.lazy.filter { page in
      let (word, bit) = PageSet.place(page - range.lowerBound)
      return words[word] & bit == 0
    }
  }

  private static func place(_ index: UInt64) -> (word: Int, bit: UInt64) {
    (Int(index / 64), 1 << (index % 64))
  }
}
