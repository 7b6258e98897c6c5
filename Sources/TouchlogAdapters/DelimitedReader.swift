public import Touchlog

/// Turns a table into events, after a mapping.
///
/// ```swift
/// let reader = DelimitedReader(try DelimitedMapping(yaml: text), source: "calls.csv")
/// let report = try reader.read(ByteSource(fileDescriptor: file)) { event, line in … }
/// ```
///
/// Events come in the order of the rows, except under a mapping that asks for `last`: there each row is held until the
/// next of its key, or the end of the file, decides. Either way order and ids follow from the file's content alone,
/// so that a second import finds every event stored already.
///
/// Memory does not grow with the file, except: a mapping that asks for `first`, `changed` or `grew` keeps what it asks
/// for of one row per key, one that asks for `last` keeps one row per key, and `{occurrence}` keeps each id.
public struct DelimitedReader: Sendable {
  private let mapping: DelimitedMapping
  private let source: String?

  /// - Parameters:
  ///   - mapping: How rows become events.
  ///   - source: The name of the file, for errors.
  public init(_ mapping: DelimitedMapping, source: String? = nil) {
    self.mapping = mapping
    self.source = source
  }

  /// Reads a table to its end.
  ///
  /// - Parameters:
  ///   - bytes: The table, from its beginning.
  ///   - reject: What to do with a row that cannot be read, which gives no event at all then. When it throws, as it
  ///     does unless told otherwise, the reading ends.
  ///   - body: Takes an event and the line on which its row begins, counted from 1.
  /// - Returns: What became of the rows.
  /// - Throws: `AdapterError` for a row that cannot be read, for a header without a column that the mapping needs, and
  ///   when reading fails; whatever the closures throw.
  public func read(
    _ bytes: ByteSource, rejecting reject: (AdapterError) throws -> Void = { throw $0 },
    _ body: (Event, Int) throws -> Void,
  ) throws -> ImportReport {
    var table = try TableReading(mapping, bytes, source: source)
    while true {
      do {
        guard let row = try table.next() else { break }
        try table.take(row, body)
      } catch let rejection as RowRejection {
        try table.count(rejection, reject)
      }
    }
    for row in table.finish() {
      do {
        try table.giveOut(row, isLast: true, body)
      } catch let rejection as RowRejection {
        try table.count(rejection, reject)
      }
    }
    return table.report
  }
}
