import LMDB
import Touchlog

/// Answers a query in pages, each from a read transaction of its own: a reader that takes its time, such as a pager on
/// a terminal, keeps no old pages of the log alive.
///
/// The end of the log is settled at the start, so what is appended meanwhile is not given out.
struct LogReader: ~Copyable {
  let log: Log
  let query: Query
  private var opener: Opener

  /// Events that are opened under one transaction, and headers that are passed under one.
  private static let pageEvents = 512
  private static let pageHeaders = 1 << 20

  init(log: Log, query: Query) {
    self.log = log
    self.query = query
    opener = Opener(tables: log.tables, names: log.names, formats: log.formats)
  }

  /// Gives out the events.
  mutating func run(_ body: (OpenedEvent) throws -> Void) throws {
    var remaining = query.limit ?? .max
    guard remaining > 0, let filter = try log.environment.read({ try HeaderFilter(query, log: log, in: $0) }) else {
      return
    }
    if let customer = query.customer {
      try runStream(of: customer, filter: filter, remaining: &remaining, body)
    } else {
      try runLog(filter: filter, remaining: &remaining, body)
    }
  }

  // MARK: The whole log

  private mutating func runLog(
    filter: HeaderFilter, remaining: inout Int, _ body: (OpenedEvent) throws -> Void,
  ) throws {
    var range = filter.positions
    let order = query.order
    while !range.isEmpty, remaining > 0 {
      let wanted = min(remaining, LogReader.pageEvents)
      var positions: [Position] = []
      let events = try page { (log, vault, opener, tables) in
        range = try LogReader.scan(
          range, order: order, wanted: wanted, tables: tables, filter: filter, in: log, into: &positions)
        return try positions.map { try opener.event(at: $0, log: log, vault: vault) }
      }
      remaining -= events.count
      for event in events { try body(event) }
    }
  }

  /// Collects positions that pass the filter, and answers what is left to scan.
  static func scan(
    _ range: Range<UInt64>, order: Query.Order, wanted: Int, tables: LogTables, filter: HeaderFilter,
    in transaction: borrowing ReadTransaction, into positions: inout [Position],
  ) throws -> Range<UInt64> {
    var cursor = try transaction.cursor(in: tables.headers)
    let isForward = order == .forward
    var place = isForward ? range.lowerBound : range.upperBound - 1
    var isThere = try cursor.seek(place)
    var passed = 0
    while isThere {
      guard cursor.integerKey == place else { break }
      if try filter.admits(cursor.value, at: Position(place)) { positions.append(Position(place)) }
      passed += 1
      if isForward {
        place += 1
        if place == range.upperBound { return place..<place }
      } else {
        if place == range.lowerBound { return place..<place }
        place -= 1
      }
      if positions.count == wanted || passed == pageHeaders {
        return isForward ? place..<range.upperBound : range.lowerBound..<(place + 1)
      }
      isThere = try isForward ? cursor.next() : cursor.previous()
    }
    throw StoreError.damaged(position: place, what: "there is no header")
  }

  // MARK: A customer's stream

  private mutating func runStream(
    of customer: Reference, filter: HeaderFilter, remaining: inout Int, _ body: (OpenedEvent) throws -> Void,
  ) throws {
    try run(at: streamPositions(of: customer, filter: filter), remaining: &remaining, body)
  }

  /// Gives out the events at some positions, in that order.
  mutating func run(
    at positions: [Position], remaining: inout Int, _ body: (OpenedEvent) throws -> Void,
  ) throws {
    var positions = positions[...]
    while !positions.isEmpty, remaining > 0 {
      let wanted = positions.prefix(min(remaining, LogReader.pageEvents))
      positions = positions.dropFirst(wanted.count)
      let events = try page { (log, vault, opener, _) in
        try wanted.map { try opener.event(at: $0, log: log, vault: vault) }
      }
      remaining -= events.count
      for event in events { try body(event) }
    }
  }

  /// The stream's positions that pass the filter, in the order of the query: each header names the one before.
  func streamPositions(of customer: Reference, filter: HeaderFilter) throws -> [Position] {
    let log = log
    return try log.read { transaction, vault, vaultTransaction in
      let number = try CustomerNumber(naming: customer) ?? vault.number(of: customer, in: vaultTransaction)
      guard let number, var position = try log.tail(of: number, in: transaction)?.last else { return [] }
      var positions: [Position] = []
      var scratch = RecordScratch()
      while true {
        guard let header = try transaction.get(position.value, from: log.tables.headers) else {
          throw StoreError.damaged(position: position.value, what: "there is no header, and a later event names it")
        }
        guard let event = log.formats.event(at: position, header, in: &scratch), event.customer == number else {
          throw StoreError.damaged(position: position.value, what: "the header is not what was written")
        }
        if try filter.admits(header, at: position), filter.positions.contains(position.value) {
          positions.append(position)
        }
        guard let previous = event.previous, previous.value >= filter.positions.lowerBound else { break }
        guard previous < position else {
          throw StoreError.damaged(position: position.value, what: "it names a later event as the one before")
        }
        position = previous
        if query.order == .backward, let limit = query.limit, positions.count >= limit { break }
      }
      return query.order == .forward ? positions.reversed() : positions
    }
  }

  /// Runs `body` under a transaction of the log and, opened after it, one of the vault: so no reference is missing
  /// that the log's state had.
  mutating func page<Result>(
    _ body: (
      borrowing ReadTransaction, borrowing ReadTransaction, inout Opener, LogTables
    ) throws -> Result,
  ) throws -> Result {
    let log = log
    return try log.read { transaction, vault, vaultTransaction in
      opener.use(vault)
      return try body(transaction, vaultTransaction, &opener, log.tables)
    }
  }
}

/// The conditions of a query that a header can answer.
struct HeaderFilter {
  /// The positions within all bounds.
  let positions: Range<UInt64>
  private let typeCodes: Set<UInt16>
  private let foreignTypes: Set<NameNumber>
  private let channels: Set<Channel>
  private let interactions: Set<InteractionKey>
  /// Whether types, channels or interactions are asked for: most queries ask for none, and headers pass by the million.
  private let isSelective: Bool
  private let occurredFrom: Int64
  private let occurredUntil: Int64
  private let formats: RecordFormats

  /// Nil when no event can pass.
  init?(_ query: Query, log: Log, in transaction: borrowing ReadTransaction) throws {
    let head = try log.head(in: transaction)
    var end = min(query.until ?? head, head)
    if let time = query.recordedThrough { end = min(end, try log.head(recordedThrough: time, in: transaction)) }
    let start = query.from ?? Position(0)
    guard start < end else { return nil }
    positions = start.value..<end.value
    var typeCodes: Set<UInt16> = []
    var foreignTypes: Set<NameNumber> = []
    for name in query.types {
      if let type = Catalogue.type(named: name) {
        typeCodes.insert(type.code)
      } else if let number = try log.names.number(of: name, in: transaction) {
        foreignTypes.insert(number)
      }
    }
    guard query.types.isEmpty || !typeCodes.isEmpty || !foreignTypes.isEmpty else { return nil }
    self.typeCodes = typeCodes
    self.foreignTypes = foreignTypes
    channels = query.channels
    interactions = Set(query.interactions.map(Hashing.interactionKey))
    isSelective = !typeCodes.isEmpty || !foreignTypes.isEmpty || !channels.isEmpty || !interactions.isEmpty
    // No event can be dated so early, or so late.
    occurredFrom = query.occurredFrom?.microseconds ?? .min
    occurredUntil = query.occurredUntil?.microseconds ?? .max
    formats = log.formats
  }

  /// Whether a header passes all conditions but that of positions.
  func admits(_ header: RawSpan, at position: Position) throws(StoreError) -> Bool {
    var scratch = RecordScratch()
    guard let event = formats.event(at: position, header, in: &scratch) else {
      throw StoreError.damaged(position: position.value, what: header.withUnsafeBytes { formats.reason(for: $0) })
    }
    let occurredAt = event.occurredAt.microseconds
    guard occurredAt >= occurredFrom, occurredAt < occurredUntil else { return false }
    return !isSelective || isSelected(event)
  }

  private func isSelected(_ event: borrowing RecordedEvent) -> Bool {
    if !typeCodes.isEmpty || !foreignTypes.isEmpty {
      let isWanted =
        event.foreignType.map { foreignTypes.contains($0) } ?? typeCodes.contains(event.typeCode)
      if !isWanted { return false }
    }
    if !channels.isEmpty {
      guard let channel = event.channel, channels.contains(channel) else { return false }
    }
    if !interactions.isEmpty {
      guard let interaction = event.interaction, interactions.contains(interaction) else { return false }
    }
    return true
  }
}
