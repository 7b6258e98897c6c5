public import Touchlog

/// A case behind a figure: what `--explain` lists.
public struct ServiceEvidence: Hashable, Sendable {
  /// Under whom the case lies.
  public let customer: CustomerNumber
  /// The number of the interaction or of the promise; 0 for feedback.
  public let thing: UInt64
  /// The first event of the interaction or promise, or the feedback.
  public let position: Position
  /// Whether the case has what the share counts; nil for clocks and counts.
  public let counts: Bool?
  /// What the clock measured; nil for shares and counts.
  public let microseconds: Int64?
}
