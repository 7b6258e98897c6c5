import Touchlog

/// All facts, those of one person together and in order.
struct FactsOfPersons: Sendable {
  private let facts: ContiguousArray<Fact>
  /// Where each person's facts begin, by the person's number, and where the last's end.
  private let starts: ContiguousArray<UInt32>
  /// Interactions that name one person.
  let interactions: Int
  /// Rows of interactions that name nobody, or several persons.
  let unattributed: Int

  /// Reads a view's rows, and puts them in order by person.
  ///
  /// It takes 36 bytes per fact while it reads, and 16 afterwards.
  init(in view: some View, reading: FactReading) throws {
    let lists = try view.mapCustomers { try reading.facts(in: view, customers: $0) }
    interactions = lists.reduce(0) { $0 + $1.interactions }
    unattributed = lists.reduce(0) { $0 + $1.unattributed }
    let bound = Int(view.customerBound)
    var starts = ContiguousArray<UInt32>(repeating: 0, count: bound + 2)
    for list in lists {
      for person in list.persons { starts[Int(person) + 2] += 1 }
    }
    for person in 0..<bound { starts[person + 2] += starts[person + 1] }
    let count = Int(starts[bound + 1])
    facts = ContiguousArray(unsafeUninitializedCapacity: count) { buffer, initialized in
      for list in lists {
        for index in list.facts.indices {
          let person = Int(list.persons[index])
          // Counted above: each fact has a place of its own, and all places are filled.
          buffer.initializeElement(at: Int(starts[person + 1]), to: list.facts[index])
          starts[person + 1] += 1
        }
      }
      initialized = count
    }
    self.starts = starts
  }

  /// How many persons have facts.
  var personCount: Int { zip(starts, starts.dropFirst()).count { $0 != $1 } }

  /// All persons have a number below this.
  var bound: UInt32 { UInt32(starts.count - 2) }

  /// Calls `body` with the facts of each person in a range who has some, in order of time.
  func forEachPerson(_ persons: Range<UInt32>, _ body: (UInt32, inout [Fact]) -> Void) {
    var own: [Fact] = []
    for person in persons.clamped(to: 0..<bound) {
      let range = Int(starts[Int(person)])..<Int(starts[Int(person) + 1])
      if range.isEmpty { continue }
      own.removeAll(keepingCapacity: true)
      own.append(contentsOf: facts[range])
      sortFacts(&own)
      body(person, &own)
    }
  }
}

/// By insertion where they are few, as they come in a few runs that are in order already.
func sortFacts(_ facts: inout [Fact]) {
  if facts.count > 64 {
    facts.sort()
    return
  }
  facts.withUnsafeMutableBufferPointer { facts in
    for end in 1..<max(facts.count, 1) {
      let fact = facts[end]
      var place = end
      while place > 0, fact < facts[place - 1] {
        facts[place] = facts[place - 1]
        place -= 1
      }
      facts[place] = fact
    }
  }
}
