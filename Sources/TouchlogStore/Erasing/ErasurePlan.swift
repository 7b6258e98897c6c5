import LMDB
import Touchlog

/// Who is to be erased, looked up in the vault that still knows them.
struct ErasurePlan {
  /// As they were given.
  let customers: [CustomerNumber]
  /// Whose references said nothing of anybody.
  let anonymous: Set<CustomerNumber>

  /// - Throws: `ErasureError`, where nobody may be erased.
  init<Access>(
    _ customers: [CustomerNumber], reason: String?, in vault: Vault, _ transaction: borrowing Transaction<Access>,
  ) throws {
    guard !customers.isEmpty else { throw ErasureError.nobody }
    guard customers.count <= Store.customersPerErasure else { throw ErasureError.tooMany(customers.count) }
    if let reason, reason.utf8.count > Store.erasureReasonBytes {
      throw ErasureError.longReason(reason.utf8.count)
    }
    let words = reason.map { ReasonText($0) }
    var seen: Set<CustomerNumber> = []
    var anonymous: Set<CustomerNumber> = []
    for number in customers {
      guard seen.insert(number).inserted else { throw ErasureError.repeated(number) }
      guard let reference = try vault.reference(of: number, in: transaction) else {
        if let erased = try vault.erasure(of: number, in: transaction) {
          throw ErasureError.alreadyErased(number, erased.position)
        }
        throw ErasureError.unknown(number)
      }
      guard reference != .company else { throw ErasureError.company }
      if words?.names(reference) == true { throw ErasureError.tellingReason(number) }
      if reference.isAnonymous { anonymous.insert(number) }
    }
    self.customers = customers
    self.anonymous = anonymous
  }

  /// The rows that stand for them, when the first of their events is at a position, and the others follow.
  func rows(from first: Position) -> [CustomerNumber: ErasedRow] {
    Dictionary(
      uniqueKeysWithValues: customers.enumerated().map { index, number in
        let position = Position(first.value + UInt64(index))
        return (number, ErasedRow(position: position, isAnonymous: anonymous.contains(number)))
      })
  }
}

/// The reason of an erasure, which stays readable: whether it gives away who was erased.
///
/// A reference is named by its value too, where that stands as a word of its own: `42` of `crm:42`, but not in `4242`.
/// What tells a person by itself (a telephone number, an address) must not be there in any spelling.
struct ReasonText {
  private let text: [UInt8]
  /// As people write telephone numbers, without what they put between digits.
  private let dialled: [UInt8]

  init(_ reason: String) {
    text = Array(reason.lowercased().utf8)
    dialled = text.filter { !Array(" -.()/".utf8).contains($0) }
  }

  func names(_ reference: Reference) -> Bool {
    let value = Array(reference.value.lowercased().utf8)
    if reference.isSensitive {
      // Digits give a number away without its plus.
      let bare = Array(value.drop { $0 == UInt8(ascii: "+") })
      return contains(bare, in: text) || reference.scheme == "tel" && contains(bare, in: dialled)
    }
    return contains(value, in: text) { !ReasonText.isPartOfWord($0) }
  }

  private func contains(
    _ sought: [UInt8], in text: [UInt8], besides isBoundary: (UInt8) -> Bool = { _ in true },
  ) -> Bool {
    guard !sought.isEmpty, text.count >= sought.count else { return false }
    for start in 0...(text.count - sought.count) where text[start..<start + sought.count].elementsEqual(sought) {
      let end = start + sought.count
      if start == 0 || isBoundary(text[start - 1]), end == text.count || isBoundary(text[end]) { return true }
    }
    return false
  }

  /// Letters and digits, and whatever is beyond ASCII.
  private static func isPartOfWord(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10 || byte >= 0x80
  }
}
