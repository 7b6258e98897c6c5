import Touchlog
import TouchlogAdapters

/// Prints events as `read` does: in columns on a terminal, with tabs between them elsewhere, or as JSON.
struct EventPrinter: ~Copyable {
  private let isJSON: Bool
  private let terminal = Terminal(standardOutput)
  private var columns: EventLine.Columns?
  private var output: Output

  /// - Parameter isInterruptible: see `Output`.
  init(json isJSON: Bool, isInterruptible: Bool = false) {
    self.isJSON = isJSON
    output = Output(isInterruptible: isInterruptible)
  }

  /// Whether what is printed is looked at as it comes.
  var isOnTerminal: Bool { terminal.isTerminal }

  /// Takes the measure of the terminal, if it is one, and of the positions in a log of so many events.
  mutating func fit(head: Position) {
    if isOnTerminal, !isJSON { columns = EventLine.Columns(terminal, head: head) }
  }

  mutating func print(_ event: OpenedEvent) throws {
    if isJSON {
      try output.write(CloudEvents.encodeLine(event) + [UInt8(ascii: "\n")])
    } else {
      try output.writeLine(columns.map { $0.line(event) } ?? EventLine.separated(event))
    }
  }

  /// Shows what was printed.
  mutating func flush() throws {
    try output.flush()
  }
}
