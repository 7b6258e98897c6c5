import LMDB
public import Touchlog

/// What a search for customers has found.
public struct FoundCustomers: Hashable, Sendable {
  /// The first of them, at most as many as were asked for.
  public var customers: [FoundCustomer] = []
  /// How many there are in all.
  public var count = 0
}

/// A customer by number and by name.
public struct FoundCustomer: Hashable, Sendable {
  /// As headers and views have it.
  public let number: CustomerNumber
  /// As the vault has it.
  public let reference: Reference
}

extension Store {
  /// Finds customers by a part of their reference: first the one that it is, then those whose reference or value begins
  /// with it, then those that contain it, each in the order of the references' bytes.
  ///
  /// Every reference is looked at, a few million a second. Case does not matter, and neither do the spaces, hyphens and
  /// parentheses of a telephone number. Nobody is found by what was erased; the anonymous and the company are found only
  /// by their scheme.
  ///
  /// - Parameters:
  ///   - text: what to look for; everybody where empty.
  ///   - limit: how many to answer; all are counted.
  /// - Throws: `StoreError`.
  public func customers(matching text: String, limit: Int) throws -> FoundCustomers {
    let search = CustomerSearch(text)
    var ranked: [[FoundCustomer]] = [[], [], []]
    var found = FoundCustomers()
    try log.read { _, vault, transaction in
      var cursor = try transaction.cursor(in: vault.contents.references)
      while try cursor.next() {
        let reference = cursor.unsafeKey
        guard let rank = search.rank(of: reference) else { continue }
        found.count += 1
        guard ranked[rank.rawValue].count < limit else { continue }
        ranked[rank.rawValue].append(
          FoundCustomer(
            number: try Vault.number(inRow: cursor.unsafeValue),
            reference: Reference(normalised: String(decoding: reference, as: UTF8.self))))
      }
    }
    found.customers = Array(ranked.joined().prefix(limit))
    return found
  }

  /// The number of an interaction, as headers and views have it.
  public static func interactionKey(of name: String) -> InteractionKey {
    Hashing.interactionKey(name)
  }
}

/// A text that is looked for in references, byte by byte.
struct CustomerSearch {
  enum Rank: Int {
    case same, beginning, within
  }

  private let needles: [[UInt8]]
  private let isBeyondASCII: Bool
  private let hidden: [[UInt8]]

  init(_ text: String) {
    let folded = text.lowercased()
    var needles = [Array(folded.utf8)]
    // As people write a number: its digits are what the vault has.
    let dialled = folded.utf8.filter { !CustomerSearch.separators.contains($0) }
    let isNumber = !dialled.isEmpty && dialled.allSatisfy { $0 == UInt8(ascii: "+") || $0 &- UInt8(ascii: "0") < 10 }
    if isNumber, dialled.count < folded.utf8.count { needles.append(dialled) }
    isBeyondASCII = folded.utf8.contains { $0 >= 0x80 }
    // `anon` finds them, and so does `anon:pbx`; `a` and the empty text do not.
    hidden = ["anon:", "company:"].filter { !folded.hasPrefix($0.dropLast()) }.map { Array($0.utf8) }
    self.needles = needles
  }

  private static let separators = Array(" -.()".utf8)

  /// How well a reference fits; nil where it does not.
  func rank(of reference: UnsafeRawBufferPointer) -> Rank? {
    if hidden.contains(where: { reference.starts(with: $0) }) { return nil }
    if isBeyondASCII {
      return rank(inFolded: Array(String(decoding: reference, as: UTF8.self).lowercased().utf8))
    }
    return withUnsafeTemporaryAllocation(byteCount: reference.count, alignment: 1) { folded in
      for (index, byte) in reference.enumerated() {
        folded[index] = byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
      }
      return rank(inFolded: folded)
    }
  }

  private func rank(inFolded reference: some RandomAccessCollection<UInt8>) -> Rank? {
    var best: Rank?
    for needle in needles {
      guard let rank = CustomerSearch.rank(of: needle, in: reference) else { continue }
      best = best.map { $0.rawValue < rank.rawValue ? $0 : rank } ?? rank
    }
    return best
  }

  private static func rank(of needle: [UInt8], in reference: some RandomAccessCollection<UInt8>) -> Rank? {
    if reference.elementsEqual(needle) { return .same }
    let value = reference.firstIndex(of: UInt8(ascii: ":")).map { reference[reference.index(after: $0)...] }
    if reference.starts(with: needle) || value?.starts(with: needle) == true { return .beginning }
    var rest = reference[...]
    while rest.count >= needle.count {
      if rest.starts(with: needle) { return .within }
      rest = rest.dropFirst()
    }
    return nil
  }
}
