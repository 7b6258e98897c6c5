import LMDB
import Touchlog

/// What the tables tell.
extension Examiner {
  typealias Finding = Examination.Finding
  typealias Figure = Examination.Figure

  static func unopened(_ error: any Error, wording: (any Error) -> String) -> Finding {
    Finding(
      .store, .problem, "it does not open: \(wording(error))",
      advice: "mend what the line names; where it is damage, keep the store for inspection and restore a backup")
  }

  static func unread(_ error: any Error, wording: (any Error) -> String) -> Finding {
    Finding(
      .store, .problem, "a part of it cannot be read: \(wording(error))",
      advice: "see the extent of it with touchlog verify; keep the store for inspection and restore a backup")
  }

  func contents() throws -> Finding {
    let events = try log.read { try $0.count(of: tables.headers) }
    return Finding(.store, .ok, "\(events) events; its id is \(id)", figures: [Figure("events", events)])
  }

  func versions() throws -> Finding {
    let format = try log.read { transaction in
      try transaction.unsafeGet(LogTables.MetaKey.format, from: tables.meta)?.number(UInt32.self)
    }
    let vaultFormat = try vault.read { transaction in
      try transaction.unsafeGet(VaultTables.MetaKey.format, from: vaultTables.meta)?.number(UInt32.self)
    }
    guard let format, let vaultFormat else {
      throw StoreError.damaged(position: nil, what: "the vault does not tell its format")
    }
    return Finding(
      .versions, .ok, "log format \(format), vault format \(vaultFormat), LMDB \(Environment.libraryVersion)",
      figures: [Figure("logFormat", Int(format)), Figure("vaultFormat", Int(vaultFormat))])
  }

  func vaultAge() throws -> Finding {
    // In this order: whatever the log names, the vault had before.
    let highest = try log.read { try tables.highestCustomer(in: $0) }
    let next = try vault.read { try vaultTables.nextNumber(in: $0) }
    let figures = [Figure("nextCustomerNumber", Int(next))]
    if let highest, highest >= UInt64(next) {
      return Finding(
        .vault, .problem,
        "it is older than the log: its next customer would be number \(next), and number \(highest) has events",
        advice:
          "bring back the vault that was there with this log, or restore a backup; until then nothing is appended",
        figures: figures)
    }
    let former = try VaultGeneration.all(in: path).filter { $0 < generation }
    if let first = former.first {
      return Finding(
        .vault, .notice,
        """
        \(former.count == 1 ? "a former one is" : "\(former.count) former ones are") still there, as \(first.folder), and \
        \(former.count == 1 ? "knows" : "know") customers who were erased
        """,
        advice: "end what still reads it, and open the store for appending: it is overwritten then", figures: figures)
    }
    return Finding(.vault, .ok, "it has every customer whom the log names", figures: figures)
  }

  func indexes() throws -> Finding {
    let lag = try log.read { try tables.indexLag(in: $0) }
    let figures = [Figure("lagEvents", lag)]
    if lag == 0 {
      return Finding(.indexes, .ok, "identities and streams are complete up to the log's end", figures: figures)
    }
    return Finding(
      .indexes, .problem, "the index of identities lags \(lag) events behind the log",
      advice: "look the store over with touchlog verify", figures: figures)
  }

  /// How many of the last events are looked at for times that lie ahead.
  private static let recentEvents: UInt64 = 100_000

  func clock() throws -> Finding {
    let now = options.clock()
    var recordedAt: Timestamp?
    var latest: (time: Timestamp, position: Position)?
    try log.read { transaction in
      let head = UInt64(try transaction.count(of: tables.headers))
      for place in head - min(head, Examiner.recentEvents)..<head {
        guard let bytes = try transaction.unsafeGet(place, from: tables.headers),
          let event = RecordedEvent(position: Position(place), bytes: bytes.bytes)
        else { throw StoreError.damaged(position: place, what: "the header is not what was written") }
        recordedAt = event.recordedAt
        if latest.map({ event.occurredAt > $0.time }) ?? true { latest = (event.occurredAt, event.position) }
      }
    }
    return Examiner.clock(now: now, recordedAt: recordedAt, latest: latest)
  }

  /// - Parameters:
  ///   - recordedAt: when the last event was recorded.
  ///   - latest: the latest time that one of the last events bears.
  static func clock(
    now: Timestamp, recordedAt: Timestamp?, latest: (time: Timestamp, position: Position)?,
  ) -> Finding {
    let aheadSeconds = max(0, Int(recordedAt?.microseconds(since: now) ?? 0) / 1_000_000)
    let datedAheadSeconds = max(0, Int(latest?.time.microseconds(since: now) ?? 0) / 1_000_000)
    let figures = [Figure("recordedAheadSeconds", aheadSeconds), Figure("occurredAheadSeconds", datedAheadSeconds)]
    if let recordedAt, aheadSeconds > 1 {
      return Finding(
        .clock, aheadSeconds > 60 ? .problem : .notice,
        "the last event was recorded at \(recordedAt.rfc3339), \(aheadSeconds) seconds ahead of the system's clock",
        advice: "set the clock right; until then, every event is recorded as of that time", figures: figures)
    }
    if let latest, datedAheadSeconds > 3600 {
      return Finding(
        .clock, .notice,
        "event \(latest.position) is dated \(latest.time.rfc3339), \(datedAheadSeconds) seconds ahead of now",
        advice: "see what source it comes from, and look at that one's clock and time zone", figures: figures)
    }
    return Finding(.clock, .ok, "no event is recorded or dated ahead of the system's clock", figures: figures)
  }

  func key(at keyPath: String?, wording: (any Error) -> String) -> Finding {
    guard let keyPath else {
      return Finding(
        .key, .problem, "where it should be cannot be told: HOME is not set",
        advice: "name its place with --key or TOUCHLOG_KEY")
    }
    do {
      let key = try StoreKey(contentsOf: keyPath)
      guard key.store == id else { throw StoreError.keyWrong(path: keyPath) }
      _ = try Vault(opening: vault, storeKey: key, keyPath: keyPath)
    } catch StoreError.keyMissing {
      return Finding(
        .key, .problem, "there is none at \(keyPath)",
        advice: "bring it back from where you keep it safe, or name its place with --key or TOUCHLOG_KEY")
    } catch {
      return Finding(
        .key, .problem, wording(error), advice: "put the right key in its place, or name its place with --key")
    }
    guard !SystemFile.isInside(SystemFile.parent(of: keyPath), folder: path) else {
      return Finding(
        .key, .problem, "it lies in the store that it opens, at \(keyPath)",
        advice: "move it elsewhere: there, it goes with every copy of the store")
    }
    return Finding(.key, .ok, "it opens the store, and is its owner's alone: \(keyPath)")
  }
}
