import CXXHash
import Crypto
import Touchlog

/// Checks events and seals them, on the caller's thread.
struct Preparer: Sendable {
  let keyRing: KeyRing
  /// The latest time that an event may bear.
  let latest: Timestamp

  /// Prepares the events of one append.
  ///
  /// - Throws: `AppendError.invalid` for the first event that the catalogue refuses, or `StoreError`.
  func prepare(_ events: [Event]) throws -> PreparedEvents {
    guard events.count <= Limits.eventsPerAppend else { throw AppendError.tooManyEvents(events.count) }
    var checker = EventChecker()
    var checked: [CheckedEvent] = []
    checked.reserveCapacity(events.count)
    var references: [Reference] = []
    references.reserveCapacity(events.count)
    for index in events.indices {
      do throws(EventError) {
        let result = try checker.check(events[index])
        try check(result.event.occurredAt)
        references.append(result.customer)
        for case .reference(let reference)? in result.fields { references.append(reference) }
        checked.append(result)
      } catch {
        throw AppendError.invalid(index: index, error)
      }
    }
    return PreparedEvents(events: seal(checked, entries: try keyRing.entries(for: references)))
  }

  /// - Parameter entries: for each event its customer's, and those of the references in its `data`.
  private func seal(_ checked: [CheckedEvent], entries: [KeyRing.Entry]) -> [PreparedEvent] {
    var sealer = PayloadSealer()
    let identifierKey = keyRing.identifierKey
    var events: [PreparedEvent] = []
    events.reserveCapacity(checked.count)
    var next = 0
    for checked in checked {
      let others = checked.fields.count { if case .reference? = $0 { true } else { false } }
      events.append(
        PreparedEvent(
          checked, customer: entries[next], others: entries[(next + 1)..<(next + 1 + others)],
          identifierKey: identifierKey, sealer: &sealer))
      next += 1 + others
    }
    return events
  }

  private func check(_ time: Timestamp) throws(EventError) {
    guard time <= latest else {
      throw EventError(field: "time", expected: "no more than a day ahead of the log's clock", found: time.rfc3339)
    }
  }
}

/// The hashes that stand in headers for texts, and the headers' checksum: XXH3, see https://xxhash.com.
enum Hashing {
  /// 64 bits of a text, for tables in memory.
  static func text(_ text: String, seed: UInt64 = 0) -> UInt64 {
    var text = text
    return text.withUTF8 { XXH3_64bits_withSeed($0.baseAddress, $0.count, seed) }
  }

  /// 128 bits of an interaction's name.
  static func interactionKey(_ name: String) -> InteractionKey {
    var name = name
    let hash = name.withUTF8 { XXH3_128bits($0.baseAddress, $0.count) }
    return InteractionKey(high: hash.high64, low: hash.low64)
  }

  /// 64 bits of an identifier: the first of HMAC-SHA256 under the store's key for it. An order's number may be easy to
  /// guess and lead to a person elsewhere, so its hash must not tell it to whoever has the log alone.
  static func identifier(_ text: String, key: SymmetricKey) -> Int64 {
    var text = text
    var code = HMAC<SHA256>(key: key)
    text.withUTF8 { code.update(data: UnsafeRawBufferPointer($0)) }
    return code.finalize().withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) }
  }

  /// The lower 32 bits over a header's bytes but the last four.
  static func headerChecksum(_ header: UnsafeRawBufferPointer) -> UInt32 {
    UInt32(truncatingIfNeeded: XXH3_64bits(header.baseAddress, header.count - RecordLayout.checksumSize))
  }
}
