import Touchlog
import TouchlogReplay

/// Goes through a view's tables, and hands their lines to a writer.
struct ExportRun {
  let view: any View
  let tables: [ViewTable]
  let showsReferences: Bool
  /// Whether on what the lines rest is a table of its own.
  let hasProvenance: Bool
  let madeAt: Timestamp
  let isQuiet: Bool

  /// A table, and how many lines it has.
  typealias Count = (table: String, lines: Int)

  /// Writes all tables; a progress bar tells how far it is, and Ctrl-C ends it.
  func write(to writer: inout some TableWriter) throws -> [Count] {
    var progress = ProgressBar(unit: "lines", isQuiet: isQuiet)
    do {
      var counts: [Count] = []
      if hasProvenance { try writeProvenance(to: &writer) }
      for table in tables {
        counts.append((table.name, try write(table, to: &writer, done: counts, &progress)))
      }
      progress.clear()
      return counts
    } catch {
      progress.clear()
      throw error
    }
  }

  private func write(
    _ table: ViewTable, to writer: inout some TableWriter, done: [Count], _ progress: inout ProgressBar,
  ) throws -> Int {
    try writer.begin(table.name, ExportedColumn.all(of: table.columns, showsReferences: showsReferences))
    let before = done.reduce(0) { $0 + $1.lines }
    let customers = Double(max(view.customerBound, 1))
    var lines = 0
    try view.forEachLine(of: table) { line in
      try writer.add(line)
      lines += 1
      // Looking at the clock takes longer than writing a line.
      guard lines & 0xFFF == 0 else { return }
      try Interruption.check()
      if case .customer(let customer) = line[0] {
        let part = (Double(done.count) + Double(customer.value) / customers) / Double(tables.count)
        progress.update(before + lines, fraction: part)
      }
    }
    try Interruption.check()
    try writer.end()
    return lines
  }

  private func writeProvenance(to writer: inout some TableWriter) throws {
    let provenance = view.provenance
    let bounds = provenance.bounds
    func integer(_ value: UInt64) -> RowField { .integer(Int64(clamping: value)) }
    func time(_ time: Timestamp?) -> RowField { time.map { .time($0) } ?? .none }
    let fields: [(name: String, kind: RowField.Kind, value: RowField)] = [
      ("projection", .word, .word(provenance.projection)),
      ("version", .integer, .integer(Int64(provenance.version))),
      ("position", .integer, integer(provenance.head.value)),
      ("asOf", .time, time(bounds.asOf)),
      ("asKnownAt", .time, time(bounds.asKnownAt)),
      ("until", .integer, bounds.until.map { integer($0.value) } ?? .none),
      ("events", .integer, integer(provenance.events)),
      ("end", .time, time(provenance.end)),
      ("parkedCustomers", .integer, .integer(Int64(provenance.parkedCustomers))),
      ("madeAt", .time, .time(madeAt)),
    ]
    let columns = fields.enumerated().map { place, field in
      ExportedColumn(name: field.name, kind: field.kind, place: place, isReference: false)
    }
    try writer.begin(ExportRun.provenanceTable(beside: tables), columns)
    try writer.add(fields.map(\.value))
    try writer.end()
  }

  /// `provenance`, unless the projection has a table of that name.
  private static func provenanceTable(beside tables: [ViewTable]) -> String {
    tables.contains { $0.name == "provenance" } ? "touchlog_provenance" : "provenance"
  }
}
