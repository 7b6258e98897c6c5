/// How alike the measurements of one group are, for groups of any size: the share of the variance that lies between
/// groups, by analysis of variance (Donner 1986, International Statistical Review 54).
///
///     let icc = try OneWayIntraclassCorrelation(groups: customers.map { Moments($0.scores) })
///     icc.value, icc.interval
///
/// Groups come as moments, so millions of them need no table.
public struct OneWayIntraclassCorrelation: Sendable, Equatable {
  /// (MSB − MSW) / (MSB + (n₀ − 1)·MSW), with n₀ = (N − Σnᵢ²/N)/(k − 1). Below 0 where groups differ less than chance
  /// would have them.
  public let value: Double

  /// From the F distribution with n₀ for the size of every group, which Searle takes for groups of unequal size (Linear
  /// Models, 1971, section 9.9.b); exact for equal sizes.
  public let interval: ConfidenceInterval

  /// F = MSB/MSW, and the probability of one this large where groups do not differ.
  public let ratio: Double
  public let probability: Double

  /// n₀, which takes the place of the groups' size.
  public let typicalSize: Double

  public let groups: Int
  public let measurements: Int

  /// - Parameter groups: those without measurements are passed over; those with one count.
  /// - Throws: `StatisticsRefusal` below two groups, where no group has two measurements, or where all are the same.
  public init(groups: some Sequence<Moments>, level: Double = 0.95) throws {
    var all = Moments()
    var count = 0
    var withinSquares = 0.0
    var sizeSquares = 0.0
    for group in groups where group.count > 0 {
      count += 1
      withinSquares += group.squaredDeviations
      sizeSquares += Double(group.count) * Double(group.count)
      all.merge(group)
    }
    guard count >= 2 else {
      throw StatisticsRefusal.tooFew(what: "groups with measurements", found: count, needed: 2)
    }
    guard all.count > count else {
      throw StatisticsRefusal.tooFew(what: "groups with two measurements", found: 0, needed: 1)
    }
    guard all.squaredDeviations > 0 else {
      throw StatisticsRefusal.noVariation(what: "the measurements", wayOut: "Measure something that differs")
    }
    let n = Double(all.count)
    let k = Double(count)
    let between = max(0, all.squaredDeviations - withinSquares) / (k - 1)
    let within = withinSquares / (n - k)
    let size = (n - sizeSquares / n) / (k - 1)
    let ratio = between / within
    let correlation = { (f: Double) in f.isInfinite ? 1 : (f - 1) / (f + size - 1) }
    let f = FDistribution(numerator: k - 1, denominator: n - k)

    value = correlation(ratio)
    interval = ConfidenceInterval(
      lower: correlation(ratio / f.quantile(0.5 + level / 2)), upper: correlation(ratio / f.quantile(0.5 - level / 2)),
      level: level)
    self.ratio = ratio
    probability = ratio.isInfinite ? 0 : f.upperTail(ratio)
    typicalSize = size
    self.groups = count
    measurements = all.count
  }
}
