/// What a table's rows consist of, whatever their type: columns with names, and how they are read from bytes.
///
/// Made once for a table. A line is a value: a row that merges has one, a row of marks one for each mark.
public struct RowDescription: Sendable {
  /// A column's name, and what it holds.
  public struct Column: Hashable, Sendable {
    /// Unique in its table.
    public let name: String
    /// What it holds, beside `none`.
    public let kind: RowField.Kind
  }

  /// The customer, the thing where the table has one, and the fields.
  public let columns: [Column]
  /// Bytes of a value.
  package let stride: Int
  private let thing: ThingColumn?
  private let fill: @Sendable (UnsafeRawPointer, Int, inout [RowField]) -> Void

  /// Describes rows of values of one type.
  ///
  /// - Parameters:
  ///   - thing: what the key's thing is; nil where a customer has one row.
  ///   - fields: the columns behind it.
  @usableFromInline
  init<Value: RowValue>(_ type: Value.Type, thing: ThingColumn?, fields: [RowColumn<Value>]) {
    self.thing = thing
    stride = MemoryLayout<Value>.stride
    var columns = [Column(name: "customer", kind: .customer)]
    if let thing { columns.append(Column(name: thing.name, kind: thing.kind)) }
    columns += fields.map { Column(name: $0.name, kind: $0.kind) }
    precondition(Set(columns.map(\.name)).count == columns.count, "two columns of a table have one name")
    self.columns = columns
    fill = { bytes, first, line in
      let value = bytes.loadUnaligned(as: Value.self)
      for index in fields.indices { line[first + index] = fields[index].value(of: value) }
    }
  }

  /// An empty line, to be filled by `forEachLine`.
  package var emptyLine: [RowField] { Array(repeating: .none, count: columns.count) }

  /// Calls `body` with each line of a row, in the order of `columns`.
  ///
  /// - Parameters:
  ///   - bytes: the row's values.
  ///   - line: what `emptyLine` gave, and earlier calls filled.
  package func forEachLine(
    of key: RowKey, _ bytes: UnsafeRawBufferPointer, into line: inout [RowField],
    _ body: ([RowField]) throws -> Void,
  ) rethrows {
    // Proof: a row has one value at least.
    guard let start = bytes.baseAddress else { return }
    line[0] = .customer(key.customer)
    if let thing { line[1] = thing.value(of: key.thing) }
    let first = thing == nil ? 1 : 2
    for offset in Swift.stride(from: 0, to: bytes.count, by: stride) {
      fill(start + offset, first, &line)
      try body(line)
    }
  }
}
