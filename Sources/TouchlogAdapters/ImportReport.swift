/// What became of a table's rows.
public struct ImportReport: Sendable, Equatable {
  /// Rows of data, the header aside; each is skipped, rejected, or read.
  public internal(set) var rows = 0
  /// Events given out.
  public internal(set) var events = 0
  /// Rows passed over, by the reason that the mapping gives.
  public internal(set) var skipped: [String: Int] = [:]
  /// Local times that came twice, as clocks were set back; the first coming was taken.
  public internal(set) var ambiguousTimes = 0
  /// Local times that never came, as clocks were set forward; they were moved forward by the gap.
  public internal(set) var missingTimes = 0
  /// Rows that could not be read.
  public internal(set) var rejected = 0
  /// Why, for the first of them.
  public internal(set) var rejections: [AdapterError] = []

  /// How many rejections are kept.
  public static let keptRejections = 100

  /// A report of nothing.
  public init() {}
}
