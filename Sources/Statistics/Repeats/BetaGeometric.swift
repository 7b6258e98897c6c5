import RealModule

/// How customers come back and leave unseen: the BG/NBD model (Fader, Hardie and Lee, "Counting your customers the easy
/// way", Marketing Science 24, 2005) and the MBG/NBD (Batislam, Denizel and Filiztekin, "Empirical validation and
/// comparison of models for customer base analysis", International Journal of Research in Marketing 24, 2007).
///
/// While alive, a customer acts at a rate λ, and after an activity leaves for good with probability p. Rates differ
/// between customers by a gamma distribution (r, α), and p by a beta distribution (a, b).
///
///     let model = BetaGeometric(r: 0.243, alpha: 4.414, a: 0.793, b: 2.426)
///     model.expectedRepeats(within: 39, after: RepeatHistory(repeats: 2, last: 30.43, age: 38.86))  // 1.226
public struct BetaGeometric: Sendable, Equatable {
  /// When a customer can leave.
  public enum Variant: Sendable, Equatable {
    /// BG/NBD: after each repeat. Who never came back is alive for certain, so that P(alive) ranks them first: rank by
    /// the other.
    case original

    /// MBG/NBD: after the first activity, too.
    case modified
  }

  /// The shape of the rates' gamma distribution.
  public let r: Double

  /// Its scale, in the unit of time: the mean rate is r/α.
  public let alpha: Double

  /// The shapes of the beta distribution of p, whose mean is a/(a + b).
  public let a: Double
  public let b: Double

  public let variant: Variant

  /// - Parameters: all above 0.
  public init(r: Double, alpha: Double, a: Double, b: Double, variant: Variant = .original) {
    precondition(r > 0 && alpha > 0 && a > 0 && b > 0, "the four parameters are above 0")
    self.r = r
    self.alpha = alpha
    self.a = a
    self.b = b
    self.variant = variant
  }

  /// How often a customer could have left, and did not, if they are alive now.
  private func chances(_ repeats: Int) -> Double { Double(variant == .original ? repeats : repeats + 1) }

  /// The probability that the customer has not left: 1 / (1 + a/(b + y − 1) · ((α + T)/(α + t_x))^(r + x)) with y = x
  /// and 1 for x = 0 (BG/NBD), or y = x + 1 (MBG/NBD).
  public func probabilityAlive(_ history: RepeatHistory) -> Double {
    let y = chances(history.repeats)
    guard y > 0 else { return 1 }
    let silence = Double.log(alpha + history.age) - Double.log(alpha + history.last)
    return 1 / (1 + a / (b + y - 1) * Double.exp((r + Double(history.repeats)) * silence))
  }

  /// E[Y(t) | x, t_x, T]: how many more activities are expected of the customer within this time from now.
  ///
  /// The paper writes it with ₂F₁. Here it is the sum that this stands for, of terms that are all positive: see
  /// `expectedWhileAlive`.
  ///
  /// - Parameter horizon: 0 or more, in the unit of the history.
  public func expectedRepeats(within horizon: Double, after history: RepeatHistory) -> Double {
    let expected = Self.expectedWhileAlive(
      shape: r + Double(history.repeats), within: horizon / (alpha + history.age + horizon), leaving: a,
      staying: b + chances(history.repeats))
    return probabilityAlive(history) * expected
  }

  /// E[X(t)]: how many repeats are expected of a new customer within this time.
  public func expectedRepeats(within horizon: Double) -> Double {
    let stays = variant == .original ? 1 : b / (a + b)
    let expected = Self.expectedWhileAlive(
      shape: r, within: horizon / (alpha + horizon), leaving: a, staying: variant == .original ? b : b + 1)
    return stays * expected
  }

  /// How many activities are expected of a customer who is alive, with rates of this gamma shape and p of the beta
  /// distribution (leaving a, staying B): Σₖ N(k)·D(k).
  ///
  /// N(k) is the negative binomial probability (A)ₖ/k!·zᵏ(1 − z)^A of k occasions, and D(k) = Σ_{j<k} (B)ⱼ/(a + B)ⱼ how
  /// many of them the customer lives to see: with z = t/(α + T + t) that equals the closed form
  /// (a + B − 1)/(a − 1) · [1 − (1 − z)^A · ₂F₁(A, B; a + B − 1; z)], which has a hole at a = 1 and loses all its digits
  /// near it. All terms are positive, and the sum ends when the rest is below 1e-13 of it.
  static func expectedWhileAlive(shape: Double, within z: Double, leaving a: Double, staying b: Double) -> Double {
    precondition(z >= 0 && z < 1, "a horizon is not negative, and finite")
    guard z > 0 else { return 0 }
    var weight = 1.0
    var weights = 1.0
    var sum = 0.0
    var seen = 0.0
    var alive = 1.0
    var k = 0.0
    while true {
      let growth = z * (shape + k) / (k + 1)
      weight *= growth
      seen += alive
      alive *= (b + k) / (a + b + k)
      k += 1
      weights += weight
      sum += weight * seen
      // From here each term is at most this share of the one before: `growth` moves towards z, and
      // `seen` grows by less than 1/k of itself.
      let ratio = max(z, z * (shape + k) / (k + 1)) * (1 + alive / seen)
      if ratio < 1, weight * seen * ratio / (1 - ratio) <= 1e-13 * sum, weight * ratio <= 1e-13 * weights * (1 - ratio)
      {
        return sum / weights
      }
      if weight > 1e250 {
        // Only the ratio of both sums counts.
        weight *= 1e-250
        weights *= 1e-250
        sum *= 1e-250
      }
    }
  }
}
