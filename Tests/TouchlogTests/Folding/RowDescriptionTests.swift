import Testing
import Touchlog
import TouchlogTesting

struct RowDescriptionTests {
  private struct Pair: BitwiseCopyable, Sendable {
    var low: UInt32 = 0
    var high: UInt32 = 0
  }

  private struct Everything: Row {
    var time = Timestamp(microseconds: 0)
    var count: UInt64 = 0
    var balance: Int64 = 0
    var agent = NameNumber(0)
    var other = CustomerNumber(0)
    var pair = Pair()
    var degrees: Int16 = 0
    var grade: UInt8 = 0
    var isOpen = false
    var fill: UInt32 = 0
    mutating func merge(_ other: Everything) {}
  }

  private func lines(_ description: RowDescription, of key: RowKey, _ bytes: UnsafeRawBufferPointer) -> [[RowField]] {
    var line = description.emptyLine
    var lines: [[RowField]] = []
    description.forEachLine(of: key, bytes, into: &line) { lines.append($0) }
    return lines
  }

  @Test func `a row shows its stored properties by their names`() {
    let table = RowTable<Everything>()
    let description = table.table.describe()
    let value = Everything(
      time: Timestamp(microseconds: 1_700_000_000_000_001), count: 7, balance: -8, agent: NameNumber(3),
      other: CustomerNumber(11), pair: Pair(low: 21, high: 22), degrees: -40, grade: 250, isOpen: true, fill: 99)
    #expect(
      description.columns.map(\.name) == [
        "customer", "thing", "time", "count", "balance", "agent", "other", "pair_low", "pair_high", "degrees", "grade",
        "isOpen",
      ])
    #expect(
      description.columns.map(\.kind) == [
        .customer, .hash, .time, .integer, .integer, .name, .customer, .integer, .integer, .integer, .integer, .integer,
      ])
    let found = withUnsafeBytes(of: value) { lines(description, of: RowKey(CustomerNumber(5), thing: .max), $0) }
    #expect(
      found == [
        [
          .customer(CustomerNumber(5)), .hash(.max), .time(Timestamp(microseconds: 1_700_000_000_000_001)), .integer(7),
          .integer(-8), .name(NameNumber(3)), .customer(CustomerNumber(11)), .integer(21), .integer(22), .integer(-40),
          .integer(250), .integer(1),
        ]
      ])
  }

  @Test func `a row of marks has a line for each mark`() throws {
    let table = MarkTable(thing: nil, columns: Mark.eventColumns + Mark.nameColumns)
    let description = table.table.describe()
    let log = try SampleLog(Samples.call("pbx:1", of: Samples.customer(1)))
    let view = try log.view(of: Calls.self)
    var found: [[RowField]] = []
    var expected: [Timestamp] = []
    try view.forEachRow(in: Calls.calls) { key, marks in
      var copied: [Mark] = []
      for index in 0..<marks.count { copied.append(marks[index]) }
      expected += copied.map(\.occurredAt)
      copied.withUnsafeBytes { found += lines(description, of: key, $0) }
    }
    #expect(expected.count > 2)
    let place = try #require(description.columns.firstIndex { $0.name == "occurredAt" })
    #expect(found.map { $0[place] } == expected.map { .time($0) })
    let type = try #require(description.columns.firstIndex { $0.name == "type" })
    #expect(found.first?[type] == .word("contact.started"))
    let choice = try #require(description.columns.firstIndex { $0.name == "firstChoice" })
    #expect(found.first?[choice] == .word("inbound"))
    let agents = try #require(description.columns.firstIndex { $0.name == "agent" })
    #expect(found.contains { if case .name = $0[agents] { true } else { false } })
  }

  @Test func `every choice of the catalogue is shown by its own words`() {
    let column = Mark.columns.filter { $0.name.hasSuffix("Choice") }
    #expect(column.map(\.name) == ["firstChoice", "secondChoice"])
    for type in Catalogue.all {
      let words = type.fields.compactMap { member -> [String]? in
        if case .choice(let words) = member.field.kind { words } else { nil }
      }
      for (index, list) in words.enumerated() {
        for place in list.indices {
          // A mark's bytes: time, then position 40 · type 8 · channel 4 · choice 4 · choice 4 · part 4, and two words.
          let code = UInt64(place + 1) << (index == 0 ? 8 : 4)
          let bytes: [UInt64] = [0, UInt64(type.code) << 16 | code, 0, 0]
          let mark = bytes.withUnsafeBytes { $0.loadUnaligned(as: Mark.self) }
          #expect(column[index].value(of: mark) == .word(list[place]), "\(type.name)")
          #expect(column[1 - index].value(of: mark) == .none)
        }
      }
    }
  }

  private struct Calls: Projection, ~Copyable {
    static let name = "calls"
    static let version: UInt32 = 1
    static let calls = TableName<Mark>("calls")
    var calls = MarkTable()

    mutating func apply(_ event: borrowing RecordedEvent) throws(FoldFault) { calls.addInteraction(event) }

    mutating func visitTables(_ visit: (String, inout FoldTable) throws -> Void) rethrows {
      try visit(Calls.calls.name, &calls.table)
    }
  }
}
