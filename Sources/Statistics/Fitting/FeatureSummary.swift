/// What a regression must know of its features before it begins: where they lie and how they spread, and whether one
/// alone tells the outcomes apart.
struct FeatureSummary {
  private(set) var means: [Double]

  /// Standard deviations (divisor n); 1 for a feature that is the same everywhere, so that it can be divided by.
  private(set) var spreads: [Double]

  private(set) var constant: [Bool]
  private(set) var separates: [Bool]
  private(set) var cases = 0.0
  private(set) var happened = 0.0

  init(_ rows: LogisticRows) throws {
    let width = rows.features.count
    means = Array(repeating: 0, count: width)
    spreads = means
    constant = Array(repeating: false, count: width)
    separates = constant
    cases = rows.cases.reduce(0, +)
    happened = rows.happened.reduce(0, +)
    for feature in 0..<width { try summarise(feature, of: rows) }
  }

  private mutating func summarise(_ feature: Int, of rows: LogisticRows) throws {
    let width = rows.features.count
    var with = Bounds()
    var without = Bounds()
    var sum = 0.0
    // The distance from the first value, so that large numbers close together keep their digits.
    let origin = rows.count > 0 ? Double(rows.values[feature]) : 0
    var squares = 0.0
    for row in 0..<rows.count {
      let value = rows.values[row * width + feature]
      guard value.isFinite else { throw LogisticRefusal.notANumber(feature: rows.features[feature], row: row) }
      if rows.happened[row] > 0 { with.add(value) }
      if rows.happened[row] < rows.cases[row] { without.add(value) }
      let distance = Double(value) - origin
      sum += rows.cases[row] * distance
      squares += rows.cases[row] * distance * distance
    }
    means[feature] = origin + sum / cases
    constant[feature] = min(with.least, without.least) == max(with.most, without.most)
    let variance = squares / cases - (sum / cases) * (sum / cases)
    spreads[feature] = constant[feature] || variance <= 0 ? 1 : variance.squareRoot()
    separates[feature] = !constant[feature] && (with.least >= without.most || with.most <= without.least)
  }

  private struct Bounds {
    var least = Float.infinity
    var most = -Float.infinity

    mutating func add(_ value: Float) {
      least = min(least, value)
      most = max(most, value)
    }
  }
}
