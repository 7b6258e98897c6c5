/// Why a method gives no figure: the data do not carry it. What was expected, what came, and the way out, in words.
public enum StatisticsRefusal: Error, Equatable, Sendable {
  /// Fewer of something than the method needs.
  case tooFew(what: String, found: Int, needed: Int)

  /// A value that the method has no meaning for, e.g. a variance that is not above 0.
  case unusable(what: String, index: Int, value: Double, wayOut: String)

  /// All values are the same, so there is nothing to compare.
  case noVariation(what: String, wayOut: String)

  /// A stratum with weight has no cases, and the policy is to refuse it.
  case emptyStratum(index: Int)
}

extension StatisticsRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooFew(let what, let found, let needed):
      "too few \(what): \(found) of at least \(needed). Take a longer time or coarser groups"
    case .unusable(let what, let index, let value, let wayOut):
      "\(what) number \(index + 1) is \(value), which the method has no meaning for. \(wayOut)"
    case .noVariation(let what, let wayOut):
      "\(what) are all the same, so there is nothing to compare. \(wayOut)"
    case .emptyStratum(let index):
      "stratum number \(index + 1) has weight and no cases. Choose what takes its place, or join strata"
    }
  }
}
