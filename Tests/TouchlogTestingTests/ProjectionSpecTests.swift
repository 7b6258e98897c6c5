import Testing
import Touchlog
import TouchlogTesting

/// A projection that keeps the law, with both kinds of tables.
private struct Calls: Projection, ~Copyable {
  static let name = "calls"
  static let version: UInt32 = 1
  static let customers = TableName<Count>("customers")
  static let interactions = TableName<Mark>("interactions")

  var customers = RowTable<Count>()
  var interactions = MarkTable()

  struct Count: Row, Equatable {
    var events: UInt64 = 0
    var first = Timestamp(microseconds: .max)
    mutating func merge(_ other: Count) {
      events += other.events
      first = min(first, other.first)
    }
  }

  mutating func apply(_ event: borrowing RecordedEvent) throws(FoldFault) {
    if event.typeCode == Catalogue.praiseGiven.code, event.choice(0) == nil, event.slot(0) == 5 {
      throw FoldFault("too good to be true")
    }
    customers.add(Count(events: 1, first: event.occurredAt), of: event.customer)
    if let interaction = event.interaction {
      interactions.add(Mark(naming: event), of: event.customer, thing: interaction.thing)
    }
  }

  mutating func visitTables(_ visit: (String, inout FoldTable) throws -> Void) rethrows {
    try visit(Calls.customers.name, &customers.table)
    try visit(Calls.interactions.name, &interactions.table)
  }
}

/// A projection that breaks it: which row is last depends on the order.
private struct LastWord: Projection, ~Copyable {
  static let name = "last-word"
  static let version: UInt32 = 1
  var customers = RowTable<Word>()

  struct Word: Row {
    var position: UInt64 = 0
    mutating func merge(_ other: Word) { self = other }
  }

  mutating func apply(_ event: borrowing RecordedEvent) throws(FoldFault) {
    customers.add(Word(position: event.position.value), of: event.customer)
  }

  mutating func visitTables(_ visit: (String, inout FoldTable) throws -> Void) rethrows {
    try visit("customers", &customers.table)
  }
}

struct ProjectionSpecTests {
  private var events: [Event] {
    (0..<40).flatMap { number in
      Samples.call("pbx:\(number)", of: number % 3 == 0 ? nil : Samples.customer(number % 7))
    }
  }

  @Test func `a projection of rows that merge keeps the law`() throws {
    try ProjectionSpec(Calls.self).check(SampleLog(events), seed: 7)
  }

  @Test func `a projection whose rows depend on the order is found out`() throws {
    let log = try SampleLog(events)
    #expect(throws: ProjectionFault.self) { try ProjectionSpec(LastWord.self).check(log) }
  }

  @Test func `rows are read in the order of customers and things`() throws {
    let log = try SampleLog(events)
    let view = try log.view(of: Calls.self)
    var keys: [RowKey] = []
    var marks = 0
    try view.forEachRow(in: Calls.interactions) { key, values in
      keys.append(key)
      marks += values.count
      for index in 1..<values.count { #expect(values[index - 1] < values[index]) }
    }
    #expect(keys == keys.sorted())
    #expect(keys.count == 40)
    #expect(marks == events.count)
    let customer = try #require(try log.number(of: Samples.customer(1)))
    var count: Calls.Count?
    try view.forEachRow(in: Calls.customers, of: customer) { _, values in count = values.first }
    #expect(count?.events == UInt64(events.count { $0.subject == Samples.customer(1) }))
  }

  @Test func `a mark gives back what it was made of`() throws {
    let log = try SampleLog(Samples.call("pbx:1"))
    let view = try log.view(of: Calls.self)
    try view.forEachRow(in: Calls.interactions) { _, values in
      let ended = values[values.count - 1]
      #expect(ended.typeCode == Catalogue.contactEnded.code)
      #expect(ended.channel == .phone)
      #expect(ended.choice(0) == 0)
      #expect(ended.choice(1) == nil)
      #expect(ended.position == Position(3))
      let agent = try #require(ended.agent)
      #expect(try log.text(of: agent) == "asta")
    }
  }

  @Test func `a customer whose event cannot be folded is left out whole`() throws {
    let broken = Samples.event("b", "praise.given", of: Samples.customer(1), data: ["severity": 5])
    let log = try SampleLog(events + [broken])
    let view = try log.view(of: Calls.self)
    #expect(view.provenance.parkedCustomers == 1)
    let customer = try #require(try log.number(of: Samples.customer(1)))
    var rows = 0
    try view.forEachRow(in: Calls.customers, of: customer) { _, _ in rows += 1 }
    try view.forEachRow(in: Calls.interactions, of: customer) { _, _ in rows += 1 }
    #expect(rows == 0)
  }
}
