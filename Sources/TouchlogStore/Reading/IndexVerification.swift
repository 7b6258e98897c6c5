import LMDB
import Touchlog

/// The log's other tables, each held against what the records have shown.
extension Verifier {
  /// Each record was looked up already; here, that the index is sound and holds nothing else.
  mutating func verifyIdentities(_ beat: () throws -> Void) rethrows {
    var walk = PageWalk(identities)
    var count: UInt64 = 0
    while walk.next() {
      try beat()
      count += 1
      guard let position = walk.value.number(UInt64.self), position < indexed else {
        report("an identity leads to no position", in: identities.name)
        continue
      }
    }
    if count != min(indexed, events) {
      report("there are \(count) identities of \(min(indexed, events)) events", in: identities.name)
    }
  }

  mutating func verifyStreams(_ beat: () throws -> Void) rethrows {
    var walk = PageWalk(states.log.tree("streams", keys: .uint32))
    var count = 0
    while walk.next() {
      try beat()
      count += 1
      let customer = CustomerNumber(UInt32(walk.integerKey))
      let stored = StreamTail(encoded: walk.value)
      guard let tail = tails[customer] else {
        if let stored, isMissing(stored.last.value) { continue }
        report("\(customer) has a stream, and no events", in: "streams")
        continue
      }
      if stored == tail { continue }
      // Where the stream's last record is lost, the records that are left end before it.
      if let stored, stored.last > tail.last, isMissing(stored.last.value) { continue }
      report("the stream of \(customer) does not end where its events do", in: "streams", at: tail.last.value)
    }
    if missing.isEmpty, count != tails.count {
      report("there are \(count) streams of \(tails.count) customers", in: "streams")
    }
  }

  mutating func verifyNames(_ beat: () throws -> Void) rethrows {
    let numbers = states.log.tree("name-numbers", keys: .bytes)
    var walk = PageWalk(states.log.tree("names", keys: .uint32))
    var count: UInt64 = 0
    while walk.next() {
      try beat()
      if walk.integerKey != count { report("there is no name \(count)", in: "names") }
      if numbers.find(walk.value)?.number(UInt32.self) != UInt32(walk.integerKey) {
        report("name \(walk.integerKey) does not lead back to its number", in: "name-numbers")
      }
      count = walk.integerKey + 1
    }
    if let highestName, highestName >= count {
      report("a header names number \(highestName), and there are \(count)", in: "names")
    }
    var numberCount: UInt64 = 0
    var numbersWalk = PageWalk(numbers)
    while numbersWalk.next() {
      try beat()
      numberCount += 1
    }
    if numberCount != count { report("\(count) names have \(numberCount) numbers", in: "name-numbers") }
  }

  /// Before the records, which look subtrees up.
  mutating func verifyTreePages(_ beat: () throws -> Void) rethrows {
    var walk = PageWalk(tree)
    while walk.next() {
      try beat()
      keptSubtrees += 1
    }
  }

  /// Each subtree was looked up when the records completed it; here, that there are no others.
  mutating func verifyTreeCount() {
    if keptSubtrees != subtrees, !states.log.isFaulty(tree.name) {
      report("there are \(keptSubtrees) subtrees, and the records make \(subtrees)", in: tree.name)
    }
  }

  /// Other keys than these are left alone: a later version may have more.
  mutating func verifyMeta() {
    let meta = states.log.tree("meta", keys: .bytes)
    var walk = PageWalk(meta)
    while walk.next() {}
    // What a damaged table does not have any more, was told with its pages.
    if states.log.isFaulty(meta.name) { return }
    let format = meta.find(LogTables.MetaKey.format)?.number(UInt32.self)
    if !(format.map { formats.reads($0) } ?? false) {
      report("the format is \(format.map { String($0) } ?? "not told"), and not \(LogTables.formatVersion)", in: "meta")
    }
    if meta.find(LogTables.MetaKey.store).map({ Array($0) }) != storeKey.store.bytes {
      report("the store's id is not that of its key", in: "meta")
    }
    if meta.find(LogTables.MetaKey.frontier).flatMap({ MerkleFrontier(encoded: $0) }) != frontier {
      report("the Merkle frontier is not that of the records", in: "meta")
    }
  }
}

extension PageTree {
  func find(_ key: [UInt8]) -> UnsafeRawBufferPointer? {
    key.withUnsafeBytes { find($0) }
  }
}
