import Touchlog

/// A share of all persons, chosen by a hash of their number: the same on every machine, and independent of what they do.
struct PersonShare: Sendable {
  /// The share, between 0 and 1.
  let value: Double
  private let below: UInt64

  /// Everybody, or of so many about as many as are wanted.
  init(of persons: Int, atMost most: Int) {
    value = min(1, Double(most) / Double(max(1, persons)))
    below = value < 1 ? UInt64(value * 0x1p64) : .max
  }

  @inline(__always)
  func contains(_ person: UInt32) -> Bool { value >= 1 || PersonShare.hash(UInt64(person)) < below }

  /// Spreads numbers evenly: the end of MurmurHash3.
  static func hash(_ number: UInt64) -> UInt64 {
    var hash = (number &+ 1) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
    hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
    return hash ^ hash >> 33
  }
}

/// Which person-months are kept, of more than a fit needs: all in which somebody left, all that are judged on, and of the
/// others a share.
struct MonthSampling: Sendable {
  /// The place of the first month that is judged on.
  let judgedFrom: Int
  /// Of the months in which nobody left.
  let stayedShare: Double
  private let below: UInt64

  init(judgedFrom: Int, personMonths: Int, stayedMax: Int) {
    self.judgedFrom = judgedFrom
    stayedShare = min(1, Double(stayedMax) / Double(max(1, personMonths)))
    below = stayedShare < 1 ? UInt64(stayedShare * 0x1p64) : .max
  }

  func keeps(_ person: UInt32, _ snapshot: UInt16, isGone: Bool) -> Bool {
    isGone || Int(snapshot) >= judgedFrom || stayedShare >= 1
      || PersonShare.hash(UInt64(person) << 16 | UInt64(snapshot)) < below
  }
}
