import Touchlog
import TouchlogStore

/// The files of looks in a store's folder `access`, one for each month: `looks-2025-03.ndjson`.
enum LooksFolder {
  private static let prefix = "looks-"
  private static let suffix = ".ndjson"

  static func name(of month: String) -> String { prefix + month + suffix }

  /// The months that have a file, ascending.
  static func months(in folder: String) throws(StoreError) -> [String] {
    guard OwnersFile.exists(folder) else { return [] }
    return try OwnersFile.names(in: folder).filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }
      .map { String($0.dropFirst(prefix.count).dropLast(suffix.count)) }
      .filter { month in
        let bytes = Array(month.utf8)
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return bytes.count == 7 && bytes[4] == UInt8(ascii: "-")
          && (bytes[..<4] + bytes[5...]).allSatisfy(digits.contains)
      }
      .sorted()
  }

  /// How many bytes at a file's end are looked at for its last line; a line has less than two thousand.
  private static let tailBytes = 1 << 16

  /// Where a file ends: the chain that its last look says it has, or its heading; nil where there is neither, and
  /// whether something that was never finished follows.
  ///
  /// - Throws: `AccessError.recordDamaged`, where there is much, and no line in it.
  static func end(of file: OwnersLines) throws -> (chain: String?, isUnfinished: Bool) {
    let bytes = try file.tail(tailBytes)
    let isUnfinished = bytes.last.map { $0 != UInt8(ascii: "\n") } ?? false
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    for line in lines.reversed() {
      if let chain = Look.read(Array(line))?.chain ?? LooksHeading(Array(line))?.after { return (chain, isUnfinished) }
    }
    guard bytes.count < tailBytes else { throw AccessError.recordDamaged(path: file.path) }
    return (nil, isUnfinished)
  }

  /// The chain of the last line of all files before a month's; that of no line, where there is none.
  static func chain(before month: String, in folder: String) throws -> String {
    for earlier in try months(in: folder).reversed() where earlier < month {
      if let chain = try end(of: OwnersLines("\(folder)/\(name(of: earlier))")).chain { return chain }
    }
    return Look.noChain
  }
}

/// What adds looks, and knows where the record ends.
struct LooksEnd {
  private let folder: String
  private var file: OwnersLines?
  private var month = ""
  private var byteCount = -1
  private var chain = Look.noChain
  private var failure: AccessError?

  init(folder: String) {
    self.folder = folder
  }

  /// Adds looks, and brings them to disk.
  ///
  /// After a write that failed, a part of a line may be there: the next look is written after it, and readers pass over
  /// it. After a sync that failed, nobody knows what is on disk, and no more is added.
  @available(*, noasync)
  mutating func add(_ looks: [Look]) throws {
    if let failure { throw failure }
    try OwnersFile.makeFolder(folder)
    let lock = try OwnersLock(folder + "/looks.lock")
    defer { withExtendedLifetime(lock) {} }
    let file = try open(looks.map { Look.month(of: $0.time) }.max() ?? "")
    var bytes: [UInt8] = []
    var chain = chain
    if try file.byteCount != byteCount {
      let end = try LooksFolder.end(of: file)
      if end.isUnfinished { bytes.append(UInt8(ascii: "\n")) }
      if let last = end.chain {
        chain = last
      } else {
        chain = try LooksFolder.chain(before: month, in: folder)
        bytes += LooksHeading(after: chain).line + [UInt8(ascii: "\n")]
      }
    }
    for look in looks {
      let line = look.line(after: chain)
      bytes += line.bytes + [UInt8(ascii: "\n")]
      chain = line.chain
    }
    // Until it is done, where the file ends is to be found out again.
    byteCount = -1
    try file.append(bytes)
    do {
      try file.sync()
    } catch {
      failure = .recordFailed(cause: "\(error)")
      throw error
    }
    self.chain = chain
    byteCount = try file.byteCount
  }

  /// The file of a month, or of a later one that is there: the clock may have been set back.
  private mutating func open(_ month: String) throws -> OwnersLines {
    let last = try LooksFolder.months(in: folder).last
    if let file, last == self.month, month <= self.month { return file }
    self.month = max(month, last ?? "")
    let path = "\(folder)/\(LooksFolder.name(of: self.month))"
    let opened = try OwnersLines(path)
    for path in [folder, path] where !OwnersFile.isUnchangedByOthers(path) {
      throw AccessError.exposed(path: path, cure: "chmod go-w \(path)")
    }
    file = opened
    byteCount = -1
    return opened
  }
}
