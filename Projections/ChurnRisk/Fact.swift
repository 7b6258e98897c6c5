import Touchlog

/// What one event says of a person, ready to be put in order with what the person's other references say.
///
/// 16 bytes: the time in microseconds, and below kind 8 · tag 32 · channel 8 · value 16 bits. Facts of one time are in
/// the order of their kinds, in which a contact goes; those of one kind by their tag.
struct Fact: BitwiseCopyable, Sendable, Comparable {
  let time: Int64
  private let rest: UInt64

  /// What it says, and what tag and value are.
  enum Kind: UInt8 {
    /// Contacts, and visits that are booked: the tag is the interaction's, the value the direction or the outcome.
    case started = 1
    case booked, reopened, queued, answered, transferred, ended
    /// Visits: the value of the end is the outcome, with `isBeyond` where the visit came too late.
    case visitBeyondStandard, visitEnded
    /// The tag is the position.
    case purchase, feedback, complaint, promiseLate, promiseBroken
    /// The relationship: the tag is the position, the value the status.
    case status
  }

  /// Added to the outcome of a visit that came too late.
  static let isBeyond: UInt16 = 0x100

  init(_ kind: Kind, time: Timestamp, tag: UInt32, channel: UInt8 = 0, value: UInt16 = 0) {
    self.time = time.microseconds
    rest = UInt64(kind.rawValue) << 56 | UInt64(tag) << 24 | UInt64(channel) << 16 | UInt64(value)
  }

  var kind: Kind? { Kind(rawValue: UInt8(truncatingIfNeeded: rest >> 56)) }
  var tag: UInt32 { UInt32(truncatingIfNeeded: rest >> 24) }
  var channel: UInt8 { UInt8(truncatingIfNeeded: rest >> 16) }
  var value: UInt16 { UInt16(truncatingIfNeeded: rest) }

  static func < (left: Fact, right: Fact) -> Bool {
    left.time != right.time ? left.time < right.time : left.rest < right.rest
  }
}

/// The values that facts have, which are places of words in the catalogue's lists, plus one.
enum FactValue {
  static let inbound: UInt16 = 1
  static let outbound: UInt16 = 2
  static let resolved: UInt16 = 1
  static let unresolved: UInt16 = 2
  static let abandoned: UInt16 = 3
  static let followUp: UInt16 = 4
  static let missed: UInt16 = 15
  static let prospect: UInt16 = 1
  static let active: UInt16 = 2
  static let former: UInt16 = 3
}
