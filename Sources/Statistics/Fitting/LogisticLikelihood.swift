import RealModule

/// The penalised likelihood of a logistic regression, over features that are centred and divided by their spread.
///
/// The data stay as they came: coefficients are turned to the features' own scale for each pass, and gradients back.
struct LogisticLikelihood: Sendable {
  let rows: LogisticRows
  let summary: FeatureSummary
  let penalty: Double
  let passes: RowPasses

  /// −ln L + penalty/2 · Σ β², per case, at coefficients of which the first is the intercept; and its gradient.
  func value(at point: Span<Double>, gradient: inout MutableSpan<Double>) -> Double {
    let width = rows.features.count
    let own = ownScale(point)
    // The log-likelihood, then the slopes of the intercept and of each feature.
    let sums = passes.sum(of: width + 2, over: rows.count) { block, sums in
      addLikelihood(of: block, coefficients: own, to: sums)
    }
    var penalised = sums[0]
    for feature in 0..<width { penalised -= penalty / 2 * point[feature + 1] * point[feature + 1] }
    if gradient.count > 0 {
      gradient[0] = -sums[1] / summary.cases
      for feature in 0..<width {
        let slope = (sums[feature + 2] - summary.means[feature] * sums[1]) / summary.spreads[feature]
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

  private func addLikelihood(
    of block: Range<Int>, coefficients: [Double], to sums: UnsafeMutableBufferPointer<Double>
  ) {
    let width = rows.features.count
    // ln(1 + small) of single cases, as one logarithm of many factors between 1 and 2.
    var product = 1.0
    rows.values.withUnsafeBufferPointer { values in
      coefficients.withUnsafeBufferPointer { coefficients in
        for row in block {
          let first = row * width
          let logOdds = Self.logOdds(values, first, coefficients, width)
          let (cases, happened) = (rows.cases[row], rows.happened[row])
          let small = Double.exp(-abs(logOdds))
          let probability = (logOdds >= 0 ? 1 : small) / (1 + small)
          sums[0] += happened * logOdds - cases * max(logOdds, 0)
          if cases == 1 {
            product *= 1 + small
            if product > 1e300 {
              sums[0] -= Double.log(product)
              product = 1
            }
          } else {
            sums[0] -= cases * Double.log(onePlus: small)
          }
          let residual = happened - cases * probability
          sums[1] += residual
          for feature in 0..<width { sums[feature + 2] += residual * Double(values[first + feature]) }
        }
      }
    }
    sums[0] -= Double.log(product)
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
  /// The negative second derivatives of the penalised log-likelihood: Σ n·p(1 − p)·zzᵀ + penalty.
  func information(at point: [Double]) -> SymmetricMatrix {
    let size = rows.features.count + 1
    let own = ownScale(point.span)
    let sums = passes.sum(of: size * size, over: rows.count) { block, sums in
      addInformation(of: block, coefficients: own, to: sums)
    }
    var matrix = SymmetricMatrix(size: size)
    for one in 0..<size {
      for other in one..<size { matrix[one, other] = sums[one * size + other] }
      if one > 0 { matrix[one, one] += penalty }
    }
    return matrix
  }

  private func addInformation(
    of block: Range<Int>, coefficients: [Double], to sums: UnsafeMutableBufferPointer<Double>
  ) {
    let width = rows.features.count
    let size = width + 1
    let inverse = summary.spreads.map { 1 / $0 }
    let means = summary.means
    var scaled = Array(repeating: 1.0, count: size)
    scaled.withUnsafeMutableBufferPointer { scaled in
      rows.values.withUnsafeBufferPointer { values in
        coefficients.withUnsafeBufferPointer { coefficients in
          for row in block {
            let small = Double.exp(-abs(Self.logOdds(values, row * width, coefficients, width)))
            let weight = rows.cases[row] * small / ((1 + small) * (1 + small))
            for feature in 0..<width {
              scaled[feature + 1] = (Double(values[row * width + feature]) - means[feature]) * inverse[feature]
            }
            for one in 0..<size {
              let weighted = weight * scaled[one]
              for other in one..<size { sums[one * size + other] += weighted * scaled[other] }
            }
          }
        }
      }
    }
  }

  /// Whether every row where the outcome came has log odds at least as high as every row where it did not.
  func isSeparated(at point: [Double]) -> Bool {
    let width = rows.features.count
    let own = ownScale(point.span)
    var lowestWith = Double.infinity
    var highestWithout = -Double.infinity
    return rows.values.withUnsafeBufferPointer { values in
      own.withUnsafeBufferPointer { own in
        for row in 0..<rows.count {
          let logOdds = Self.logOdds(values, row * width, own, width)
          if rows.happened[row] > 0 { lowestWith = min(lowestWith, logOdds) }
          if rows.happened[row] < rows.cases[row] { highestWithout = max(highestWithout, logOdds) }
          // Mostly known after a few rows.
          if lowestWith < highestWithout { return false }
        }
        return true
      }
    }
  }
}
