import CSimdJSON

/// What is asked of JSON texts as a whole.
public enum JSON {
  /// Whether two values are the same: the order of members and the spacing aside, strings after
  /// unescaping, numbers by their decimal value (`1`, `1.0` and `10e-1` are one number, `-0` is `0`),
  /// exactly, of any length and exponent. Strings are compared by their code points, not normalised.
  ///
  /// Identical bytes are recognised at once. Otherwise the time is that of sorting the keys; small
  /// objects allocate nothing.
  public static func equal(_ a: borrowing JSONNode, _ b: borrowing JSONNode) -> Bool {
    let kind = a.kind
    guard kind == b.kind, a.count == b.count else { return false }
    if a.rawBytes.equals(b.rawBytes) { return true }
    return switch kind {
    case .null, .true, .false: true
    case .string: a.stringBytes.equals(b.stringBytes)
    case .number: DecimalText(a.raw).isEqual(to: DecimalText(b.raw))
    case .array: equalElements(a, b)
    case .object: a.count <= largestSmallObject ? equalMembers(a, b) : equalSortedMembers(a, b)
    }
  }

  /// Whether two texts are the same value, as ``equal(_:_:)-(JSONNode,_)``. Texts of identical bytes
  /// are equal without being parsed. Makes two parsers: who compares often parses for themselves.
  ///
  /// - Throws: ``JSONError`` when one of them is no JSON.
  public static func equal(_ a: Span<UInt8>, _ b: Span<UInt8>) throws(JSONError) -> Bool {
    let areIdentical = a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { b in a.equals(b) } }
    if areIdentical { return true }
    var parser = JSONParser()
    var otherParser = JSONParser()
    let first = try parser.parse(a)
    let second = try otherParser.parse(b)
    return equal(first.root, second.root)
  }

  private static let largestSmallObject = 16

  private static func equalElements(_ a: borrowing JSONNode, _ b: borrowing JSONNode) -> Bool {
    var mine = a.children
    var theirs = b.children
    while let element = mine.next(), let other = theirs.next() {
      if !equal(element, other) { return false }
    }
    return true
  }

  /// No key comes twice on either side and the counts agree, so it is enough to find every member of one
  /// in the other. The search goes on where the last ended: members are mostly in the same order.
  private static func equalMembers(_ a: borrowing JSONNode, _ b: borrowing JSONNode) -> Bool {
    var mine = a.children
    var theirs = b.children
    while let member = mine.next() {
      var looked = 0
      var isEqual = false
      while looked < b.count {
        guard let other = theirs.next() else {
          theirs = b.children
          continue
        }
        looked += 1
        if member.keyBytes.equals(other.keyBytes) {
          isEqual = equal(member, other)
          break
        }
      }
      if !isEqual { return false }
    }
    return true
  }

  private static func equalSortedMembers(_ a: borrowing JSONNode, _ b: borrowing JSONNode) -> Bool {
    let mine = sortedMembers(a)
    let theirs = sortedMembers(b)
    for (member, other) in zip(mine, theirs) {
      let member = JSONNode(a.document, member)
      let other = JSONNode(b.document, other)
      if !member.keyBytes.equals(other.keyBytes) || !equal(member, other) { return false }
    }
    return true
  }

  /// An object's members by key. The pointers are as good as the parsed text that `object` borrows.
  private static func sortedMembers(_ object: borrowing JSONNode) -> [UnsafePointer<csj_node>] {
    var sorted: [UnsafePointer<csj_node>] = []
    sorted.reserveCapacity(object.count)
    var members = object.children
    while let member = members.next() { sorted.append(member.node) }
    let document = object.document
    sorted.sort { JSONNode(document, $0).keyBytes.precedes(JSONNode(document, $1).keyBytes) }
    return sorted
  }
}
