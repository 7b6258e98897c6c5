import RealModule

/// The penalised likelihood of a logistic regression, over features that are centred and divided by their spread.
///
/// The data stay as they came: coefficients are turned to the features' own scale for each pass, and gradients back.
struct LogisticLikelihood {
  let rows: LogisticRows
  let summary: FeatureSummary
  let penalty: Double

  /// Rows are added up in blocks and blocks to the whole, so that rounding does not grow with the rows.
  private static let blockRows = 4_096

  /// −ln L + penalty/2 · Σ β², per case, at coefficients of which the first is the intercept; and its gradient.
  func value(at point: Span<Double>, gradient: inout MutableSpan<Double>) -> Double {
    let width = rows.features.count
    let own = ownScale(point)
    var logLikelihood = 0.0
    var slopes = Array(repeating: 0.0, count: width + 1)
    var start = 0
    while start < rows.count {
      let block = start..<min(start + Self.blockRows, rows.count)
      logLikelihood += add(block, coefficients: own, to: &slopes)
      start = block.upperBound
    }
    var penalised = logLikelihood
    for feature in 0..<width { penalised -= penalty / 2 * point[feature + 1] * point[feature + 1] }
    if gradient.count > 0 {
      gradient[0] = -slopes[0] / summary.cases
      for feature in 0..<width {
        let slope = (slopes[feature + 1] - summary.means[feature] * slopes[0]) / summary.spreads[feature]
        gradient[feature + 1] = -(slope - penalty * point[feature + 1]) / summary.cases
      }
    }
    return -penalised / summary.cases
  }

  /// Coefficients of the features as they came.
  func ownScale(_ point: Span<Double>) -> [Double] {
    var own = [point[0]]
    for feature in rows.features.indices {
      let coefficient = point[feature + 1] / summary.spreads[feature]
      own.append(coefficient)
      own[0] -= coefficient * summary.means[feature]
    }
    return own
  }

  /// The log-likelihood of a block of rows; adds their part of the gradient.
  private func add(_ block: Range<Int>, coefficients: [Double], to slopes: inout [Double]) -> Double {
    let width = rows.features.count
    var sum = 0.0
    var part = Array(repeating: 0.0, count: width + 1)
    rows.values.withUnsafeBufferPointer { values in
      part.withUnsafeMutableBufferPointer { part in
        coefficients.withUnsafeBufferPointer { coefficients in
          for row in block {
            let first = row * width
            let logOdds = Self.logOdds(values, first, coefficients, width)
            let (cases, happened) = (rows.cases[row], rows.happened[row])
            let small = Double.exp(-abs(logOdds))
            let probability = logOdds >= 0 ? 1 / (1 + small) : small / (1 + small)
            sum += happened * logOdds - cases * (max(logOdds, 0) + Double.log(onePlus: small))
            let residual = happened - cases * probability
            part[0] += residual
            for feature in 0..<width { part[feature + 1] += residual * Double(values[first + feature]) }
          }
        }
      }
    }
    for index in slopes.indices { slopes[index] += part[index] }
    return sum
  }

  /// In four sums side by side: a single one would wait for each addition.
  @inline(__always)
  private static func logOdds(
    _ values: UnsafeBufferPointer<Float>, _ first: Int, _ coefficients: UnsafeBufferPointer<Double>, _ width: Int
  ) -> Double {
    var sums = SIMD4<Double>(coefficients[0], 0, 0, 0)
    var feature = 0
    while feature + 4 <= width {
      let place = first + feature
      let four = SIMD4<Double>(
        Double(values[place]), Double(values[place + 1]), Double(values[place + 2]), Double(values[place + 3]))
      sums +=
        four
        * SIMD4(
          coefficients[feature + 1], coefficients[feature + 2], coefficients[feature + 3], coefficients[feature + 4])
      feature += 4
    }
    var sum = sums.sum()
    while feature < width {
      sum += coefficients[feature + 1] * Double(values[first + feature])
      feature += 1
    }
    return sum
  }
}

extension LogisticLikelihood {
  /// How the likelihood lies at a point.
  struct Shape {
    /// The negative second derivatives of the penalised log-likelihood: Σ n·p(1 − p)·zzᵀ + penalty.
    var information: SymmetricMatrix

    /// The lowest log odds of a row where the outcome came, and the highest of one where it did not.
    var lowestWith = Double.infinity
    var highestWithout = -Double.infinity
  }

  func shape(at point: [Double]) -> Shape {
    let width = rows.features.count
    let size = width + 1
    let own = ownScale(point.span)
    var shape = Shape(information: SymmetricMatrix(size: size))
    var sums = Array(repeating: 0.0, count: size * size)
    var scaled = Array(repeating: 1.0, count: size)
    let inverse = summary.spreads.map { 1 / $0 }
    rows.values.withUnsafeBufferPointer { values in
      sums.withUnsafeMutableBufferPointer { sums in
        for row in 0..<rows.count {
          let logOdds = own.withUnsafeBufferPointer { Self.logOdds(values, row * width, $0, width) }
          let small = Double.exp(-abs(logOdds))
          let weight = rows.cases[row] * small / ((1 + small) * (1 + small))
          for feature in 0..<width {
            scaled[feature + 1] = (Double(values[row * width + feature]) - summary.means[feature]) * inverse[feature]
          }
          scaled.withUnsafeBufferPointer { scaled in
            for one in 0..<size {
              let weighted = weight * scaled[one]
              for other in one..<size { sums[one * size + other] += weighted * scaled[other] }
            }
          }
          if rows.happened[row] > 0 { shape.lowestWith = min(shape.lowestWith, logOdds) }
          if rows.happened[row] < rows.cases[row] { shape.highestWithout = max(shape.highestWithout, logOdds) }
        }
      }
    }
    for one in 0..<size {
      for other in one..<size { shape.information[one, other] = sums[one * size + other] }
      if one > 0 { shape.information[one, one] += penalty }
    }
    return shape
  }
}
