public import Touchlog

extension Complaints {
  /// How much a customer complains of a topic.
  public struct Tally: Row, Hashable {
    /// How many complaints there are.
    public var raised: UInt32 = 0
    /// The highest severity, 1 to 5; 0 where none is stated.
    public var gravest: UInt32 = 0

    /// No complaint.
    public init() {}

    init(raised: UInt32, gravest: UInt32) {
      self.raised = raised
      self.gravest = gravest
    }

    public mutating func merge(_ other: Tally) {
      raised += other.raised
      gravest = max(gravest, other.gravest)
    }
  }
}
