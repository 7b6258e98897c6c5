public import Statistics

/// Repeat activity in a relationship that nobody ends in words: BG/NBD and MBG/NBD. Times are in weeks.
public struct RepeatFindings: Sendable {
  /// BG/NBD, in which whoever never came back is alive for certain, so that it is not ranked by.
  public let original: Result<BetaGeometricFit, ChurnRefusal>
  /// MBG/NBD, in which they need not be: what persons are ranked by where there is no hazard model.
  public let modified: Result<BetaGeometricFit, ChurnRefusal>
  /// How many persons have a history.
  public let persons: Int
  /// The share of them that the models were learned from, 1 unless they are more than needed.
  public let learnedShare: Double
  /// How many repeats all of them had.
  public let repeats: Int
  /// How many repeats are expected of all of them in the horizon; by MBG/NBD, else by BG/NBD.
  public let expected: Double?

  /// - Parameters:
  ///   - histories: what is known of each person.
  ///   - people: whose each history is.
  ///   - parallel: how both models may be fitted at once.
  init(
    _ histories: ContiguousArray<RepeatDays>, of people: ContiguousArray<UInt32>, _ parameters: ChurnParameters,
    _ parallel: Parallel?,
  ) {
    persons = histories.count
    repeats = histories.reduce(0) { $0 + Int($1.repeats) }
    let share = PersonShare(of: persons, atMost: parameters.repeatPersonsMax)
    learnedShare = share.value
    // Equal histories are one with a count.
    var counts: [RepeatDays: Int] = [:]
    for index in histories.indices where share.contains(people[index]) { counts[histories[index], default: 0] += 1 }
    let grouped = counts.sorted { $0.key.isBefore($1.key) }
      .map { $0.key.history(customers: $0.value) }
    @Sendable func fit(_ variant: BetaGeometric.Variant) -> Result<BetaGeometricFit, ChurnRefusal> {
      do {
        return .success(try BetaGeometricFit(grouped, variant: variant))
      } catch {
        return .failure(.of(error))
      }
    }
    let variants: [BetaGeometric.Variant] = [.original, .modified]
    var fits: [Result<BetaGeometricFit, ChurnRefusal>] = variants.map { _ in .failure(.noEvents) }
    fits.withUnsafeMutableBufferPointer { fits in
      // Proof: each call has a place of its own, and all have returned before the places are read.
      nonisolated(unsafe) let places = fits
      let fitOne: @Sendable (Int) -> Void = { places[$0] = fit(variants[$0]) }
      if let parallel { parallel(variants.count, fitOne) } else { variants.indices.forEach(fitOne) }
    }
    (original, modified) = (fits[0], fits[1])
    let model = RepeatFindings.model(modified) ?? RepeatFindings.model(original)
    let horizon = Double(parameters.horizonDays) / RepeatDays.daysPerWeek
    let learned = Double(max(1, grouped.reduce(0) { $0 + $1.customers }))
    let scale = Double(histories.count) / learned
    expected = model.map { model in
      grouped.reduce(0) { $0 + scale * Double($1.customers) * model.expectedRepeats(within: horizon, after: $1) }
    }
  }

  private static func model(_ fit: Result<BetaGeometricFit, ChurnRefusal>) -> BetaGeometric? {
    if case .success(let fit) = fit { fit.model } else { nil }
  }
}

extension RepeatDays {
  static let daysPerWeek = 7.0

  /// In weeks.
  func history(customers: Int = 1) -> RepeatHistory {
    // Whoever acted on the first day of the relationship alone has a last day of 0 like those who never came back.
    RepeatHistory(
      repeats: Int(repeats), last: repeats == 0 ? 0 : Double(last) / RepeatDays.daysPerWeek,
      age: Double(age) / RepeatDays.daysPerWeek, customers: customers)
  }

  func isBefore(_ other: RepeatDays) -> Bool {
    (repeats, last, age) < (other.repeats, other.last, other.age)
  }
}
