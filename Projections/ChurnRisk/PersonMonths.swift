import Touchlog

/// The calendar months of UTC, by their begins: when the hazard model looks at persons.
struct Snapshots: Sendable {
  /// The first moment of each month, ascending; the last is T.
  let times: [Int64]
  /// The number of the first month, see `ReportingPeriod.month`.
  let firstMonth: Int

  /// A log that ends within the last day of a month counts as complete for that month.
  private static let grace: Int64 = 86_400_000_000

  /// - Parameters:
  ///   - cut: the last month is over by then.
  ///   - months: how many months there are before T at most.
  init(through cut: Timestamp, months: Int) {
    let day = Timestamp(microseconds: cut.microseconds + Snapshots.grace).civil.date
    let last = ReportingPeriod.month.number(of: day)
    let first = last - months
    firstMonth = first
    times = (first...last).map { number in
      Timestamp(date: ReportingPeriod.month.firstDay(of: number), microsecondOfDay: 0).microseconds
    }
  }

  /// The place of T.
  var last: Int { times.count - 1 }

  /// The place of the first month that begins after a time.
  func firstIndex(after time: Int64) -> Int {
    var index = 0
    while index < times.count, times[index] <= time { index += 1 }
    return index
  }
}

/// Rows of features: persons at the begins of months, each with what came of it in the time that the definition of gone
/// looks ahead.
struct PersonMonthRows: Sendable {
  /// `Feature.count` numbers a row.
  var values = ContiguousArray<Float>()
  var persons = ContiguousArray<UInt32>()
  var snapshots = ContiguousArray<UInt16>()
  /// Whether the person was gone in the time looked ahead.
  var gone = ContiguousArray<Bool>()

  var count: Int { persons.count }

  /// The features of a row.
  func row(_ index: Int) -> ArraySlice<Float> {
    ArraySlice(values[index * Feature.count..<(index + 1) * Feature.count])
  }

  mutating func append(_ person: UInt32, _ snapshot: Int, _ state: PersonState, at time: Int64) {
    state.appendFeatures(at: time, to: &values)
    persons.append(person)
    snapshots.append(UInt16(truncatingIfNeeded: snapshot))
    gone.append(false)
  }

  mutating func removeLast() {
    values.removeLast(Feature.count)
    persons.removeLast()
    snapshots.removeLast()
    gone.removeLast()
  }

  mutating func append(contentsOf other: PersonMonthRows) {
    values.append(contentsOf: other.values)
    persons.append(contentsOf: other.persons)
    snapshots.append(contentsOf: other.snapshots)
    gone.append(contentsOf: other.gone)
  }
}

/// What the persons of a view were like at the begin of each month.
struct PersonMonths: Sendable {
  /// Months of which it is known who was gone after them: those who were, and of the others a sample.
  private(set) var rows = PersonMonthRows()
  /// All who can leave at T.
  private(set) var current = PersonMonthRows()
  /// Repeat activity up to the cut, of those who have a history.
  private(set) var histories = ContiguousArray<RepeatDays>()
  private(set) var historyPersons = ContiguousArray<UInt32>()
  /// Of how many person-months in which nobody left one is in the rows.
  let stayedShare: Double
  /// Who is who, and which standards hold.
  let reading: FactReading
  /// How many persons have facts.
  private(set) var persons = 0
  /// Person-months before T, sampled or not.
  private(set) var personMonths = 0
  /// Interactions that name one person.
  private(set) var interactions = 0
  /// Rows of interactions that name nobody, or several persons.
  private(set) var unattributed = 0

  /// - Parameters:
  ///   - cut: facts are taken up to then.
  ///   - known: identity and standards are as known then.
  ///   - snapshots: the months.
  ///   - judgedFrom: the place of the first month that is not learned from, but judged on: of those all are kept, but of a
  ///     sample of persons.
  init(
    in view: some View, _ parameters: ChurnParameters, cut: Timestamp, known: Timestamp, snapshots: Snapshots,
    judgedFrom: Int = .max,
  ) throws {
    let isJudged = judgedFrom < snapshots.last
    let reading = try FactReading(
      in: view, known: known, cut: cut, personsMax: isJudged ? parameters.judgedPersonsMax : .max)
    let facts = try FactsOfPersons(in: view, reading: reading)
    let learned = min(snapshots.last, judgedFrom)
    let sampling = MonthSampling(
      judgedFrom: judgedFrom, personMonths: facts.personCount * learned / parameters.windowMonths,
      stayedMax: parameters.stayedMonthsMax)
    stayedShare = sampling.stayedShare
    let parts = try view.mapCustomers { customers in
      var walk = PersonWalk(parameters, cut: cut, snapshots: snapshots, limits: reading.limits, sampling: sampling)
      facts.forEachPerson(customers) { walk.walk($0, $1) }
      return walk
    }
    self.reading = reading
    interactions = facts.interactions
    unattributed = facts.unattributed
    rows.values.reserveCapacity(parts.reduce(0) { $0 + $1.rows.values.count })
    for part in parts {
      rows.append(contentsOf: part.rows)
      current.append(contentsOf: part.current)
      histories.append(contentsOf: part.histories)
      historyPersons.append(contentsOf: part.historyPersons)
      persons += part.persons
      personMonths += part.personMonths
    }
  }
}

/// Walks through persons' facts, and notes what they were like at the begin of each month.
struct PersonWalk: Sendable {
  private let parameters: ChurnParameters
  private let cut: Int64
  private let snapshots: Snapshots
  private let limits: WaitLimits
  private let sampling: MonthSampling
  /// How long the definition of gone looks ahead, in microseconds; nil where it is to the next month.
  private let silence: Int64?

  private(set) var rows = PersonMonthRows()
  private(set) var current = PersonMonthRows()
  private(set) var histories = ContiguousArray<RepeatDays>()
  private(set) var historyPersons = ContiguousArray<UInt32>()
  private(set) var persons = 0
  private(set) var personMonths = 0
  private var state = PersonState()
  /// Until when what comes decides about the last row; nil where it is decided.
  private var decidedBy: Int64?
  /// Whether the person ever leaves: where they do not, it is known at once which months are kept.
  private var leaves = true

  init(
    _ parameters: ChurnParameters, cut: Timestamp, snapshots: Snapshots, limits: WaitLimits, sampling: MonthSampling,
  ) {
    self.parameters = parameters
    self.cut = cut.microseconds
    self.snapshots = snapshots
    self.limits = limits
    self.sampling = sampling
    if case .silent(let days) = parameters.gone {
      silence = Int64(days) * RepeatCount.day
    } else {
      silence = nil
    }
  }

  mutating func walk(_ person: UInt32, _ facts: borrowing [Fact]) {
    state.reset()
    persons += 1
    decidedBy = nil
    leaves = silence != nil || facts.contains { $0.kind == .status && $0.value == FactValue.former }
    let currentBefore = current.count
    // Nobody is at risk before there is anything of them.
    var next = facts.isEmpty ? 0 : snapshots.firstIndex(after: facts[0].time)
    for index in facts.indices {
      let fact = facts[index]
      while next < snapshots.times.count, fact.time >= snapshots.times[next] { look(person, at: &next) }
      if let decidedBy, fact.time >= decidedBy { decide(person) }
      let effect = state.take(fact, limits: limits)
      guard decidedBy != nil else { continue }
      if silence == nil {
        if effect.contains(.left) { rows.gone[rows.count - 1] = true }
      } else if effect.contains(.activity) {
        rows.gone[rows.count - 1] = false
      }
    }
    while next < snapshots.times.count { look(person, at: &next) }
    if decidedBy != nil { decide(person) }
    // Whoever left after T and before the cut is no longer at risk.
    if silence == nil, current.count > currentBefore, state.status == FactValue.former { current.removeLast() }
    if let days = state.repeats.history(parameters.repeats, parameters.clock, cut: cut) {
      histories.append(days)
      historyPersons.append(person)
    }
  }

  /// Notes what the person is like at the begin of a month, and begins that.
  private mutating func look(_ person: UInt32, at next: inout Int) {
    let time = snapshots.times[next]
    if let decidedBy, time >= decidedBy { decide(person) }
    if isAtRisk(at: time) {
      if next == snapshots.last {
        current.append(person, next, state, at: time)
      } else {
        note(person, next, time)
      }
    }
    state.turnMonth()
    next += 1
  }

  private mutating func note(_ person: UInt32, _ snapshot: Int, _ time: Int64) {
    let end: Int64
    if let silence {
      // A person's stretches do not overlap, or one silence would count several times; in which month they begin
      // differs from person to person, so that all months are there.
      let window = parameters.windowMonths
      guard (snapshot + Int(person % UInt32(window))).isMultiple(of: window) else { return }
      end = time + silence + 1
      guard time + silence <= cut else { return }
    } else {
      end = snapshots.times[snapshot + 1]
    }
    personMonths += 1
    guard leaves || sampling.keeps(person, UInt16(truncatingIfNeeded: snapshot), isGone: false) else { return }
    rows.append(person, snapshot, state, at: time)
    rows.gone[rows.count - 1] = silence != nil
    decidedBy = end
  }

  private mutating func decide(_ person: UInt32) {
    decidedBy = nil
    let last = rows.count - 1
    let isKept = sampling.keeps(person, rows.snapshots[last], isGone: rows.gone[last])
    if !isKept { rows.removeLast() }
  }

  private func isAtRisk(at time: Int64) -> Bool {
    guard let silence else { return state.status == FactValue.active }
    guard let last = state.lastActivity, state.status != FactValue.former else { return false }
    return time - last <= silence
  }
}
