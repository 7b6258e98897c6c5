/// What the simulation remembers of one customer of the company.
struct Customer {
  static let notActive = UInt32.max

  /// Purchases per day while it buys; probability to stop after each.
  let purchaseRate, purchaseStop: Float
  /// Where it stands in the world's list of active customers.
  var slot = notActive
  /// Until when something under way concerns it, in seconds from the year's begin.
  var busyUntil: UInt32 = 0
  /// How readily it contacts the company, of 255.
  let readiness: UInt8
  /// An index into ``Words/segments``.
  let segment: UInt8
  let usesPhone, usesMail: Bool
  /// Its segment and its other references have been stated.
  var isProfiled = false
  var brokenPromises: UInt8 = 0
  var unresolvedContacts: UInt8 = 0
  var waitsBeyondStandard: UInt8 = 0
  var goodContacts: UInt8 = 0

  init(random: inout Randomness) {
    purchaseRate = Float(random.gamma(shape: Truth.purchaseShape) / Truth.purchaseRateDays)
    purchaseStop = Float(random.beta(Truth.purchaseStopA, Truth.purchaseStopB))
    readiness = UInt8(min(255, 20 + 60 * random.gamma(shape: 1.2)))
    segment = UInt8(random.index(cumulative: [0.62, 0.85, 1]))
    usesPhone = random.chance(0.6)
    usesMail = random.chance(0.4)
  }

  var isActive: Bool { slot != Self.notActive }

  mutating func feel(_ effect: Effect) {
    switch effect {
    case .none, .joined: break
    case .brokenPromise: brokenPromises = Self.oneMore(brokenPromises)
    case .unresolvedContact: unresolvedContacts = Self.oneMore(unresolvedContacts)
    case .waitBeyondStandard: waitsBeyondStandard = Self.oneMore(waitsBeyondStandard)
    case .goodContact: goodContacts = Self.oneMore(goodContacts)
    }
  }

  /// What it lived through since the last call.
  mutating func closeMonth() -> Truth.Month {
    let month = Truth.Month(
      brokenPromises: Int(brokenPromises), unresolvedContacts: Int(unresolvedContacts),
      waitsBeyondStandard: Int(waitsBeyondStandard), goodContacts: Int(goodContacts))
    (brokenPromises, unresolvedContacts, waitsBeyondStandard, goodContacts) = (0, 0, 0, 0)
    return month
  }

  private static func oneMore(_ count: UInt8) -> UInt8 { count == .max ? count : count + 1 }
}
