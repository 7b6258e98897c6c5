/// What the simulation plants, so that whoever analyses its events can be told whether they found it.
///
/// Days are counted from the first day of the year, which is 0. Everything here holds for late, duplicated and
/// anonymous events as well, since those shares touch only how events arrive, and who is named in them.
public enum Truth {
  /// Lines per customer of the company, over the year.
  public static let eventsPerCustomer = 28

  /// The share of customers that the company had on the first day; the others join evenly over the year.
  public static let customersFromTheStart = 0.7

  // MARK: Channels

  /// How one channel serves.
  public struct Service: Sendable, Hashable {
    /// The channel's share of all interactions begun by customers (visits on `field` included).
    public var share: Double
    /// How customers wait for an employee; `nil` where only a machine answers.
    public var queue: Queue?
    /// The machine that answers first; `nil` where there is none.
    public var machine: Machine?
    /// Probability that an answered contact (or a completed visit) ends as resolved, each episode anew. Of the rest,
    /// ``unresolvedRest`` end unresolved and the others with a follow-up.
    public var resolution: Double
    /// Mean of the latent satisfaction after a resolved contact without a wait beyond the standard, on the scale
    /// 1 … 5; see ``Truth/expectedSatisfaction(latentMean:)``.
    public var satisfaction: Double
  }

  /// Two independent log-normal times race: the wait and the customer's patience. Whichever is shorter is seen.
  ///
  /// The wait is from `contact.queued` to `contact.answered` on the same channel (each queueing of a contact anew,
  /// on the channel that its events name); if patience is shorter, `contact.ended` with `abandoned` comes instead. So
  /// the median of *answered* waits lies below `waitMedianSeconds`; Kaplan and Meier's estimate finds it.
  ///
  /// On `field` the wait is from the last `windowStart` to `visit.arrived`, and nobody gives up.
  public struct Queue: Sendable, Hashable {
    public var waitMedianSeconds: Double
    /// Standard deviation of the wait's natural logarithm.
    public var waitSpread: Double
    /// Infinite where nobody gives up.
    public var patienceMedianSeconds: Double
    /// Standard deviation of the patience's natural logarithm.
    public var patienceSpread: Double
    /// Share abandoned: the probability that patience is shorter than the wait.
    public var abandonment: Double {
      guard patienceMedianSeconds.isFinite else { return 0 }
      let distance = naturalLogarithm(waitMedianSeconds / patienceMedianSeconds)
      return normalDistribution(
        distance / (waitSpread * waitSpread + patienceSpread * patienceSpread).squareRoot())
    }
  }

  /// How sessions with a machine (`guide.finished`) exit; what remains of 1 is abandoned.
  public struct Machine: Sendable, Hashable {
    public var solved: Double
    /// Handed over to ``handsTo`` within the same interaction, where a queue begins.
    public var handedOver: Double
    public var handsTo: SimulatedChannel
    public var abandoned: Double { 1 - solved - handedOver }
  }

  /// Of the answered contacts that are not resolved, the share that ends `unresolved`; the others end `followUp`.
  public static let unresolvedRest = 0.55

  /// From this day on, the waits of ``shiftChannel`` are drawn from a median ``shiftFactor`` times as long.
  public static let shiftDay = 200
  public static let shiftChannel = SimulatedChannel.chat
  public static let shiftFactor = 2.0

  /// The channel's service on a day of the year (the day of `contact.queued`), the shift included.
  public static func service(_ channel: SimulatedChannel, day: Int) -> Service {
    var service = channel.plantedService
    if channel == shiftChannel, day >= shiftDay { service.queue?.waitMedianSeconds *= shiftFactor }
    return service
  }

  // MARK: Standards

  /// The wait in seconds that the company promised for the channel on a day (of `contact.queued`), as its
  /// `standard.declared` events say; `nil` without such a promise. On `field`: seconds after `windowEnd`.
  ///
  /// All stand from the first day; phone's is tightened from ``standardChangeDay`` on.
  public static func standardWaitSeconds(_ channel: SimulatedChannel, day: Int) -> Int? {
    switch channel {
    case .phone: day < standardChangeDay ? 120 : 90
    case .chat: 60
    case .video: 180
    case .inperson: 480
    case .field: 900
    case .email: 28_800
    case .social: 7200
    case .sms: 3600
    case .mail: 432_000
    case .other: 86_400
    case .kiosk, .web, .app: nil
    }
  }

  /// The day from which phone's tighter standard holds.
  public static let standardChangeDay = 181

  // MARK: Satisfaction, beliefs, promises

  /// Added to the latent satisfaction of a contact that ended neither resolved nor abandoned.
  public static let unresolvedPenalty = -1.3
  /// Added when any wait of the contact was beyond the standard.
  public static let waitPenalty = -0.5
  /// Standard deviation of the latent satisfaction around its mean.
  public static let satisfactionSpread = 0.9
  /// Share of ended, not abandoned episodes that are followed by `feedback.given` (csat 0.6, nps 0.2, ces 0.15,
  /// servqual 0.05). Whether somebody answers does not depend on how satisfied they are.
  public static let feedbackShare = 0.15

  /// The mean of the csat scores (1 … 5) whose latent satisfaction has this mean: normal with
  /// ``satisfactionSpread``, rounded to the nearest whole score.
  public static func expectedSatisfaction(latentMean: Double) -> Double {
    [1.5, 2.5, 3.5, 4.5].reduce(1) { sum, threshold in
      sum + normalDistribution((latentMean - threshold) / satisfactionSpread)
    }
  }

  /// Share of `belief.stated` whose score is 4 or 5 of 5: the departments that believe they serve well.
  public static let beliefServedWell = 0.8

  /// What becomes of a promise with a due time, once that is past: `promise.kept` up to `dueAt`, `promise.kept`
  /// after it, `promise.broken`, `promise.waived`.
  public static let promiseOnTime = 0.79
  public static let promiseLate = 0.10
  public static let promiseBroken = 0.08
  public static let promiseWaived = 0.03
  /// Share of promises with a due time that are renegotiated once before; the last due time counts.
  public static let promiseRenegotiated = 0.08

  // MARK: Leaving

  /// What a customer lived through in one calendar month, under whichever of its linked references, by occurredAt.
  public struct Month: Sendable, Hashable {
    /// `promise.broken`.
    public var brokenPromises: Int
    /// `contact.ended` and `visit.completed` with outcome `unresolved`.
    public var unresolvedContacts: Int
    /// Answers (`contact.answered` after `contact.queued`, and `visit.arrived`) beyond ``standardWaitSeconds(_:day:)``.
    public var waitsBeyondStandard: Int
    /// `contact.ended` and `visit.completed` as resolved, in whose episode no wait was beyond the standard.
    public var goodContacts: Int

    public init(brokenPromises: Int, unresolvedContacts: Int, waitsBeyondStandard: Int, goodContacts: Int) {
      self.brokenPromises = brokenPromises
      self.unresolvedContacts = unresolvedContacts
      self.waitsBeyondStandard = waitsBeyondStandard
      self.goodContacts = goodContacts
    }
  }

  /// Coefficients of the monthly hazard: ln(p / (1 − p)) = intercept + Σ coefficient · count.
  public static let leavingIntercept = -4.4
  public static let leavingPerBrokenPromise = 1.2
  public static let leavingPerUnresolvedContact = 0.7
  public static let leavingPerWaitBeyondStandard = 0.4
  public static let leavingPerGoodContact = -0.5

  /// Probability that a customer who is active when a month ends leaves in the next one.
  ///
  /// Who leaves is silent from the first of that next month: what was already under way (a visit, a delivery, a
  /// promise) comes to its end, then `relationship.changed` with status `former` follows, and nothing but the
  /// settlement of payment terms after it. That is within the month, but for few whose business under way lasts longer.
  public static func leavingProbability(after month: Month) -> Double {
    let logit =
      leavingIntercept + leavingPerBrokenPromise * Double(month.brokenPromises)
      + leavingPerUnresolvedContact * Double(month.unresolvedContacts)
      + leavingPerWaitBeyondStandard * Double(month.waitsBeyondStandard)
      + leavingPerGoodContact * Double(month.goodContacts)
    return 1 / (1 + exponential(-logit))
  }

  // MARK: Buying

  /// Purchases follow BG/NBD (Fader, Hardie and Lee, 2005): each customer buys at a rate per day drawn from a gamma
  /// distribution (`purchaseShape`, `purchaseRateDays`), and after every purchase stops buying for good with a
  /// probability drawn from beta(`purchaseStopA`, `purchaseStopB`).
  ///
  /// A customer's clock starts at its `relationship.changed` to `active`, which is not a purchase itself; all
  /// `purchase.made` are the model's repeat purchases. Leaving ends the observation, on the first of the month.
  public static let purchaseShape = 1.1
  /// The gamma distribution's rate parameter (α), in days.
  public static let purchaseRateDays = 110.0
  public static let purchaseStopA = 0.8
  public static let purchaseStopB = 6.0
}
