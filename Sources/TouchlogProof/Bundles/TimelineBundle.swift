public import Touchlog
public import TouchlogStore

/// The events of one or several customers, with all that it takes to prove them without the store: one NDJSON file.
///
/// `BundleHead` is its first line, and `BundledRecord` each other, in the order of positions. It covers each customer's
/// stream from its beginning up to the checkpoint's size.
///
/// ```swift
/// let bundle = try TimelineBundle(of: [number], in: store, signedBy: key)
/// try bundle.forEachLine { file.write($0) }
/// let verification = TimelineBundle.verify(bytes, by: key.verifier)
/// ```
public struct TimelineBundle: Sendable {
  /// What the log was when the bundle was made, as signed in it.
  public let checkpoint: Checkpoint
  /// Whose events there are, in the order of numbers: those who have any.
  public let customers: [BundledCustomer]
  private let head: BundleHead
  private let records: [BundledRecord]

  /// How many events there are.
  public var events: Int { records.count }

  /// Takes customers' events from a store as it is now.
  ///
  /// - Parameters:
  ///   - customers: whose; those without events are left out.
  ///   - isSealed: whether references, data keys and readable events stay out. They do of everybody who was erased.
  ///   - key: signs the checkpoint.
  /// - Throws: `StoreError`, `ProofError`.
  public init(
    of customers: [CustomerNumber], in store: Store, isSealed: Bool = false, signedBy key: SigningKey,
  ) throws {
    let origin = key.verifier.name
    let (checkpoint, records) = try store.tree { tree in
      let checkpoint = try Checkpoint(origin: origin, size: tree.size, root: tree.root)
      let positions = try Set(customers).flatMap { try store.positions(of: $0, below: tree.size) }.sorted()
      let records = try positions.map { position in
        BundledRecord(
          try tree.record(at: position), path: try tree.inclusion(of: position, size: tree.size))
      }
      return (checkpoint, records)
    }
    self.checkpoint = checkpoint
    self.records = records
    let counts = Dictionary(grouping: records) { $0.record.values.customer }.mapValues(\.count)
    self.customers = try counts.sorted { $0.key < $1.key }.map { number, events in
      BundledCustomer(
        number: number, events: events, identity: isSealed ? nil : try store.identity(of: number))
    }
    head = try TimelineBundle.head(
      signed: try key.sign(checkpoint), customers: self.customers, records: records, in: store)
  }

  private static func head(
    signed checkpoint: SignedNote, customers: [BundledCustomer], records: [BundledRecord], in store: Store,
  ) throws -> BundleHead {
    var head = BundleHead(checkpoint: checkpoint, customers: customers)
    let numbers = Set(customers.map(\.number))
    let opened = Set(customers.filter { $0.identity != nil }.map(\.number))
    for record in records.map(\.record) where opened.contains(record.values.customer) {
      for name in record.names where head.names[name] == nil { head.names[name] = try store.text(of: name) }
      for other in record.referencedCustomers where !numbers.contains(other) && head.references[other] == nil {
        head.references[other] = try store.reference(of: other)
      }
    }
    return head
  }

  /// Calls `body` with each line, its end included.
  ///
  /// - Throws: `StoreError.damaged`, where a payload does not open; what `body` throws.
  public func forEachLine(_ body: ([UInt8]) throws -> Void) throws {
    try body(head.line + [UInt8(ascii: "\n")])
    let texts = BundleTexts(head)
    for record in records {
      let event = try texts.event(of: record.record)
      try body(record.line(event: event).bytes + [UInt8(ascii: "\n")])
    }
  }
}

/// What opens a bundle's records, from its first line.
struct BundleTexts {
  private let head: BundleHead
  private let customers: [CustomerNumber: BundledCustomer]

  init(_ head: BundleHead) {
    self.head = head
    customers = Dictionary(head.customers.map { ($0.number, $0) }) { first, _ in first }
  }

  subscript(number: CustomerNumber) -> BundledCustomer? { customers[number] }

  /// The event of a record; nil where its customer stays sealed.
  func event(of record: SealedRecord) throws(StoreError) -> OpenedEvent? {
    guard let identity = customers[record.values.customer]?.identity else { return nil }
    return try record.event(
      of: identity.reference, key: identity.key, text: { head.names[$0] },
      other: { customers[$0]?.reference ?? (customers[$0] == nil ? head.references[$0] : nil) })
  }
}

extension Store {
  /// Who a customer is and what opens the payloads; nil when erased.
  fileprivate func identity(of number: CustomerNumber) throws -> BundledCustomer.Identity? {
    guard let reference = try reference(of: number), let key = try dataKey(of: number) else { return nil }
    return BundledCustomer.Identity(reference: reference, keyNumber: key.number, key: key.key)
  }
}
