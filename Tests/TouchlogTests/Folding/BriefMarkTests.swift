import Testing
import Touchlog
import TouchlogTesting

@Suite struct BriefMarkTests {
  /// Keeps each event's brief mark, and its mark.
  private struct Both: Projection, ~Copyable {
    static let name = "both"
    static let version: UInt32 = 1
    static let briefMarks = TableName<BriefMark>("brief")
    static let marks = TableName<Mark>("marks")

    var brief = BriefMarkTable()
    var marks = MarkTable()

    mutating func apply(_ event: borrowing RecordedEvent) throws(FoldFault) {
      brief.add(BriefMark(event), of: event.customer)
      marks.add(Mark(event), of: event.customer)
    }

    mutating func visitTables(_ visit: (String, inout FoldTable) throws -> Void) rethrows {
      try visit(Both.briefMarks.name, &brief.table)
      try visit(Both.marks.name, &marks.table)
    }
  }

  @Test func `a brief mark says of an event what a mark says, in the same order, in half the bytes`() throws {
    #expect(MemoryLayout<BriefMark>.size == 16 && MemoryLayout<BriefMark>.stride == 16)
    var generator = EventGenerator(seed: 3)
    let log = try SampleLog((0..<200).flatMap { _ in generator.batch() })
    let view = try log.view(of: Both.self)
    var brief: [[BriefMark]] = []
    try view.forEachRow(in: Both.briefMarks) { _, marks in brief.append((0..<marks.count).map { marks[$0] }) }
    var compared = 0
    var row = 0
    try view.forEachRow(in: Both.marks) { _, marks in
      try #require(brief[row].count == marks.count)
      for index in 0..<marks.count {
        let (short, long) = (brief[row][index], marks[index])
        #expect(short.occurredAt == long.occurredAt && short.position == long.position)
        #expect(short.typeCode == long.typeCode && short.channelCode == long.channel?.rawValue ?? 0)
        #expect(short.choice(0) == long.choice(0) && short.choice(1) == long.choice(1))
        compared += 1
      }
      #expect(brief[row] == brief[row].sorted())
      row += 1
    }
    #expect(compared == log.count && row == brief.count)
    try ProjectionSpec(Both.self).check(log, seed: 5)
  }
}
