import Touchlog

// What an export shows of the marks, as `apply` fills them.
extension ChurnRisk {
  static let visitColumns: [RowColumn<Mark>] =
    Mark.eventColumns + [
      RowColumn("windowStart", .time) { $0.typeCode == TypeCode.visitScheduled ? time($0.first) : .none },
      RowColumn("windowEnd", .time) { $0.typeCode == TypeCode.visitScheduled ? time($0.second) : .none },
    ]

  /// A mark of feedback has the score instead of channel and choices; `score` is from 0, the worst, to 1, the best.
  static let momentColumns: [RowColumn<BriefMark>] =
    BriefMark.eventColumns + BriefMark.detailColumns { $0.typeCode != TypeCode.feedbackGiven } + [
      RowColumn("score", .decimal) { mark in
        guard mark.typeCode == TypeCode.feedbackGiven else { return .none }
        return .decimal(Int64(mark.detail) * (Field.decimalScale / scoreScale))
      }
    ]

  static let promiseColumns: [RowColumn<Mark>] =
    Mark.eventColumns + [
      RowColumn("promise", .hash) { .hash($0.first) },
      RowColumn("dueAt", .time) { $0.typeCode <= TypeCode.promiseRenegotiated ? time($0.second) : .none },
    ]

  static let standardColumns: [RowColumn<Mark>] =
    Mark.eventColumns + [
      RowColumn("thresholdSeconds", .decimal) { .decimal($0.firstNumber) },
      RowColumn("from", .time) { time($0.second) },
    ]

  /// A time in a word; `noTime` is none.
  private static func time(_ word: UInt64) -> RowField {
    word == noTime ? .none : .time(Timestamp(microseconds: Int64(bitPattern: word)))
  }
}
