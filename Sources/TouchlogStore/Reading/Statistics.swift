import LMDB
public import Touchlog

/// What a store holds, counted at one moment.
public struct StoreStatistics: Sendable {
  /// How many events there are.
  public var head = Position(0)
  /// Customers who are known by a reference, the company itself left out.
  public var customers = 0
  /// Streams of whoever was not known.
  public var anonymous = 0
  /// Customers who were erased: they are among neither of those.
  public var erased = 0
  /// Contacts, by their names.
  public var interactions = 0
  /// By channel, those without last; only channels that occur.
  public var channels: [(channel: Channel?, events: Int, interactions: Int)] = []
  /// By type, the most frequent first.
  public var types: [(type: String, events: Int)] = []
  /// The earliest time that an event bears; nil for an empty log.
  public var firstOccurred: Timestamp?
  /// The latest time that an event bears.
  public var lastOccurred: Timestamp?
  /// When the log took its first event.
  public var firstRecorded: Timestamp?
  /// When the log took its last event.
  public var lastRecorded: Timestamp?
  /// Entries and bytes of the log's tables, and of the vault's.
  public var tables: [(name: String, entries: Int, bytes: Int)] = []
  /// Bytes of the log's file and the vault's, as far as they are used.
  public var fileBytes = 0
  /// Read transactions that are open now, in any process.
  public var readers = 0
  /// Bytes of pages that are free to be used again.
  public var freeBytes = 0
}

extension Store {
  /// Counts what the store holds, by passing over all headers.
  public func statistics(
    progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in },
  ) throws -> StoreStatistics {
    var statistics = StoreStatistics()
    var counts = HeaderCounts(formats: log.formats)
    // The reader's slot that counting takes is not worth telling.
    statistics.readers = try log.environment.readers().count
    try log.environment.read { transaction in
      let head = try log.head(in: transaction)
      statistics.head = head
      var cursor = try transaction.cursor(in: log.tables.headers)
      var isThere = try cursor.first()
      while isThere {
        let position = Position(cursor.integerKey)
        try counts.add(cursor.value, at: position)
        if position.value % 65_536 == 0 { progress(position.value, head.value) }
        isThere = try cursor.next()
      }
      progress(head.value, head.value)
      statistics.types = try counts.types.map { (type, count) in
        let name =
          switch type {
          case .known(let code): Catalogue.type(code: code)?.name ?? "type \(code)"
          case .foreign(let number): try log.names.text(of: number, in: transaction)
          }
        return (name, count)
      }
      .sorted { $0.events != $1.events ? $0.events > $1.events : $0.type < $1.type }
      for (name, table) in log.tables.all {
        let size = try transaction.statistics(of: table)
        statistics.tables.append((name, size.entries, size.bytes))
      }
    }
    counts.fill(&statistics)
    try countCustomers(into: &statistics)
    // Within, so that the vault stays where it is.
    try log.read { _, vault, _ in
      for environment in [log.environment, vault.environment] {
        let information = try environment.information()
        statistics.fileBytes += (information.lastPage + 1) * information.pageSize
        statistics.freeBytes += information.freePages * information.pageSize
      }
    }
    return statistics
  }

  private func countCustomers(into statistics: inout StoreStatistics) throws {
    try log.read { transaction, vault, vaultTransaction in
      try vault.forEachReference(in: vaultTransaction) { reference, number in
        // A number without events is no customer.
        guard reference != .company, try log.tail(of: number, in: transaction) != nil else { return }
        if reference.isAnonymous { statistics.anonymous += 1 } else { statistics.customers += 1 }
      }
      try vault.forEachErasure(in: vaultTransaction) { _, _ in statistics.erased += 1 }
      for (name, table) in vault.tables {
        let size = try vaultTransaction.statistics(of: table)
        statistics.tables.append(("vault \(name)", size.entries, size.bytes))
      }
    }
  }
}

/// What a pass over the headers counts.
private struct HeaderCounts {
  enum TypeKey: Hashable {
    case known(UInt16)
    case foreign(NameNumber)
  }

  let formats: RecordFormats
  var types: [TypeKey: Int] = [:]
  private var events = [Int](repeating: 0, count: Channel.allCases.count + 1)
  private var interactions: [InteractionKey: UInt8] = [:]
  private var occurred: (first: Timestamp, last: Timestamp)?
  private var recorded: (first: Timestamp, last: Timestamp)?

  init(formats: RecordFormats) {
    self.formats = formats
  }

  mutating func add(_ header: RawSpan, at position: Position) throws(StoreError) {
    var scratch = RecordScratch()
    guard let event = formats.event(at: position, header, in: &scratch) else {
      throw StoreError.damaged(position: position.value, what: header.withUnsafeBytes { formats.reason(for: $0) })
    }
    types[event.foreignType.map { .foreign($0) } ?? .known(event.typeCode), default: 0] += 1
    let channel = event.channel?.rawValue ?? 0
    events[Int(channel)] += 1
    // An interaction counts on the channel where it began.
    if let interaction = event.interaction, interactions[interaction] == nil { interactions[interaction] = channel }
    let time = event.occurredAt
    occurred = occurred.map { (min($0.first, time), max($0.last, time)) } ?? (time, time)
    recorded = (recorded?.first ?? event.recordedAt, event.recordedAt)
  }

  func fill(_ statistics: inout StoreStatistics) {
    var begun = [Int](repeating: 0, count: events.count)
    for channel in interactions.values { begun[Int(channel)] += 1 }
    statistics.interactions = interactions.count
    for index in Array(1..<events.count) + [0] where events[index] > 0 {
      statistics.channels.append((Channel(rawValue: UInt8(index)), events[index], begun[index]))
    }
    statistics.firstOccurred = occurred?.first
    statistics.lastOccurred = occurred?.last
    statistics.firstRecorded = recorded?.first
    statistics.lastRecorded = recorded?.last
  }
}
