import Statistics
import Touchlog

/// The lengths that a clock has measured.
struct ClockCount: Sendable {
  var sketch = DurationSketch()
  /// Microseconds, exactly: 1.3 million resolutions of months are more than 64 bits hold.
  var sum: Int128 = 0

  @inline(__always)
  mutating func add(_ length: Int64) {
    sketch.add(length)
    sum += Int128(length)
  }

  mutating func merge(_ other: ClockCount) {
    sketch.merge(other.sketch)
    sum += other.sum
  }
}

/// Cases, those of them that have what is asked for, and of how many that were looked at the person is known.
struct ShareCount: Sendable, Equatable {
  var successes = 0
  var cases = 0
  /// Cases that would count if the person was known, those included where it is.
  var considered = 0

  @inline(__always)
  mutating func add(_ isSuccess: Bool) {
    successes += isSuccess ? 1 : 0
    cases += 1
    considered += 1
  }

  mutating func merge(_ other: ShareCount) {
    successes += other.successes
    cases += other.cases
    considered += other.considered
  }

  var share: Share { Share(successes, of: cases) }
}

/// Answers to a questionnaire, each as millionths of the way from its lowest to its highest possible answer.
struct OpinionCount: Sendable, Equatable {
  var answers = 0
  /// Satisfied (csat), promoters (nps).
  var top = 0
  /// Detractors (nps).
  var bottom = 0
  var sum: Int128 = 0
  var sumOfSquares: Int128 = 0

  mutating func add(_ place: Int64, top isTop: Bool, bottom isBottom: Bool) {
    answers += 1
    top += isTop ? 1 : 0
    bottom += isBottom ? 1 : 0
    sum += Int128(place)
    sumOfSquares += Int128(place) * Int128(place)
  }

  mutating func merge(_ other: OpinionCount) {
    answers += other.answers
    top += other.top
    bottom += other.bottom
    sum += other.sum
    sumOfSquares += other.sumOfSquares
  }

  /// Count, mean and spread on a scale from `low` to `high`; the same whatever the order in which answers came.
  func moments(from low: Double, to high: Double) -> Moments {
    guard answers > 0 else { return Moments() }
    let scale = (high - low) / Double(Field.decimalScale)
    let squares = Int128(answers) * sumOfSquares - sum * sum
    return Moments(
      count: answers, mean: low + Double(sum) / Double(answers) * scale,
      squaredDeviations: Double(squares) / Double(answers) * scale * scale)
  }
}

/// Everything that is counted of one group in one period.
struct Cell: Sendable {
  var interactions = 0
  /// Events behind the interactions and promises.
  var events = 0
  var persons = 0
  /// Persons with more than one interaction.
  var returning = 0
  /// Interactions whose person is known.
  var known = 0
  var clocks = InlineArray<5, ClockCount>(repeating: ClockCount())
  /// The same in open time; empty without a calendar.
  var business: ContiguousArray<ClockCount> = []
  var shares = InlineArray<8, ShareCount>(repeating: ShareCount())
  var opinions = InlineArray<4, OpinionCount>(repeating: OpinionCount())
  /// What the company believes, by instrument.
  var beliefs = InlineArray<4, OpinionCount>(repeating: OpinionCount())
  /// By the place of the standard.
  var attainments: ContiguousArray<ShareCount> = []
  /// The person who was counted here last.
  var stamp = -1
  /// The person who was counted as returning last.
  var stampOfReturning = -1

  mutating func attain(_ standard: Int, _ isWithin: Bool) {
    while attainments.count <= standard { attainments.append(ShareCount()) }
    attainments[standard].add(isWithin)
  }

  mutating func merge(_ other: Cell) {
    interactions += other.interactions
    events += other.events
    persons += other.persons
    returning += other.returning
    known += other.known
    for index in clocks.indices { clocks[index].merge(other.clocks[index]) }
    while business.count < other.business.count { business.append(ClockCount()) }
    for index in other.business.indices { business[index].merge(other.business[index]) }
    for index in shares.indices { shares[index].merge(other.shares[index]) }
    for index in opinions.indices { opinions[index].merge(other.opinions[index]) }
    for index in beliefs.indices { beliefs[index].merge(other.beliefs[index]) }
    while attainments.count < other.attainments.count { attainments.append(ShareCount()) }
    for index in other.attainments.indices { attainments[index].merge(other.attainments[index]) }
  }
}
