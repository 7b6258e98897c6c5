/// What an identity event says of two references, as its type.
@usableFromInline
enum LinkCode {
  // Numbers, as a catalogue's type is looked up by whoever folds millions of events; a test holds them to the catalogue.
  @usableFromInline static var linked: UInt16 {
    @inlinable get { 80 }
  }
  @usableFromInline static var unlinked: UInt16 {
    @inlinable get { 81 }
  }
}

extension MarkTable {
  /// Keeps what an identity event says: a mark of its customer, under the number of the other reference.
  ///
  /// ```swift
  /// public static let links = TableName<Mark>("links")
  ///
  /// var links = MarkTable()
  ///
  /// public mutating func apply(_ event: borrowing RecordedEvent) throws(FoldFault) {
  ///   if links.addLink(event) { return }
  ///   …
  /// }
  /// ```
  ///
  /// `Persons` reads the table.
  ///
  /// - Returns: whether the event is `identity.linked` or `identity.unlinked`.
  @inlinable @inline(__always)
  public mutating func addLink(_ event: borrowing RecordedEvent) -> Bool {
    let code = event.typeCode
    guard code == LinkCode.linked || code == LinkCode.unlinked else { return false }
    addOther(event)
    return true
  }

  @usableFromInline
  mutating func addOther(_ event: borrowing RecordedEvent) {
    // The catalogue's first field of both types is `other`, and is required.
    guard let other = event.slot(0) else { return }
    add(Mark(event), of: event.customer, thing: UInt64(UInt32(truncatingIfNeeded: other)))
  }
}

/// What holds between two references: what the latest event about them says, by occurredAt, then position, whichever of
/// them it names first.
struct IdentityLink {
  /// The smaller number in the upper half, the other below.
  let pair: UInt64
  let occurredAt: Timestamp
  let position: Position
  let isInForce: Bool

  init(_ key: RowKey, _ mark: Mark) {
    let other = UInt32(truncatingIfNeeded: key.thing)
    let customer = key.customer.value
    pair = UInt64(min(customer, other)) << 32 | UInt64(max(customer, other))
    occurredAt = mark.occurredAt
    position = mark.position
    isInForce = mark.typeCode == LinkCode.linked
  }

  var lower: CustomerNumber { CustomerNumber(UInt32(truncatingIfNeeded: pair >> 32)) }
  var upper: CustomerNumber { CustomerNumber(UInt32(truncatingIfNeeded: pair)) }

  /// By pair, the latest last.
  static func isBefore(_ left: IdentityLink, _ right: IdentityLink) -> Bool {
    if left.pair != right.pair { return left.pair < right.pair }
    return (left.occurredAt, left.position) < (right.occurredAt, right.position)
  }

  /// The links in force, by pair.
  ///
  /// - Parameters:
  ///   - latest: what is dated later says nothing.
  ///   - position: what the log took from there on says nothing.
  static func inForce(
    in view: some View, _ table: TableName<Mark>, through latest: Timestamp?, until position: Position?,
  ) throws -> [IdentityLink] {
    var links: [IdentityLink] = []
    try view.forEachRow(in: table) { key, marks in
      var index = marks.count - 1
      if let latest { while index >= 0, marks[index].occurredAt > latest { index -= 1 } }
      if let position { while index >= 0, marks[index].position >= position { index -= 1 } }
      if index >= 0 { links.append(IdentityLink(key, marks[index])) }
    }
    // Rows come by the customer who states the link, which mostly is the smaller number.
    let isSorted = zip(links, links.dropFirst()).allSatisfy { !IdentityLink.isBefore($1, $0) }
    if !isSorted { links.sort(by: IdentityLink.isBefore) }
    var inForce: [IdentityLink] = []
    for index in links.indices {
      let isLatest = index + 1 == links.count || links[index + 1].pair != links[index].pair
      if isLatest, links[index].isInForce { inForce.append(links[index]) }
    }
    return inForce
  }
}
