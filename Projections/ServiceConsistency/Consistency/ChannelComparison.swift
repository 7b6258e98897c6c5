public import Statistics
public import Touchlog

extension ConsistencyReport {
  /// How much channels differ in one measure, beyond chance and beyond what they are asked about.
  public struct Comparison: Sendable {
    /// What is compared.
    public let measure: Measure
    /// Channels with enough cases, in the order of their raw values.
    public let channels: [ChannelShare]
    /// Q, τ², I², on the scale of logits; nil where it cannot be said, see `refusal`.
    public let effects: RandomEffects?
    /// Why there are no effects; empty where there are.
    public let refusal: String

    /// The mean of all channels, as a share; nil without effects.
    public var pooled: Double? { effects.map { shareOfLogit($0.pooled) } }
  }

  /// One channel's part in a comparison.
  public struct ChannelShare: Sendable {
    /// Which.
    public let channel: Channel
    /// As it was counted.
    public let raw: Share
    /// As it would be with the topics of all channels together.
    public let standardised: StandardisedShare
    /// The standardised share drawn towards the mean of all channels as far as its own cases are few; nil without effects.
    public let shrunken: Double?
    /// Of `shrunken`.
    public let interval: ConfidenceInterval?
  }
}

extension ConsistencyReport.Comparison {
  /// Channels with fewer cases are left out: their variance would itself be a guess.
  static let casesMin = 20

  /// - Parameter strata: the shares by channel and topic.
  init(
    _ measure: ConsistencyReport.Measure, _ strata: [Channel: [UInt32: Share]], _ parameters: ServiceParameters,
  ) {
    let topics = Set(strata.values.flatMap(\.keys)).sorted()
    let all = topics.map { topic in
      strata.values.reduce(into: Share(0, of: 0)) { $0.merge($1[topic] ?? Share(0, of: 0)) }
    }
    let weights = all.map { Double($0.cases) }
    let policy: StandardisedShare.EmptyStrata =
      switch parameters.emptyStrata {
      case .leftOut: .leftOut
      case .borrowed: .borrowed(from: all)
      case .refused: .refused
      }
    var refusal = ""
    var standardised: [(Channel, Share, StandardisedShare, Effect)] = []
    for channel in strata.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
      let own = topics.map { strata[channel]?[$0] ?? Share(0, of: 0) }
      let raw = own.reduce(into: Share(0, of: 0)) { $0.merge($1) }
      guard raw.cases >= Self.casesMin else { continue }
      do {
        let share = try StandardisedShare(of: own, weights: weights, emptyStrata: policy)
        // A share of 0 or 1 has no logit, and no spread to compare by.
        if let effect = share.logit { standardised.append((channel, raw, share, effect)) }
      } catch {
        refusal = "\(channel.name): \(error)"
      }
    }
    var effects: RandomEffects?
    do {
      effects = try RandomEffects(standardised.map(\.3))
    } catch {
      if refusal.isEmpty { refusal = "\(error)" }
    }
    let shrunken = effects?.shrunken
    self.measure = measure
    self.effects = effects
    self.refusal = refusal
    channels = standardised.enumerated().map { index, entry in
      let interval = shrunken?[index].interval(level: parameters.level)
      return ConsistencyReport.ChannelShare(
        channel: entry.0, raw: entry.1, standardised: entry.2,
        shrunken: shrunken.map { shareOfLogit($0[index].estimate) },
        interval: interval.map {
          ConfidenceInterval(lower: shareOfLogit($0.lower), upper: shareOfLogit($0.upper), level: $0.level)
        })
    }
  }

  /// The channel that is farthest from the mean, of those whose interval does not reach it; nil where chance explains all.
  public var farthest: ConsistencyReport.ChannelShare? {
    guard let effects, let pooled, effects.probability < 1 - 0.95 else { return nil }
    return channels.filter { $0.interval.map { !$0.contains(pooled) } ?? false }
      .max { abs(($0.shrunken ?? pooled) - pooled) < abs(($1.shrunken ?? pooled) - pooled) }
  }
}
