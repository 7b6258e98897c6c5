/// What a report reads: a projection's rows, folded up to a position, and what is needed to name what they number.
///
/// The engine's views and those that were folded in memory are both of this kind, so a report does not know whether it
/// was asked for now or for a time in the past.
public protocol View: Naming {
  /// On what the rows rest.
  var provenance: Provenance { get }

  /// All customers who have rows have a number below this.
  var customerBound: UInt32 { get }

  /// Calls `body` with the rows of a table, in the order of their keys: customer, then thing.
  ///
  /// - Parameter customers: only the rows of customers with these numbers; all where nil.
  func forEachRow<Value: RowValue>(
    in table: TableName<Value>, customers: Range<UInt32>?, _ body: (RowKey, borrowing Values<Value>) throws -> Void,
  ) throws

  /// Calls `body` with the keys of a table, in their order, and reads no rows: for a first look at which there are.
  ///
  /// - Parameter customers: only the keys of customers with these numbers; all where nil.
  func forEachKey<Value: RowValue>(
    in table: TableName<Value>, customers: Range<UInt32>?, _ body: (RowKey) throws -> Void,
  ) throws

  /// Runs `body` over ranges of customers that are all customers together, several at once where there are cores for it.
  ///
  /// - Returns: the results, in the order of the ranges.
  func mapCustomers<Result: Sendable>(_ body: @Sendable (Range<UInt32>) throws -> Result) throws -> [Result]
}

extension View {
  /// As rows are read, for views that have their rows in memory.
  public func forEachKey<Value: RowValue>(
    in table: TableName<Value>, customers: Range<UInt32>?, _ body: (RowKey) throws -> Void,
  ) throws {
    try forEachRow(in: table, customers: customers) { key, _ in try body(key) }
  }

  /// Calls `body` with all rows of a table, in the order of their keys.
  public func forEachRow<Value: RowValue>(
    in table: TableName<Value>, _ body: (RowKey, borrowing Values<Value>) throws -> Void,
  ) throws {
    try forEachRow(in: table, customers: nil, body)
  }

  /// Calls `body` with one customer's rows.
  public func forEachRow<Value: RowValue>(
    in table: TableName<Value>, of customer: CustomerNumber, _ body: (RowKey, borrowing Values<Value>) throws -> Void,
  ) throws {
    // Nobody gets the last number, which no half-open range holds; people may ask for it all the same.
    guard customer.value < .max else { return }
    try forEachRow(in: table, customers: customer.value..<customer.value + 1, body)
  }
}

/// Finds the texts behind the numbers in headers and rows, and the numbers of texts.
public protocol Naming: Sendable {
  /// The text of a name.
  func text(of name: NameNumber) throws -> String

  /// The number of a name; nil for a text that no event bears.
  func number(ofName text: String) throws -> NameNumber?

  /// Who a customer is; nil when erased.
  func reference(of customer: CustomerNumber) throws -> Reference?

  /// The number of a customer; nil for an unknown reference.
  func number(of customer: Reference) throws -> CustomerNumber?

  /// The customers who are nobody by name: `anon:` and their interaction, or what else the log had of them.
  func anonymousCustomers() throws -> CustomerSet
}
