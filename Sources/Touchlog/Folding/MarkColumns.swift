// What marks show of themselves. A table whose words mean something says so, where it is made:
//
//   var visits = MarkTable(thing: .interaction, columns: Mark.eventColumns + Mark.nameColumns)

extension Mark {
  /// What every mark has of its event: when, at which position, its type, channel and choices, and the mark's part.
  public static let eventColumns: [RowColumn<Mark>] = [
    RowColumn("occurredAt", .time) { .time($0.occurredAt) },
    RowColumn("position", .integer) { .integer(Int64(bitPattern: $0.position.value)) },
    RowColumn("type", .word) { .word(ifAny: Catalogue.type(code: $0.typeCode)?.name) },
    RowColumn("channel", .word) { .word(ifAny: $0.channel?.name) },
    RowColumn("firstChoice", .word) { ChoiceWords.word(0, $0.choice(0), ofType: $0.typeCode) },
    RowColumn("secondChoice", .word) { ChoiceWords.word(1, $0.choice(1), ofType: $0.typeCode) },
    RowColumn("part", .integer) { .integer(Int64($0.part)) },
  ]

  /// Who attended and what it was about, where part 0 was made by `init(naming:)`.
  public static let nameColumns: [RowColumn<Mark>] = [
    RowColumn("agent", .name) { $0.part == 0 ? .name(ifAny: $0.agent) : .none },
    RowColumn("team", .name) { $0.part == 0 ? .name(ifAny: $0.team) : .none },
    RowColumn("topic", .name) { $0.part == 0 ? .name(ifAny: $0.topic) : .none },
    RowColumn("location", .name) { $0.part == 0 ? .name(ifAny: $0.location) : .none },
  ]

  /// The words as signed numbers, for a table that says nothing of them.
  public static let wordColumns: [RowColumn<Mark>] = [
    RowColumn("first", .integer) { .integer($0.firstNumber) },
    RowColumn("second", .integer) { .integer($0.secondNumber) },
  ]

  /// What `MarkTable.addInteraction(_:)` and `addScore(_:of:thing:)` keep: names, windows of visits, scores.
  public static let interactionColumns: [RowColumn<Mark>] = eventColumns + nameColumns + [
    RowColumn("windowStart", .time) { $0.isWindow ? .time(Timestamp(microseconds: $0.firstNumber)) : .none },
    RowColumn("windowEnd", .time) { $0.isWindow ? .time(Timestamp(microseconds: $0.secondNumber)) : .none },
  ] + scoreColumns

  /// The parts 1 and 2 of what `MarkTable.addScore(_:of:thing:)` adds.
  public static let scoreColumns: [RowColumn<Mark>] = [
    RowColumn("score", .decimal) { $0.isScore(1) ? .decimal($0.firstNumber) : .none },
    RowColumn("min", .decimal) { $0.isScore(1) ? .decimal($0.secondNumber) : .none },
    RowColumn("max", .decimal) { $0.isScore(2) ? .decimal($0.firstNumber) : .none },
    RowColumn("dimension", .name) { $0.isScore(2) ? .name(ifAny: Mark.lowerName($0.second)) : .none },
  ]

  /// Everything a mark has, its words as numbers.
  public static var columns: [RowColumn<Mark>] { eventColumns + wordColumns }

  private var isWindow: Bool { part == 1 && typeCode == InteractionCodes.visitScheduled }
  private func isScore(_ part: UInt8) -> Bool { self.part == part && typeCode == InteractionCodes.feedback }
}

extension BriefMark {
  /// What every brief mark has of its event: when, at which position, and its type.
  public static let eventColumns: [RowColumn<BriefMark>] = [
    RowColumn("occurredAt", .time) { .time($0.occurredAt) },
    RowColumn("position", .integer) { .integer(Int64(bitPattern: $0.position.value)) },
    RowColumn("type", .word) { .word(ifAny: Catalogue.type(code: $0.typeCode)?.name) },
  ]

  /// Channel and choices, from a detail that is as by default.
  ///
  /// - Parameter isAsByDefault: tells the marks whose detail the projection filled otherwise.
  public static func detailColumns(
    where isAsByDefault: @escaping @Sendable (BriefMark) -> Bool = { _ in true },
  ) -> [RowColumn<BriefMark>] {
    [
      RowColumn("channel", .word) {
        isAsByDefault($0) ? .word(ifAny: Channel(rawValue: $0.channelCode)?.name) : .none
      },
      RowColumn("firstChoice", .word) {
        isAsByDefault($0) ? ChoiceWords.word(0, $0.choice(0), ofType: $0.typeCode) : .none
      },
      RowColumn("secondChoice", .word) {
        isAsByDefault($0) ? ChoiceWords.word(1, $0.choice(1), ofType: $0.typeCode) : .none
      },
    ]
  }

  /// Everything a brief mark has, its detail as by default.
  public static var columns: [RowColumn<BriefMark>] { eventColumns + detailColumns() }
}

/// The words of a type's choices, by the places that marks keep.
private enum ChoiceWords {
  /// Two lists for each code of the catalogue, empty where the type has no such choice.
  private static let lists: [[String]] = (0..<512).map { place in
    guard let type = Catalogue.type(code: UInt16(place / 2)) else { return [] }
    let lists = type.fields.compactMap { member -> [String]? in
      if case .choice(let words) = member.field.kind { words } else { nil }
    }
    return place % 2 < lists.count ? lists[place % 2] : []
  }

  static func word(_ index: Int, _ choice: Int?, ofType code: UInt16) -> RowField {
    guard let choice, code < 256 else { return .none }
    let words = lists[Int(code) * 2 + index]
    return choice < words.count ? .word(words[choice]) : .none
  }
}
