/// How alike measurements of the same target are, after Shrout and Fleiss ("Intraclass correlations: uses in assessing
/// rater reliability", Psychological Bulletin 86, 1979): all six, from a table without gaps.
///
///     let icc = try IntraclassCorrelation(rows: [[9, 2, 5, 8], …])  // a row per customer, a column per channel
///     icc.twoWayRandom.single.value    // ICC(2,1)
///
/// For groups of unequal size there is `OneWayIntraclassCorrelation`.
public struct IntraclassCorrelation: Sendable, Equatable {
  /// A coefficient, and its interval.
  public struct Coefficient: Sendable, Equatable {
    /// At most 1; below 0 where targets differ less than chance would have them.
    public let value: Double
    public let interval: ConfidenceInterval
  }

  /// The coefficient of one measurement, and of the mean of as many as the table has columns.
  public struct Pair: Sendable, Equatable {
    public let single: Coefficient
    public let average: Coefficient
  }

  /// ICC(1,1) and ICC(1,k): each target is measured by others.
  public let oneWay: Pair

  /// ICC(2,1) and ICC(2,k): the same measure all targets, and are a sample; absolute agreement.
  public let twoWayRandom: Pair

  /// ICC(3,1) and ICC(3,k): the same measure all targets, and are all there are; consistency.
  public let twoWayMixed: Pair

  /// - Parameter rows: a row per target, a column per rater; all rows equally long.
  /// - Throws: `StatisticsRefusal` below two rows or columns, and where all targets are measured the same.
  public init(rows: [[Double]], level: Double = 0.95) throws {
    let squares = try MeanSquares(rows)
    let (n, k) = (squares.targets, squares.raters)
    oneWay = Self.ofRatio(
      squares.between / squares.within, raters: k, degrees: (n - 1, n * (k - 1)), level: level)
    twoWayMixed = Self.ofRatio(
      squares.between / squares.residual, raters: k, degrees: (n - 1, (n - 1) * (k - 1)), level: level)
    twoWayRandom = Self.twoWayRandom(squares, level: level)
  }

  /// From F, the ratio of the mean square between targets to that of the error: (F − 1)/(F + k − 1) and 1 − 1/F, which
  /// rise with F, so that an interval of F is one of them.
  private static func ofRatio(
    _ ratio: Double, raters k: Double, degrees: (between: Double, error: Double), level: Double
  ) -> Pair {
    let bound = 0.5 + level / 2
    let lower = ratio / FDistribution(numerator: degrees.between, denominator: degrees.error).quantile(bound)
    let upper = ratio * FDistribution(numerator: degrees.error, denominator: degrees.between).quantile(bound)
    // Without any error F is infinite, and the coefficients are 1.
    let single = { (f: Double) in f.isInfinite ? 1 : (f - 1) / (f + k - 1) }
    let average = { (f: Double) in 1 - 1 / f }
    return Pair(
      single: Coefficient(
        value: single(ratio), interval: .init(lower: single(lower), upper: single(upper), level: level)),
      average: Coefficient(
        value: average(ratio), interval: .init(lower: average(lower), upper: average(upper), level: level)))
  }

  private static func twoWayRandom(_ squares: MeanSquares, level: Double) -> Pair {
    let (n, k) = (squares.targets, squares.raters)
    let (between, raters, residual) = (squares.between, squares.betweenRaters, squares.residual)
    let single = (between - residual) / (between + (k - 1) * residual + k * (raters - residual) / n)
    let average = (between - residual) / (between + (raters - residual) / n)

    // Satterthwaite's degrees of freedom, as in the paper's section on ICC(2, 1), written without the ratio of mean
    // squares, which has no value without residuals. They are never fewer than those of the raters, but for coefficients
    // below 0, where the paper's formula has no meaning.
    let rest = n * (1 + (k - 1) * single) - k * single
    let sum = k * single * raters + rest * residual
    guard raters > 0 || residual > 0 else {
      // All raters agree in everything.
      let one = Coefficient(value: 1, interval: .init(lower: 1, upper: 1, level: level))
      return Pair(single: one, average: one)
    }
    let degrees = max(
      k - 1,
      (k - 1) * (n - 1) * sum * sum
        / ((n - 1) * k * k * single * single * raters * raters + rest * rest * residual * residual))
    let bound = 0.5 + level / 2
    let above = FDistribution(numerator: n - 1, denominator: degrees).quantile(bound)
    let below = FDistribution(numerator: degrees, denominator: n - 1).quantile(bound)
    let noise = k * raters + (k * n - k - n) * residual
    let lower = n * (between - above * residual) / (above * noise + n * between)
    let upper = n * (below * between - residual) / (noise + n * below * between)
    let ofMean = { (value: Double) in k * value / (1 + (k - 1) * value) }
    return Pair(
      single: Coefficient(value: single, interval: .init(lower: lower, upper: upper, level: level)),
      average: Coefficient(value: average, interval: .init(lower: ofMean(lower), upper: ofMean(upper), level: level)))
  }
}

/// The analysis of variance of a table of targets and raters.
private struct MeanSquares {
  let targets: Double
  let raters: Double
  let between: Double
  let within: Double
  let betweenRaters: Double
  let residual: Double

  init(_ rows: [[Double]]) throws {
    let columns = rows.first?.count ?? 0
    precondition(rows.allSatisfy { $0.count == columns }, "all rows are equally long")
    guard rows.count >= 2 else {
      throw StatisticsRefusal.tooFew(what: "targets that were measured", found: rows.count, needed: 2)
    }
    guard columns >= 2 else {
      throw StatisticsRefusal.tooFew(what: "measurements of each target", found: columns, needed: 2)
    }
    let (n, k) = (Double(rows.count), Double(columns))
    let rowMeans = rows.map { $0.reduce(0, +) / k }
    let columnMeans = (0..<columns).map { column in rows.reduce(0) { $0 + $1[column] } / n }
    let mean = rowMeans.reduce(0, +) / n
    let rowSquares = k * rowMeans.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let columnSquares = n * columnMeans.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    var withinSquares = 0.0
    var residualSquares = 0.0
    for (row, rowMean) in zip(rows, rowMeans) {
      for (value, columnMean) in zip(row, columnMeans) {
        withinSquares += (value - rowMean) * (value - rowMean)
        let residual = value - rowMean - columnMean + mean
        residualSquares += residual * residual
      }
    }
    guard rowSquares + withinSquares > 0 else {
      throw StatisticsRefusal.noVariation(what: "the measurements", wayOut: "Measure something that differs")
    }
    guard rowSquares + residualSquares > 0 else {
      throw StatisticsRefusal.noVariation(what: "the targets", wayOut: "Measure something that differs between them")
    }
    targets = n
    raters = k
    between = rowSquares / (n - 1)
    within = withinSquares / (n * (k - 1))
    betweenRaters = columnSquares / (k - 1)
    residual = residualSquares / ((n - 1) * (k - 1))
  }
}
