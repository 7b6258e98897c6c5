import LMDB
import Synchronization
import Touchlog

/// The names of the log by number and by text, with what was met lately kept in memory.
///
/// Only committed names are kept, and those never change, so what is kept is true in every transaction.
final class Names: Sendable {
  private let tables: LogTables
  private let capacity: Int
  private let kept = Mutex(Kept())

  private struct Kept {
    var numbers: [ExactText: NameNumber] = [:]
    var texts: [NameNumber: String] = [:]
  }

  /// - Parameter capacity: how many names are kept; beyond it, keeping begins anew.
  init(tables: LogTables, capacity: Int = 100_000) {
    self.tables = tables
    self.capacity = capacity
  }

  /// The number of a name; nil for a name that the log does not have.
  func number<Access>(
    of text: String, in transaction: borrowing Transaction<Access>,
  ) throws(StoreError) -> NameNumber? {
    if let number = kept.withLock({ $0.numbers[ExactText(text)] }) { return number }
    guard (1...Limits.nameBytes).contains(text.utf8.count) else { return nil }
    let bytes = try stored { () throws(LMDBError) in
      try transaction.unsafeGet(Array(text.utf8), from: tables.nameNumbers)
    }
    guard let bytes else { return nil }
    guard let value = bytes.number(UInt32.self) else {
      throw StoreError.damaged(position: nil, what: "the number of the name “\(text)” has \(bytes.count) bytes, not 4")
    }
    keep([(NameNumber(value), text)])
    return NameNumber(value)
  }

  /// The text of a name.
  func text<Access>(
    of number: NameNumber, in transaction: borrowing Transaction<Access>,
  ) throws(StoreError) -> String {
    if let text = kept.withLock({ $0.texts[number] }) { return text }
    let bytes = try stored { () throws(LMDBError) in try transaction.unsafeGet(number.value, from: tables.names) }
    guard let bytes else {
      throw StoreError.damaged(position: nil, what: "there is no name with the number \(number.value)")
    }
    let text = String(decoding: bytes, as: UTF8.self)
    keep([(number, text)])
    return text
  }

  /// Keeps names that a commit has made true.
  func keep(_ names: [(number: NameNumber, text: String)]) {
    kept.withLock { kept in
      if kept.numbers.count + names.count > capacity { kept = Kept() }
      for (number, text) in names {
        kept.numbers[ExactText(text)] = number
        kept.texts[number] = text
      }
    }
  }
}
