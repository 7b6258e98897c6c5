import RealModule

/// The log-likelihood of the BG/NBD and the MBG/NBD model, over the logarithms of r, α, a and b.
///
/// With y as in `BetaGeometric`, a customer's part is (Fader, Hardie and Lee 2005, equation 6, and their note
/// "Implementing the BG/NBD model in Excel", whose terms these are):
///
///     ln Γ(r + x) − ln Γ(r) + r ln α
///     + ln Γ(a + b) + ln Γ(b + y) − ln Γ(b) − ln Γ(a + b + y)
///     − (r + x) ln(α + T) + ln(1 + a/(b + y − 1) · ((α + T)/(α + t_x))^(r + x))     the last only for y > 0
struct RepeatLikelihood {
  /// Grouped, and in order of their repeats.
  let histories: [RepeatHistory]
  let variant: BetaGeometric.Variant
  let customers: Double

  init(_ histories: [RepeatHistory], _ variant: BetaGeometric.Variant) {
    self.histories = RepeatHistory.grouped(histories)
    self.variant = variant
    customers = Double(histories.reduce(0) { $0 + $1.customers })
  }

  /// −ln L per customer at ln r, ln α, ln a, ln b, and its gradient.
  func value(at point: Span<Double>, gradient: inout MutableSpan<Double>) -> Double {
    let (r, alpha, a, b) = (
      Double.exp(point[0]), Double.exp(point[1]), Double.exp(point[2]), Double.exp(point[3])
    )
    var sums = Sums()
    var part = CountPart(repeats: -1, r: r, a: a, b: b, variant: variant)
    for history in histories {
      if history.repeats != part.repeats {
        part = CountPart(repeats: history.repeats, r: r, a: a, b: b, variant: variant)
      }
      sums.add(history, part, alpha: alpha, a: a, b: b)
    }
    let logAlpha = point[1]
    if gradient.count == 4 {
      gradient[0] = -r * (sums.r / customers + logAlpha)
      gradient[1] = -alpha * (r / alpha + sums.alpha / customers)
      gradient[2] = -a * sums.a / customers
      gradient[3] = -b * sums.b / customers
    }
    return -(sums.value / customers + r * logAlpha)
  }

  /// What depends on the number of repeats alone, and its slopes: gamma functions cost the most, and so are taken once for
  /// all who came back as often.
  private struct CountPart {
    let repeats: Int
    let power: Double
    let chances: Double
    let value: Double
    let slopeR: Double
    let slopeA: Double
    let slopeB: Double

    /// Below 0 repeats: none.
    init(repeats: Int, r: Double, a: Double, b: Double, variant: BetaGeometric.Variant) {
      let x = Double(max(repeats, 0))
      let y = variant == .original ? x : x + 1
      self.repeats = repeats
      power = r + x
      chances = y
      value = Double.logGamma(r + x) - Double.logGamma(r) + logBeta(a, b + y) - logBeta(a, b)
      slopeR = digamma(r + x) - digamma(r)
      slopeA = digamma(a + b) - digamma(a + b + y)
      slopeB = slopeA + digamma(b + y) - digamma(b)
    }
  }

  /// Of all customers, without the terms in ln α that are the same for each.
  private struct Sums {
    var value = 0.0
    var r = 0.0
    var alpha = 0.0
    var a = 0.0
    var b = 0.0

    @inline(__always)
    mutating func add(
      _ history: RepeatHistory, _ part: CountPart, alpha scale: Double, a shape: Double, b other: Double
    ) {
      let weight = Double(history.customers)
      let watched = Double.log(scale + history.age)
      guard part.chances > 0 else {
        value += weight * (part.value - part.power * watched)
        r += weight * (part.slopeR - watched)
        alpha -= weight * part.power / (scale + history.age)
        a += weight * part.slopeA
        b += weight * part.slopeB
        return
      }
      let until = Double.log(scale + history.last)
      let rest = other + part.chances - 1
      // The logarithm of the odds of having left; its exponential may be too large for a number.
      let leftOdds = Double.log(shape / rest) + part.power * (watched - until)
      let small = Double.exp(-abs(leftOdds))
      let left = leftOdds >= 0 ? 1 / (1 + small) : small / (1 + small)
      let alive = 1 - left
      value += weight * (part.value - part.power * watched + max(leftOdds, 0) + Double.log(onePlus: small))
      r += weight * (part.slopeR - alive * watched - left * until)
      alpha -= weight * part.power * (alive / (scale + history.age) + left / (scale + history.last))
      a += weight * (part.slopeA + left / shape)
      b += weight * (part.slopeB - left / rest)
    }
  }

  /// The second derivatives of −ln L at a point: central differences of the gradient, which lose about half of the
  /// digits of a number, so eight are left.
  func information(at point: [Double]) -> SymmetricMatrix {
    let step = 1e-4
    var columns: [[Double]] = []
    for index in 0..<4 {
      var (above, below) = (point, point)
      above[index] += step
      below[index] -= step
      columns.append(zip(gradient(at: above), gradient(at: below)).map { ($0 - $1) / (2 * step) })
    }
    var matrix = SymmetricMatrix(size: 4)
    for one in 0..<4 {
      for other in 0...one { matrix[one, other] = (columns[one][other] + columns[other][one]) / 2 }
    }
    return matrix
  }

  /// The gradient of −ln L of all customers.
  func gradient(at point: [Double]) -> [Double] {
    var gradient = Array(repeating: 0.0, count: 4)
    var slope = gradient.mutableSpan
    _ = value(at: point.span, gradient: &slope)
    return gradient.map { $0 * customers }
  }
}
