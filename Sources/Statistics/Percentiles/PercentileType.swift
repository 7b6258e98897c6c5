/// Which value stands for a percentile between two of the sample: three of the nine sample quantiles of Hyndman and Fan
/// ("Sample quantiles in statistical packages", The American Statistician 50, 1996), by their numbers.
public enum PercentileType: Int, Sendable, CaseIterable {
  /// The smallest value that at least this share of the values does not exceed: always a value that occurred. The
  /// inverse of the empirical distribution.
  case inverse = 1

  /// Interpolated at p(n + 1): the ends lie beyond what was seen. SPSS, Minitab, Excel's `PERCENTILE.EXC`.
  case exclusive = 6

  /// Interpolated at 1 + p(n − 1): the ends are the smallest and the largest value. R, NumPy, DuckDB's `quantile_cont`,
  /// Excel's `PERCENTILE.INC`; the default here, because most tools that a reader compares with use it.
  case inclusive = 7

  /// Where the percentile lies among `count` values in order: at `index` (from 0), and this much of the way to the next.
  func place(of share: Double, among count: Int) -> (index: Int, fraction: Double) {
    precondition(share >= 0 && share <= 1, "a percentile's share lies between 0 and 1, and \(share) does not")
    precondition(count > 0, "no values have no percentile")
    let n = Double(count)
    let place: Double
    switch self {
    case .inverse:
      // 0.1 · 30 is a little above 3 in binary, and must not be the fourth value.
      let rank = share * n
      let whole = rank.rounded()
      place = (abs(rank - whole) <= 4 * n.ulp ? whole : rank.rounded(.up)) - 1
    case .exclusive: place = share * (n + 1) - 1
    case .inclusive: place = share * (n - 1)
    }
    let within = min(max(place, 0), n - 1)
    let index = Int(within)
    return (index, within - Double(index))
  }
}

/// The value that this share of the values does not exceed; nil where there are none.
///
///     percentile(0.9, of: waits.sorted())
///
/// - Parameters:
///   - share: between 0 and 1, e.g. 0.9.
///   - sorted: the values in ascending order.
public func percentile(_ share: Double, of sorted: [Double], type: PercentileType = .inclusive) -> Double? {
  guard !sorted.isEmpty else { return nil }
  let (index, fraction) = type.place(of: share, among: sorted.count)
  guard fraction > 0 else { return sorted[index] }
  return sorted[index] + fraction * (sorted[index + 1] - sorted[index])
}
