import Touchlog

/// What takes the lines of tables, one table after the other.
protocol TableWriter {
  /// Begins a table.
  mutating func begin(_ table: String, _ columns: [ExportedColumn]) throws
  /// Adds a line to it.
  mutating func add(_ line: [RowField]) throws
  /// Ends it.
  mutating func end() throws
}

/// Where the lines of tables go.
enum LineTarget {
  case standardOutput
  /// One file for all tables.
  case file(UnfinishedFile)
  /// A file for each table.
  case files((_ table: String) throws -> UnfinishedFile)
}

/// Writes tables in a format whose lines are runs of bytes.
struct LineWriter<Format: LineFormat>: TableWriter {
  private var format: Format
  private let target: LineTarget
  private let texts: ExportedTexts
  private var output = OutputBox()
  private var file: UnfinishedFile?
  private var columns: [ExportedColumn] = []
  private var bytes: [UInt8] = []

  init(_ format: Format, to target: LineTarget, naming: any Naming) {
    self.format = format
    self.target = target
    texts = ExportedTexts(naming, encode: Format.encode)
    if case .file(let file) = target { self.file = file }
  }

  mutating func begin(_ table: String, _ columns: [ExportedColumn]) throws {
    if case .files(let open) = target { file = try open(table) }
    self.columns = columns
    format.begin(table, columns, to: &bytes)
  }

  mutating func add(_ line: [RowField]) throws {
    try format.append(line, columns, texts, to: &bytes)
    if bytes.count >= 32 << 10 { try pass() }
  }

  mutating func end() throws {
    try pass()
    if file == nil { try output.output.flush() }
  }

  private mutating func pass() throws {
    if let file {
      try file.write(&bytes)
    } else {
      try output.output.write(bytes)
      bytes.removeAll(keepingCapacity: true)
    }
  }
}

/// Standard output, where a copyable value holds it.
private final class OutputBox {
  var output = Output(isInterruptible: true)
}
