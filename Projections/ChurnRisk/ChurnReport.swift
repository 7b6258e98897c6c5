public import Statistics
public import Touchlog

/// Who is about to leave, and why: figures from a view of `ChurnRisk`, each with what it rests on, or with the reason why
/// there is none.
///
/// ```swift
/// let report = try ChurnReport(of: view)
/// for person in try report.top(50) { print(person.reference, person.risk, person.reasons) }
/// try report.judgement.get().hazard.areaUnderCurve
/// ```
///
/// Months are calendar months of UTC. T is the first of a month: the log ends there, or some days later; T1 lies
/// `judgedMonths` before.
public struct ChurnReport: Sendable {
  /// On what the rows rest.
  public let provenance: Provenance
  /// What was taken for granted.
  public let parameters: ChurnParameters
  /// What is dated later was not looked at; nil where the log is empty.
  public let cut: Timestamp?
  /// T: at its begin persons are looked at; nil where the log is empty.
  public let at: Timestamp?
  /// How many persons there are facts of.
  public let persons: Int
  /// How many of them can leave at T.
  public let personsAtRisk: Int
  /// Person-months before T of persons who could leave, and in how many of them somebody did.
  public let personMonths: Int
  public let gone: Int
  /// How many are expected to leave in the time that the definition of gone looks ahead; nil without a hazard model.
  public let expectedGone: Double?
  /// How many interactions of theirs were looked at. One with events under two references of a person counts twice.
  public let interactions: Int
  /// How many rows of interactions were left out, as they name nobody, or several persons.
  public let unattributedInteractions: Int

  /// The hazard of leaving, learned from all months before T.
  public let hazard: Result<HazardModel, ChurnRefusal>
  /// How well such a model does on months that it does not know.
  public let judgement: Result<Judgement, ChurnRefusal>
  /// How many good contacts make up for a poor one.
  public let exchange: Result<[Exchange], ChurnRefusal>
  /// Repeat activity.
  public let repeats: Result<RepeatFindings, ChurnRefusal>

  /// The walk up to T; nil where the log is empty.
  let months: PersonMonths?
  let snapshots: Snapshots?
  /// The mean of each feature over all who can leave at T.
  let average: [Double]

  /// - Parameters:
  ///   - view: a view of `ChurnRisk`.
  ///   - parameters: what to take for granted.
  ///   - parallel: how the fits may use several threads; the figures are the same to the last bit without.
  /// - Throws: what the view throws. Refusals are no errors: they stand in the report.
  public init(
    of view: some View, _ parameters: ChurnParameters = ChurnParameters(), parallel: Parallel? = nil,
  ) throws {
    provenance = view.provenance
    self.parameters = parameters
    let end = view.provenance.end
    let cut = parameters.cut.map { cut in end.map { min(cut, $0) } ?? cut } ?? end
    self.cut = cut
    guard let cut, end != nil else {
      (at, months, snapshots, average) = (nil, nil, nil, [])
      expectedGone = nil
      (persons, personsAtRisk, personMonths, gone) = (0, 0, 0, 0)
      (interactions, unattributedInteractions) = (0, 0)
      hazard = .failure(.noEvents)
      judgement = .failure(.noEvents)
      exchange = .failure(.noEvents)
      repeats = .failure(.noEvents)
      return
    }
    let snapshots = Snapshots(through: cut, months: parameters.learnedMonths)
    let months = try PersonMonths(in: view, parameters, cut: cut, known: cut, snapshots: snapshots)
    self.snapshots = snapshots
    self.months = months
    at = Timestamp(microseconds: snapshots.times[snapshots.last])
    average = Feature.averages(of: months.current)
    persons = months.persons
    personsAtRisk = months.current.count
    personMonths = months.personMonths
    gone = months.rows.gone.count { $0 }
    interactions = months.interactions
    unattributedInteractions = months.unattributed
    let fit = HazardFit(months, snapshots, parameters, parallel)
    let hazard = fit.result(of: .from(0, to: snapshots.last))
    self.hazard = hazard
    expectedGone = ChurnReport.expectedGone(hazard, months.current)
    let judgement = try ChurnReport.judgement(in: view, parameters, cut: cut, snapshots, parallel)
    self.judgement = judgement
    exchange = ChurnReport.exchange(hazard, judgement, months, parameters)
    repeats = .success(RepeatFindings(months.histories, of: months.historyPersons, parameters, parallel))
  }

  private static func expectedGone(
    _ hazard: Result<HazardModel, ChurnRefusal>, _ rows: PersonMonthRows,
  ) -> Double? {
    guard case .success(let model) = hazard else { return nil }
    return model.probabilities(rows, at: Array(0..<rows.count)).reduce(0, +)
  }

  /// Learns from the time up to T1, as it was known then, and judges on the time from T1 to T.
  private static func judgement(
    in view: some View, _ parameters: ChurnParameters, cut: Timestamp, _ snapshots: Snapshots, _ parallel: Parallel?,
  ) throws -> Result<Judgement, ChurnRefusal> {
    let window = parameters.windowMonths
    let judged = max(parameters.judgedMonths, window)
    let judgedFrom = snapshots.last - judged
    let needed = judged + window
    guard judgedFrom >= window else { return .failure(.tooFewMonths(found: snapshots.last, needed: needed)) }
    let known = Timestamp(microseconds: snapshots.times[judgedFrom] - 1)
    let months = try PersonMonths(
      in: view, parameters, cut: cut, known: known, snapshots: snapshots, judgedFrom: judgedFrom)
    guard let first = months.rows.snapshots.min() else { return .failure(.nobodyAtRisk(gone: parameters.gone)) }
    guard Int(first) <= judgedFrom - window else {
      return .failure(.tooFewMonths(found: snapshots.last - Int(first), needed: needed))
    }
    let fit = HazardFit(months, snapshots, parameters, parallel)
    // What follows a month that begins less than a window before T1 was not known at T1.
    let learned = HazardFit.Months.from(0, to: judgedFrom - window + 1)
    do {
      let hazard = try fit.model(of: learned)
      let naive = try fit.model(of: learned, features: [.recency])
      return .success(
        try Judgement(
          months, judgedFrom: judgedFrom, snapshots: snapshots, hazard, naive, level: parameters.level))
    } catch {
      return .failure(.of(error))
    }
  }

  private static func exchange(
    _ hazard: Result<HazardModel, ChurnRefusal>, _ judgement: Result<Judgement, ChurnRefusal>, _ months: PersonMonths,
    _ parameters: ChurnParameters,
  ) -> Result<[Exchange], ChurnRefusal> {
    guard case .success(let model) = hazard else { return .failure(.restsOn(part: "the hazard model")) }
    guard case .success(let judgement) = judgement else { return .failure(.restsOn(part: "the judgement")) }
    let score = judgement.hazard
    guard score.isCalibrated else {
      return .failure(.notCalibrated(groupsOff: score.groupsOff, groups: score.calibration.groups.count))
    }
    return .success(Exchange.all(of: model, months.rows, level: parameters.level))
  }
}

/// Learns hazard models from months.
private struct HazardFit {
  let months: PersonMonths
  let snapshots: Snapshots
  let parameters: ChurnParameters
  let parallel: Parallel?

  /// The months that begin at these places of the snapshots.
  struct Months {
    let range: Range<Int>

    static func from(_ first: Int, to last: Int) -> Months { Months(range: first..<max(first, last)) }
  }

  init(_ months: PersonMonths, _ snapshots: Snapshots, _ parameters: ChurnParameters, _ parallel: Parallel?) {
    self.months = months
    self.snapshots = snapshots
    self.parameters = parameters
    self.parallel = parallel
  }

  func model(of learned: Months, features: [Feature] = Feature.allCases) throws -> HazardModel {
    try HazardModel(
      months.rows, snapshots: learned.range, features: features, parameters, stayedShare: months.stayedShare,
      parallel: parallel)
  }

  func result(of learned: Months) -> Result<HazardModel, ChurnRefusal> {
    do {
      return .success(try model(of: learned))
    } catch {
      return .failure(.of(error))
    }
  }
}

extension Feature {
  /// The mean of each feature; empty without rows.
  static func averages(of rows: PersonMonthRows) -> [Double] {
    guard rows.count > 0 else { return [] }
    var sums = Array(repeating: 0.0, count: Feature.count)
    rows.values.withUnsafeBufferPointer { values in
      sums.withUnsafeMutableBufferPointer { sums in
        for row in 0..<rows.count {
          for feature in 0..<Feature.count { sums[feature] += Double(values[row * Feature.count + feature]) }
        }
      }
    }
    return sums.map { $0 / Double(rows.count) }
  }
}
