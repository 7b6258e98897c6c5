public import Statistics
public import Touchlog

/// The hazard model held against what it could not know: learned from the time up to T1, judged on T1 to T2.
public struct Judgement: Sendable {
  /// Where learning ends and judging begins.
  public let from: Timestamp
  /// Where judging ends.
  public let to: Timestamp
  /// Person-months that were judged on.
  public let personMonths: Int
  /// In how many of them somebody left.
  public let gone: Int
  /// The share of all persons that was looked at, 1 unless they are more than needed.
  public let share: Double
  /// The hazard model.
  public let hazard: Score
  /// The rule that is hard to beat: the longer ago the last activity, the likelier they leave; as a logistic regression
  /// on recency alone, so that it has probabilities too.
  public let naive: Score

  /// How good forecasts were.
  public struct Score: Sendable {
    /// The area under the ROC curve: how often who left was given the higher risk.
    public let areaUnderCurve: Double
    /// Its standard error (Hanley and McNeil 1982, Radiology 143).
    public let areaError: Double
    /// The mean squared distance between forecast and outcome.
    public let brierScore: Double
    /// How many times likelier somebody leaves in the tenth with the highest risk.
    public let liftOfTopTenth: Double
    /// What was forecast beside what came, in tenths.
    public let calibration: Calibration

    /// Groups whose forecast lies outside of the interval of what came.
    public var groupsOff: Int { calibration.groups.count { !$0.isCalibrated } }
    /// Of ten intervals of 95 %, one in two logs has one that misses by chance, and one in a hundred three.
    public var isCalibrated: Bool { groupsOff <= max(2, calibration.groups.count / 5) }

    init(_ probabilities: [Double], _ outcomes: [Bool], level: Double) throws {
      let forecast = Forecast(probabilities: probabilities, outcomes: outcomes)
      let area = try forecast.areaUnderCurve()
      areaUnderCurve = area
      areaError = Score.areaError(area, happened: forecast.happened, cases: forecast.count)
      brierScore = forecast.brierScore ?? .nan
      liftOfTopTenth = forecast.lift(top: 0.1) ?? .nan
      calibration = forecast.calibration(groups: 10, level: level)
    }

    /// The root of [A(1 − A) + (n₁ − 1)(Q₁ − A²) + (n₀ − 1)(Q₂ − A²)] / (n₁n₀) with Q₁ = A/(2 − A), Q₂ = 2A²/(1 + A).
    private static func areaError(_ area: Double, happened: Int, cases: Int) -> Double {
      let (with, without) = (Double(happened), Double(cases - happened))
      let (first, second) = (area / (2 - area), 2 * area * area / (1 + area))
      let sum =
        area * (1 - area) + (with - 1) * (first - area * area) + (without - 1) * (second - area * area)
      return (max(0, sum) / (with * without)).squareRoot()
    }
  }

  /// Whether the model ranks better than recency alone by more than chance: by twice the standard error of the
  /// difference, as if the two were independent, which they are not, so that the error is rather smaller.
  public var isBetterThanNaive: Bool {
    let error = (hazard.areaError * hazard.areaError + naive.areaError * naive.areaError).squareRoot()
    return hazard.areaUnderCurve - naive.areaUnderCurve > 2 * error
  }

  /// Of each outcome so many must be there.
  static let outcomesMin = 20

  /// Judges models that were learned before T1 on the months from then on.
  init(
    _ months: PersonMonths, judgedFrom: Int, snapshots: Snapshots, _ hazard: HazardModel, _ naive: HazardModel,
    level: Double,
  ) throws {
    let rows = months.rows
    let places = (0..<rows.count).filter { Int(rows.snapshots[$0]) >= judgedFrom }
    let outcomes = places.map { rows.gone[$0] }
    gone = outcomes.count { $0 }
    personMonths = places.count
    guard min(gone, personMonths - gone) >= Judgement.outcomesMin else {
      throw ChurnRefusal.tooFewToJudge(gone: gone, stayed: personMonths - gone, needed: Judgement.outcomesMin)
    }
    from = Timestamp(microseconds: snapshots.times[judgedFrom])
    to = Timestamp(microseconds: snapshots.times[snapshots.last])
    share = months.reading.share.value
    self.hazard = try Score(hazard.probabilities(rows, at: places), outcomes, level: level)
    self.naive = try Score(naive.probabilities(rows, at: places), outcomes, level: level)
  }
}
