import Touchlog

// What an export shows of the marks, as `apply` fills them.
extension ServiceConsistency {
  static let promiseColumns: [RowColumn<Mark>] =
    Mark.eventColumns + Mark.nameColumns + [
      RowColumn("dueAt", .time) { $0.part == 1 ? .time(Timestamp(microseconds: $0.firstNumber)) : .none }
    ]

  static let segmentColumns: [RowColumn<Mark>] =
    Mark.eventColumns + [RowColumn("segment", .name) { .name(ifAny: Mark.lowerName($0.second)) }]

  static let companyColumns: [RowColumn<Mark>] =
    Mark.eventColumns + Mark.nameColumns.map { column in
      RowColumn(column.name, column.kind) { isBelief($0, part: 0) ? column.value(of: $0) : .none }
    } + [
      RowColumn("thresholdSeconds", .decimal) { isStandard($0, part: 1) ? .decimal($0.firstNumber) : .none },
      RowColumn("targetShare", .decimal) { isStandard($0, part: 1) ? .decimal($0.secondNumber) : .none },
      RowColumn("from", .time) { isStandard($0, part: 2) ? .time(Timestamp(microseconds: $0.firstNumber)) : .none },
      RowColumn("standard", .name) { isStandard($0, part: 2) ? .name(ifAny: Mark.lowerName($0.second)) : .none },
      RowColumn("score", .decimal) { isBelief($0, part: 1) ? .decimal($0.firstNumber) : .none },
      RowColumn("min", .decimal) { isBelief($0, part: 1) ? .decimal($0.secondNumber) : .none },
      RowColumn("max", .decimal) { isBelief($0, part: 2) ? .decimal($0.firstNumber) : .none },
      RowColumn("department", .name) { isBelief($0, part: 2) ? .name(ifAny: Mark.lowerName($0.second)) : .none },
    ]

  private static func isBelief(_ mark: Mark, part: UInt8) -> Bool {
    mark.part == part && mark.typeCode == Catalogue.beliefStated.code
  }

  private static func isStandard(_ mark: Mark, part: UInt8) -> Bool {
    mark.part == part && mark.typeCode == Catalogue.standardDeclared.code
  }
}
