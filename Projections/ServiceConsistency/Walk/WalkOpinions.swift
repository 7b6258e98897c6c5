import Touchlog

/// An answer to a questionnaire, put together from its three marks.
struct Answer {
  /// Who and what, as the event names it.
  let names: Mark
  /// The place in `ServiceFigure.opinions`.
  let instrument: Int
  private let score: Int64
  private let low: Int64
  private let high: Int64

  /// Nil where the marks are not one event's, or where all answers are the same.
  init?(_ first: Mark, _ second: Mark, _ third: Mark) {
    guard first.part == 0, second.part == 1, third.part == 2, first.position == second.position,
      first.position == third.position, let instrument = first.choice(0), instrument < ServiceFigure.opinions.count
    else { return nil }
    names = first
    self.instrument = instrument
    score = second.firstNumber
    low = second.secondNumber
    high = third.firstNumber
    guard low < high, low <= score, score <= high else { return nil }
  }

  /// Millionths of the way from the lowest to the highest answer, rounded.
  var place: Int64 {
    let span = Int128(high - low)
    return Int64((Int128(score - low) * Int128(Field.decimalScale) + span / 2) / span)
  }

  /// csat: in the upper quarter of the scale, so 4 and 5 of 5. nps: 9 and 10 of 0 to 10 (Reichheld 2003).
  var isTop: Bool {
    switch ServiceFigure.opinions[instrument] {
    case .nps: (score - low) * 10 >= (high - low) * 9
    default: (score - low) * 4 >= (high - low) * 3
    }
  }

  /// nps: 0 to 6 of 0 to 10.
  var isBottom: Bool { (score - low) * 10 <= (high - low) * 6 }

  /// The answers among marks that are in order.
  static func all(in marks: ContiguousArray<Mark>) -> [Answer] {
    guard marks.count >= 3 else { return [] }
    var answers: [Answer] = []
    for index in 0..<marks.count - 2 {
      if let answer = Answer(marks[index], marks[index + 1], marks[index + 2]) { answers.append(answer) }
    }
    return answers
  }
}

// What customers say, and what the company believes that they would.
extension Walk {
  /// Counts feedback on the interaction that was read.
  mutating func addFeedback(_ marks: ContiguousArray<Mark>, _ customer: CustomerNumber, _ person: CustomerNumber?) {
    let feedback = ContiguousArray(marks.filter { $0.typeCode == Catalogue.feedbackGiven.code })
    for answer in Answer.all(in: feedback) {
      let group = groupOfFeedback(answer.names, customer)
      add(answer, group, customer, person, channel: channelOfFeedback(answer.names))
    }
  }

  /// Takes a row of feedback that names no interaction.
  mutating func takeFeedback(_ key: RowKey, _ marks: borrowing Values<Mark>) {
    var all: ContiguousArray<Mark> = []
    for index in 0..<marks.count { all.append(marks[index]) }
    let person = plan.persons.isKnown(key.customer) ? plan.persons.person(of: key.customer) : nil
    for answer in Answer.all(in: all) {
      add(
        answer, group(of: answer.names, key.customer), key.customer, person,
        channel: answer.names.channel?.rawValue ?? 0)
    }
  }

  private mutating func add(
    _ answer: Answer, _ group: GroupKey, _ customer: CustomerNumber, _ person: CustomerNumber?, channel: UInt8,
  ) {
    guard let period = plan.period(of: answer.names.occurredAt) else { return }
    let cell = table.place(group, period)
    table[cell].opinions[answer.instrument].add(answer.place, top: answer.isTop, bottom: answer.isBottom)
    if plan.keepsExperiences, let person {
      experiences.append(
        Experience(
          person: person.value, channel: channel, instrument: UInt8(answer.instrument), place: answer.place))
    }
    if plan.asked != nil {
      note(
        ServiceFigure.opinions[answer.instrument], cell, customer.value, 0, answer.names.position.value,
        isCase: answer.isTop)
    }
  }

  /// Takes a row of what the company stated: its beliefs count under what they name, if they name it.
  mutating func takeBeliefs(_ key: RowKey, _ marks: borrowing Values<Mark>) {
    var all: ContiguousArray<Mark> = []
    for index in 0..<marks.count where marks[index].typeCode == Catalogue.beliefStated.code {
      all.append(marks[index])
    }
    for answer in Answer.all(in: all) {
      guard let period = plan.period(of: answer.names.occurredAt) else { continue }
      let cell = table.place(group(of: answer.names, key.customer), period)
      table[cell].beliefs[answer.instrument].add(answer.place, top: answer.isTop, bottom: answer.isBottom)
    }
  }
}
