import JSON
public import Touchlog

/// Who was erased, by number: the file `STORE-ID.erasures` beside the store's key, outside the store.
///
/// A backup that was made before an erasure brings the erased back. This list lies apart from backups, so that
/// restoring can erase them again: keep a copy of it where the key's copy is, and never with the backups. It tells
/// numbers, positions and times, and neither references nor reasons.
///
/// ```json
/// {"store":"0b5f…","customer":17,"position":1204,"recordedAt":"2025-03-01T09:15:00Z"}
/// {"restored":"77c2…","from":"0b5f…","next":9001}
/// ```
///
/// One line is added for each erasure, and synced. A second kind of line says that a store was restored from a backup
/// of another one: customers below `next` are the same in both, and others are not. What follows the last whole line
/// was cut off by a kill or a power cut, and is passed over.
public struct ErasureList: Sendable, Hashable {
  /// One customer who was erased.
  public struct Line: Sendable, Hashable {
    /// The store in which it was done.
    public let store: StoreID
    /// Who, as that store numbers its customers.
    public let customer: CustomerNumber
    /// Where the customer's own `customer.erased` is in that store.
    public let position: Position
    /// When it took it.
    public let recordedAt: Timestamp

    /// A line by its parts.
    public init(store: StoreID, customer: CustomerNumber, position: Position, recordedAt: Timestamp) {
      self.store = store
      self.customer = customer
      self.position = position
      self.recordedAt = recordedAt
    }
  }

  /// That a store was restored from a backup of another one.
  public struct Descent: Sendable, Hashable {
    /// The store that was made.
    public let restored: StoreID
    /// The store of which the backup was.
    public let from: StoreID
    /// The number that the next new customer had in the backup: those below are the same customers in both stores.
    public let next: UInt32

    /// A descent by its parts.
    public init(restored: StoreID, from: StoreID, next: UInt32) {
      self.restored = restored
      self.from = from
      self.next = next
    }
  }

  /// Who was erased, in the order of the file.
  public private(set) var lines: [Line] = []
  /// Which stores descend from which.
  public private(set) var descents: [Descent] = []

  /// A list of these.
  public init(lines: [Line] = [], descents: [Descent] = []) {
    self.lines = lines
    self.descents = descents
  }

  /// Where the list of a store lies, given where its key does.
  public static func path(of store: StoreID, besideKeyAt keyPath: String) -> String {
    let folder = SystemFile.parent(of: keyPath)
    return (folder.hasSuffix("/") ? folder : folder + "/") + "\(store).erasures"
  }

  /// Whom to erase in a store that was restored from a backup, so that nobody comes back who was erased since.
  ///
  /// - Parameters:
  ///   - store: the store of which the backup was, as `BackupManifest.store` tells.
  ///   - next: the number that the next new customer had in the backup; higher numbers are nobody there, or others.
  /// - Returns: their numbers in the backup, ascending, each once; also of those who were erased in it already.
  public func numbers(toEraseIn store: StoreID, next: UInt32) -> [CustomerNumber] {
    let shared = sharedNumbers(with: store, next: next)
    let numbers = lines.filter { line in shared[line.store].map { line.customer.value < $0 } ?? false }.map(\.customer)
    return Set(numbers).sorted()
  }

  /// For each store that has customers in common with one, below which number they are the same. A line of descent
  /// counts in both directions; a number that passes several must be below the `next` of each.
  private func sharedNumbers(with store: StoreID, next: UInt32) -> [StoreID: UInt32] {
    var shared = [store: next]
    var reached = [store]
    while let last = reached.popLast() {
      guard let bound = shared[last] else { continue }
      for descent in descents where descent.restored == last || descent.from == last {
        let other = descent.restored == last ? descent.from : descent.restored
        let common = min(bound, descent.next)
        guard common > shared[other] ?? 0 else { continue }
        shared[other] = common
        reached.append(other)
      }
    }
    return shared
  }
}

extension ErasureList {
  /// Reads a list.
  ///
  /// - Throws: `StoreError`, when there is none, it cannot be read, or a whole line in it is not one of a list.
  public init(contentsOf path: String) throws(StoreError) {
    try self.init(SystemFile.wholeContents(path), path: path)
  }

  /// - Parameter path: for errors.
  init(_ bytes: [UInt8], path: String) throws(StoreError) {
    var number = 0
    var start = 0
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      number += 1
      try take(String(decoding: bytes[start..<end], as: UTF8.self), number: number, path: path)
      start = end + 1
    }
  }

  private mutating func take(_ text: String, number: Int, path: String) throws(StoreError) {
    // `try?`: where in the line it is broken is no help to anybody, as nobody writes it by hand.
    if let line = try? JSONValue(parsing: text) {
      if let line = Line(line) { return lines.append(line) }
      if let descent = Descent(line) { return descents.append(descent) }
    }
    throw StoreError.erasureListDamaged(path: path, line: number)
  }

  /// The bytes of lines, each with its newline.
  var encoded: [UInt8] {
    var bytes: [UInt8] = []
    for descent in descents {
      var writer = JSONWriter()
      writer.object { object in
        object.key("restored")
        object.string("\(descent.restored)")
        object.key("from")
        object.string("\(descent.from)")
        object.key("next")
        object.integer(descent.next)
      }
      bytes += writer.bytes + [UInt8(ascii: "\n")]
    }
    for line in lines {
      var writer = JSONWriter()
      writer.object { object in
        object.key("store")
        object.string("\(line.store)")
        object.key("customer")
        object.integer(line.customer.value)
        object.key("position")
        object.integer(line.position.value)
        object.key("recordedAt")
        object.string(line.recordedAt.rfc3339)
      }
      bytes += writer.bytes + [UInt8(ascii: "\n")]
    }
    return bytes
  }
}

extension ErasureList.Line {
  fileprivate init?(_ value: JSONValue) {
    guard let store = value.storeID("store"), let customer = value.number("customer", as: UInt32.self),
      let position = value.number("position", as: UInt64.self),
      case .string(let text)? = value["recordedAt"], let recordedAt = Timestamp(rfc3339: text)
    else { return nil }
    self.init(
      store: store, customer: CustomerNumber(customer), position: Position(position), recordedAt: recordedAt)
  }
}

extension ErasureList.Descent {
  fileprivate init?(_ value: JSONValue) {
    guard let restored = value.storeID("restored"), let from = value.storeID("from"),
      let next = value.number("next", as: UInt32.self)
    else { return nil }
    self.init(restored: restored, from: from, next: next)
  }
}

extension JSONValue {
  fileprivate func storeID(_ key: String) -> StoreID? {
    guard case .string(let text)? = self[key] else { return nil }
    return StoreID(text: text)
  }

  fileprivate func number<Number: FixedWidthInteger>(_ key: String, as type: Number.Type) -> Number? {
    guard case .number(let text)? = self[key] else { return nil }
    return Number(text)
  }
}
