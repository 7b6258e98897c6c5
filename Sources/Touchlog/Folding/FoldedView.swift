import Synchronization

/// A view in memory: rows that were folded and written nowhere.
public final class FoldedView: View {
  /// On what the rows rest.
  public let provenance: Provenance
  private let naming: any Naming
  private let tables: [String: FoldedTable]
  private let parallel: Parallel

  /// Calls a closure so many times with 0, 1 …, several at once where there are cores for it, and waits for all.
  public typealias Parallel = @Sendable (Int, @Sendable (Int) throws -> Void) throws -> Void

  /// Takes the rows out of a fold, which has none afterwards.
  ///
  /// - Parameters:
  ///   - fold: what has been folded.
  ///   - head: how many events of the log were looked at.
  ///   - bounds: which of them counted.
  ///   - naming: who knows the names.
  ///   - parallel: how sorting, and reports, are spread over cores; not at all where nothing is given.
  public init(
    taking fold: Fold, head: Position, bounds: Bounds = Bounds(), naming: any Naming,
    parallel: @escaping Parallel = { count, body in for number in 0..<count { try body(number) } },
  ) throws {
    self.parallel = parallel
    var tables: [String: FoldedTable] = [:]
    let parked = Set(fold.parked.keys)
    try fold.visitTables { name, table in
      tables[name] = try FoldedTable(taking: &table, leavingOut: parked, parallel: parallel)
    }
    self.tables = tables
    self.naming = naming
    var end = fold.tally.end == .min ? nil : Timestamp(microseconds: fold.tally.end)
    if let asOf = bounds.asOf { end = asOf }
    provenance = Provenance(
      projection: fold.name, version: fold.version, head: head, bounds: bounds, events: fold.tally.events, end: end,
      parkedCustomers: parked.count)
  }

  private init(_ provenance: Provenance, naming: any Naming) {
    self.provenance = provenance
    self.naming = naming
    tables = [:]
    parallel = { count, body in for number in 0..<count { try body(number) } }
  }

  /// A view without rows.
  package static func empty(_ provenance: Provenance, naming: any Naming) -> FoldedView {
    FoldedView(provenance, naming: naming)
  }

  /// All customers who have rows have a number below this.
  public var customerBound: UInt32 { tables.values.reduce(0) { max($0, $1.customerBound) } }

  /// The names of its tables.
  package var tableNames: [String] { tables.keys.sorted() }

  /// The rows of a table.
  package func table(named name: String) -> FoldedTable? { tables[name] }

  /// Calls `body` with the rows of a table; see `View`.
  public func forEachRow<Value: RowValue>(
    in table: TableName<Value>, customers: Range<UInt32>?, _ body: (RowKey, borrowing Values<Value>) throws -> Void,
  ) throws {
    try tables[table.name]?.forEachRow(customers: customers) { key, bytes in
      try body(key, Values<Value>(bytes.bytes))
    }
  }

  /// Runs `body` over ranges of customers that are all customers together.
  public func mapCustomers<Result: Sendable>(_ body: @Sendable (Range<UInt32>) throws -> Result) throws -> [Result] {
    let bound = UInt64(customerBound)
    // In parts, so that a range takes whole runs of rows; more ranges than there are cores, as customers are not alike.
    let parts = (bound >> UInt64(FoldTable.partShift)) + 1
    let ranges = min(parts, 8)
    let results = Mutex([Int: Result]())
    try parallel(Int(ranges)) { index in
      func edge(_ index: Int) -> UInt32 {
        UInt32(clamping: min(bound, (parts * UInt64(index) / ranges) << UInt64(FoldTable.partShift)))
      }
      let last = index + 1 == Int(ranges)
      let result = try body(edge(index)..<(last ? UInt32(bound) : edge(index + 1)))
      results.withLock { $0[index] = result }
    }
    return results.withLock { results in results.sorted { $0.key < $1.key }.map(\.value) }
  }

  /// The text of a name.
  public func text(of name: NameNumber) throws -> String { try naming.text(of: name) }
  /// The number of a name; nil for a text that no event bears.
  public func number(ofName text: String) throws -> NameNumber? { try naming.number(ofName: text) }
  /// Who a customer is; nil when erased.
  public func reference(of customer: CustomerNumber) throws -> Reference? { try naming.reference(of: customer) }
  /// The number of a customer; nil for an unknown reference.
  public func number(of customer: Reference) throws -> CustomerNumber? { try naming.number(of: customer) }
  /// The customers who are nobody by name.
  public func anonymousCustomers() throws -> CustomerSet { try naming.anonymousCustomers() }
}

/// The rows of one table in memory.
package struct FoldedTable: Sendable {
  /// How two rows of it become one.
  package let merging: RowMerging
  private var runs: [RowRun] = []

  /// Takes the rows out of a table.
  init(
    taking table: inout FoldTable, leavingOut parked: Set<CustomerNumber>, parallel: FoldedView.Parallel,
  ) throws {
    let entries = table.entries
    merging = entries.merging
    let taken = Mutex([RowRun](repeating: RowRun(), count: entries.partCount))
    try parallel(entries.partCount) { index in
      let run = entries.takePart(index)
      let kept = parked.isEmpty ? run : run.leavingOut(parked)
      taken.withLock { $0[index] = kept }
    }
    table.noteTaken()
    runs = taken.withLock { $0 }
  }

  /// All customers who have rows have a number below this.
  package var customerBound: UInt32 { UInt32(clamping: runs.count << Int(FoldTable.partShift)) }

  /// How many rows there are.
  package var count: Int { runs.reduce(0) { $0 + $1.count } }

  /// The rows of some customers, as they lie.
  package func runs(customers: Range<UInt32>?) -> [RowRun] {
    guard let customers else { return runs }
    var found: [RowRun] = []
    guard let last = customers.last else { return [] }
    let parts = Int(customers.lowerBound >> FoldTable.partShift)...Int(last >> FoldTable.partShift)
    for index in parts where index < runs.count {
      let run = runs[index]
      let rows = run.indices(of: customers)
      found.append(rows == 0..<run.count ? run : run.part(rows))
    }
    return found
  }

  /// Calls `body` with the rows, in the order of their keys.
  package func forEachRow(
    customers: Range<UInt32>? = nil, _ body: (RowKey, UnsafeRawBufferPointer) throws -> Void,
  ) rethrows {
    guard let customers else {
      for run in runs { try run.forEach(nil, body) }
      return
    }
    guard let last = customers.last else { return }
    let parts = Int(customers.lowerBound >> FoldTable.partShift)...Int(last >> FoldTable.partShift)
    for index in parts where index < runs.count {
      try runs[index].forEach(runs[index].indices(of: customers), body)
    }
  }
}

extension RowRun {
  /// Which rows are those of some customers.
  func indices(of customers: Range<UInt32>) -> Range<Int> {
    let first = firstIndex(notBelow: RowKey(CustomerNumber(customers.lowerBound)))
    return first..<max(first, firstIndex(notBelow: RowKey(CustomerNumber(customers.upperBound))))
  }

  /// Some of the rows, copied.
  func part(_ range: Range<Int>) -> RowRun {
    var run = RowRun()
    forEach(range) { key, bytes in run.append(key, bytes) }
    return run
  }

  /// The rows of all other customers.
  package func leavingOut(_ customers: Set<CustomerNumber>) -> RowRun {
    guard keys.contains(where: { customers.contains($0.customer) }) else { return self }
    var run = RowRun()
    forEach { key, bytes in
      if !customers.contains(key.customer) { run.append(key, bytes) }
    }
    return run
  }
}
