/// What a logistic regression learns from: rows of features, and of how many cases each row is and how many had the
/// outcome. Equal rows may be one row with a count.
///
///     var rows = LogisticRows(features: ["recency_days", "complaints"])
///     rows.append([12, 0], happened: 1, cases: 40)
///
/// A row takes 4 bytes a feature and 16: 5 million rows of 25 features are 580 MB.
public struct LogisticRows: Sendable {
  /// The features' names, for coefficients and refusals.
  public let features: [String]

  /// Row by row.
  private(set) var values: [Float] = []

  /// How many of a row's cases had the outcome, and how many there are.
  private(set) var happened: [Double] = []
  private(set) var cases: [Double] = []

  /// - Parameter features: one or more.
  public init(features: [String]) {
    precondition(!features.isEmpty, "a regression has a feature")
    self.features = features
  }

  /// How many rows there are.
  public var count: Int { cases.count }

  public mutating func reserveCapacity(_ rows: Int) {
    values.reserveCapacity(rows * features.count)
    happened.reserveCapacity(rows)
    cases.reserveCapacity(rows)
  }

  /// - Parameters:
  ///   - row: a finite number per feature.
  ///   - happened: how many of the cases had the outcome, from 0 to `cases`; may be a weight.
  ///   - cases: how many cases the row stands for, above 0.
  @inline(__always)
  public mutating func append(_ row: some Collection<Float>, happened: Double, cases: Double = 1) {
    precondition(row.count == features.count, "a row has a number for each feature")
    precondition(cases > 0 && happened >= 0 && happened <= cases, "the outcome came in none to all of some cases")
    values.append(contentsOf: row)
    self.happened.append(happened)
    self.cases.append(cases)
  }
}
