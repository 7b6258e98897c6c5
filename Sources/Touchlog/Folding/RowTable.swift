/// A table with one value under each key.
public struct RowTable<Value: Row>: ~Copyable, Sendable {
  /// The entries: what `Projection.visitTables` shows.
  public var table: FoldTable

  /// A table without rows.
  ///
  /// - Parameters:
  ///   - thing: what a key's thing is, for an export; nil where a customer has one row.
  ///   - columns: what the rows show.
  @inlinable
  public init(
    thing: ThingColumn? = .thing, columns: @escaping @Sendable @autoclosure () -> [RowColumn<Value>] = Value.columns,
  ) {
    let describe = { @Sendable in RowDescription(Value.self, thing: thing, fields: columns()) }
    table = FoldTable(stride: MemoryLayout<Value>.stride, describe: describe) { into, other in
      var value = into.loadUnaligned(as: Value.self)
      value.merge(other.loadUnaligned(as: Value.self))
      into.storeBytes(of: value, as: Value.self)
    }
    assert(RowLayout.hasNoGaps(Value.self), "\(Value.self) has gaps between its fields, whose bytes would be compared")
  }

  /// Merges what an event says into the row of a customer.
  ///
  /// - Parameters:
  ///   - customer: the event's.
  ///   - thing: which of the customer's rows.
  @inlinable @inline(__always)
  public mutating func add(_ value: Value, of customer: CustomerNumber, thing: UInt64 = 0) {
    let key = RowKey(customer, thing: thing)
    let place = table.recentPlace(of: key)
    let kept = place + FoldTable.valueOffset
    if FoldTable.isRow(of: key, at: place) {
      var merged = kept.loadUnaligned(as: Value.self)
      merged.merge(value)
      kept.storeBytes(of: merged, as: Value.self)
      return
    }
    table.makeRoom(for: key, at: place)
    kept.storeBytes(of: value, as: Value.self)
  }
}

/// A table whose rows are sets of marks.
public struct MarkTable: ~Copyable, Sendable {
  /// The entries: what `Projection.visitTables` shows.
  public var table: FoldTable

  /// A table without rows.
  ///
  /// - Parameters:
  ///   - thing: what a key's thing is, for an export; nil where a customer has one row.
  ///   - columns: what the marks show; by default, their words are numbers.
  @inlinable
  public init(
    thing: ThingColumn? = .thing, columns: @escaping @Sendable @autoclosure () -> [RowColumn<Mark>] = Mark.columns,
  ) {
    table = FoldTable(
      stride: MemoryLayout<Mark>.stride,
      describe: { RowDescription(Mark.self, thing: thing, fields: columns()) }, merge: nil)
  }

  /// Adds a mark to the row of a customer.
  ///
  /// - Parameters:
  ///   - customer: the event's.
  ///   - thing: which of the customer's rows.
  @inlinable @inline(__always)
  public mutating func add(_ mark: Mark, of customer: CustomerNumber, thing: UInt64 = 0) {
    table.append(RowKey(customer, thing: thing)).storeBytes(of: mark, as: Mark.self)
  }
}

/// Whether a row's bytes are all its fields'.
@usableFromInline
enum RowLayout {
  @usableFromInline
  static func hasNoGaps<Value: RowValue>(_ type: Value.Type) -> Bool {
    let fields = Mirror(reflecting: Value()).children.map { size(of: $0.value) }
    return fields.reduce(0, +) == MemoryLayout<Value>.stride
  }

  private static func size(of value: Any) -> Int {
    func size<Field>(_ field: Field) -> Int { MemoryLayout<Field>.size }
    return _openExistential(value, do: size)
  }
}
