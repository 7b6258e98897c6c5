/// The name of a tile of the Merkle tree, or of a bundle of its entries, as C2SP's tlog-tiles has it
/// (https://c2sp.org/tlog-tiles).
///
/// `tile/LEVEL/INDEX` is 256 hashes wide, `tile/LEVEL/INDEX.p/WIDTH` narrower; `tile/entries/INDEX` has the entries
/// whose hashes are in the tile of level 0 with that index. An index is written in groups of three digits, all but the
/// last with an `x` before it: 1234067 is `x001/x234/067`. So every name is a path in a folder too.
public struct TilePath: Sendable, Hashable {
  /// 0 for the hashes of leaves, 1 for roots over 256 of them, and so on; nil for a bundle of entries.
  public let level: Int?
  /// Which of its level, from 0.
  public let index: UInt64
  /// How many hashes or entries it has, from 1 to `fullWidth`.
  public let width: UInt64

  /// The width of a tile that will not grow any more.
  public static let fullWidth: UInt64 = 256
  /// The levels that a name can have.
  static let levels = 0...63

  /// Reads a name.
  ///
  /// - Throws: `TilePathError` for everything that is not written exactly as `description` writes it.
  public init(_ name: String) throws(TilePathError) {
    guard let path = TilePath(parts: name.split(separator: "/", omittingEmptySubsequences: false)),
      path.description == name
    else { throw TilePathError(name: name) }
    self = path
  }

  /// - Precondition: level and width are such as a name can have.
  package init(level: Int?, index: UInt64, width: UInt64 = TilePath.fullWidth) {
    precondition(level.map { TilePath.levels.contains($0) } ?? true, "a tile's level is 0 to 63")
    precondition((1...TilePath.fullWidth).contains(width), "a tile is 1 to 256 wide")
    self.level = level
    self.index = index
    self.width = width
  }

  /// Reads what any tolerant reader would take; whether it is written as it should be shows when it is written again.
  private init?(parts: [Substring]) {
    guard parts.count >= 3, parts[0] == "tile" else { return nil }
    if parts[1] == "entries" {
      level = nil
    } else {
      guard let level = Int(parts[1]), TilePath.levels.contains(level) else { return nil }
      self.level = level
    }
    var groups = parts[2...]
    if let last = groups.dropLast().last, last.hasSuffix(".p"), let end = groups.popLast() {
      guard let width = UInt64(end), width > 0, width < TilePath.fullWidth else { return nil }
      self.width = width
      groups[groups.endIndex - 1] = last.dropLast(2)
    } else {
      width = TilePath.fullWidth
    }
    var index: UInt64 = 0
    for group in groups {
      guard let digits = UInt64(group.hasPrefix("x") ? group.dropFirst() : group), digits < 1000 else { return nil }
      let (high, isTooHigh) = index.multipliedReportingOverflow(by: 1000)
      let (next, isTooLarge) = high.addingReportingOverflow(digits)
      guard !isTooHigh, !isTooLarge else { return nil }
      index = next
    }
    self.index = index
  }
}

extension TilePath: CustomStringConvertible {
  public var description: String {
    var groups: [String] = []
    var rest = index
    repeat {
      let digits = String(rest % 1000)
      groups.append((groups.isEmpty ? "" : "x") + String(repeating: "0", count: 3 - digits.count) + digits)
      rest /= 1000
    } while rest > 0
    let end = width == TilePath.fullWidth ? "" : ".p/\(width)"
    return "tile/\(level.map { String($0) } ?? "entries")/" + groups.reversed().joined(separator: "/") + end
  }
}

/// A name that is none of a tile's.
public struct TilePathError: Error, Equatable, CustomStringConvertible {
  public let name: String

  public var description: String {
    """
    \(name) names no tile. Expected tile/LEVEL/INDEX or tile/entries/INDEX, and .p/WIDTH behind it where there are \
    fewer than 256; e.g. tile/0/x001/x234/067 or tile/entries/000.p/17
    """
  }
}
