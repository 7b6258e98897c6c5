import ArgumentParser
import Catalog
import Touchlog
import TouchlogReplay

struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a projection's tables to a file, for tools of one's own.",
    discussion: """
      Every row, with named columns: a line for each row, and for each mark of a row of marks. Names are written as \
      texts, customers as their numbers, times in UTC. The file gets its name when it is whole and on disk.

      sqlite and ndjson take all tables, and a table “provenance” that says on what they rest. A csv file takes one: \
      name it, or give a folder (FOLDER/), where each has a file.

      Examples:
        touchlog export churn-risk --format sqlite churn.sqlite --store ./store
        touchlog export service-consistency --table promises --format csv promises.csv
        touchlog export service-consistency --format csv ./tables/ --as-of 2025-07-01
        touchlog export customer-timeline --table interactions --format ndjson - | jq -c .customer
      """)

  @Argument(help: ArgumentHelp("Which projection; see: touchlog projections", valueName: "projection"))
  var projection: String

  @Argument(help: ArgumentHelp("The file to make; - is standard output.", valueName: "file"), completion: .file())
  var target: String

  @Option(help: ArgumentHelp("Only this table.", valueName: "name"))
  var table: String?

  @Option(help: "How it is written: csv, ndjson or sqlite.")
  var format: ExportFormat

  @OptionGroup var report: ReportOptions

  @Flag(help: "Write who customers are beside their numbers.")
  var references = false

  @Flag(help: "Replace what is there.")
  var force = false

  func validate() throws {
    if format == .sqlite, target == "-" { throw ValidationError("a SQLite database needs a file, and not -") }
    if target.isEmpty { throw ValidationError("name the file to make, or - for standard output") }
  }

  func run() throws {
    let folds = Catalog.folds()
    guard let fold = folds.first(where: { $0.name == projection }) else {
      throw ReplayError.unknownProjection(projection, known: folds.map(\.name))
    }
    let all = try fold.tables()
    let chosen = table.map { name in all.filter { $0.name == name } } ?? all
    if let table, chosen.isEmpty { throw ReplayError.unknownTable(table, projection: projection, known: all.map(\.name)) }
    let place = try ExportPlace(target, format: format, tables: chosen.map(\.name), replaces: force)
    let began = ContinuousClock.now
    let counts: [ExportRun.Count]
    do {
      counts = try report.withView(of: projection) { view in try write(chosen, of: view, to: place) }
    } catch let failure as Failure where failure.status == .interrupted || failure.status == .terminated {
      throw Failure("interrupted. Nothing is at \(target) that was not there before", failure.status)
    }
    try tell(counts, try place.finish(), ContinuousClock.now - began)
  }

  private func write(_ tables: [ViewTable], of view: any View, to place: ExportPlace) throws -> [ExportRun.Count] {
    let run = ExportRun(
      view: view, tables: tables, showsReferences: references, hasProvenance: hasProvenance(place),
      madeAt: TimeArgument.now(), isQuiet: report.quiet)
    switch format {
    case .csv:
      var writer = LineWriter(CSVFormat(), to: place.lines, naming: view)
      return try run.write(to: &writer)
    case .ndjson:
      var writer = LineWriter(NDJSONFormat(), to: place.lines, naming: view)
      return try run.write(to: &writer)
    case .sqlite:
      return try SQLiteWriter.withDatabase(at: place.databasePath) { database in
        var writer = SQLiteWriter(database, naming: view)
        return try run.write(to: &writer)
      }
    }
  }

  /// Lines of one table alone are what is asked for with `--table`, and all that a csv file can hold.
  private func hasProvenance(_ place: ExportPlace) -> Bool {
    switch format {
    case .csv: place.isFolder
    case .ndjson: table == nil
    case .sqlite: true
    }
  }

  private func tell(_ counts: [ExportRun.Count], _ bytes: Int, _ elapsed: Duration) throws {
    guard target != "-" else { return }
    let lines = counts.map { "\($0.lines.grouped) \($0.table)" }.joined(separator: ", ")
    var output = Output()
    try output.writeLine("\(lines), in \(target), \(bytes.byteSize), \(elapsed.short)")
    try output.flush()
  }
}

/// What an export writes.
enum ExportFormat: String, ExpressibleByArgument, CaseIterable {
  case csv, ndjson, sqlite
}
