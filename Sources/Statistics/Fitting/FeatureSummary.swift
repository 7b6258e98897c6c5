/// What a regression must know of its features before it begins: where they lie and how they spread, and whether one
/// alone tells the outcomes apart.
struct FeatureSummary: Sendable {
  let means: [Double]

  /// Standard deviations (divisor n); 1 for a feature that is the same everywhere, so that it can be divided by.
  let spreads: [Double]

  let constant: [Bool]
  let separates: [Bool]
  let cases: Double
  let happened: Double

  init(_ rows: LogisticRows) throws {
    let width = rows.features.count
    cases = rows.cases.reduce(0, +)
    happened = rows.happened.reduce(0, +)
    var sums = Sums(origin: rows.values.prefix(width).map { Double($0) }, width: width)
    // Row by row, because that is how they lie in memory.
    rows.values.withUnsafeBufferPointer { values in
      for row in 0..<rows.count {
        sums.add(
          UnsafeBufferPointer(rebasing: values[row * width..<(row + 1) * width]), cases: rows.cases[row],
          happened: rows.happened[row])
      }
    }
    // One number that is not finite makes its sum so, and is only then looked for.
    if let feature = sums.squares.firstIndex(where: { !$0.isFinite }) {
      let row = (0..<rows.count).first { !rows.values[$0 * width + feature].isFinite } ?? 0
      throw LogisticRefusal.notANumber(feature: rows.features[feature], row: row)
    }
    let cases = self.cases
    let shifts = sums.distances.map { $0 / cases }
    means = zip(sums.origin, shifts).map { $0 + $1 }
    let constant = (0..<width).map { min(sums.with.least[$0], sums.without.least[$0]) == sums.most($0) }
    self.constant = constant
    spreads = (0..<width).map { feature in
      let variance = sums.squares[feature] / cases - shifts[feature] * shifts[feature]
      return constant[feature] || !(variance > 0) ? 1 : variance.squareRoot()
    }
    separates = (0..<width).map { feature in
      !constant[feature]
        && (sums.with.least[feature] >= sums.without.most[feature]
          || sums.with.most[feature] <= sums.without.least[feature])
    }
  }

  private struct Sums {
    /// The first row: distances from it keep the digits of large numbers that lie close together.
    let origin: [Double]
    var distances: [Double]
    var squares: [Double]

    /// Over the rows where the outcome came, and where it did not.
    var with: Bounds
    var without: Bounds

    init(origin: [Double], width: Int) {
      // Without rows there is nothing to be far from.
      self.origin = origin.isEmpty ? Array(repeating: 0, count: width) : origin
      distances = Array(repeating: 0, count: width)
      squares = distances
      with = Bounds(width: width)
      without = with
    }

    func most(_ feature: Int) -> Float { max(with.most[feature], without.most[feature]) }

    mutating func add(_ row: UnsafeBufferPointer<Float>, cases: Double, happened: Double) {
      for feature in row.indices {
        let distance = Double(row[feature]) - origin[feature]
        distances[feature] += cases * distance
        squares[feature] += cases * distance * distance
      }
      if happened > 0 { with.add(row) }
      if happened < cases { without.add(row) }
    }
  }

  private struct Bounds {
    var least: [Float]
    var most: [Float]

    init(width: Int) {
      least = Array(repeating: .infinity, count: width)
      most = Array(repeating: -.infinity, count: width)
    }

    mutating func add(_ row: UnsafeBufferPointer<Float>) {
      for feature in row.indices {
        // Not `min` and `max`, which look after numbers that are none.
        if row[feature] < least[feature] { least[feature] = row[feature] }
        if row[feature] > most[feature] { most[feature] = row[feature] }
      }
    }
  }
}
