import Touchlog

/// Checks events and seals them, on the caller's thread.
struct Preparer: Sendable {
  let log: Log
  /// The latest time that an event may bear.
  let latest: Timestamp

  /// Prepares the events of one append.
  ///
  /// - Throws: `AppendError.invalid` for the first event that the catalogue refuses, or `StoreError`.
  func prepare(_ events: [Event]) throws -> PreparedEvents {
    guard events.count <= Limits.eventsPerAppend else { throw AppendError.tooManyEvents(events.count) }
    var checker = EventChecker()
    var checked = CheckedEvents(latest: latest)
    checked.reserveCapacity(events.count)
    for index in events.indices {
      do throws(EventError) {
        try checker.check(events[index], into: &checked)
      } catch {
        throw AppendError.invalid(index: index, error)
      }
    }
    return try seal(checked)
  }

  /// Prepares events that are checked.
  ///
  /// - Throws: `AppendError.invalid` for the first event that is dated too far ahead, or `StoreError`.
  func prepare(_ events: CheckedEvents) throws -> PreparedEvents {
    guard events.count <= Limits.eventsPerAppend else { throw AppendError.tooManyEvents(events.count) }
    for index in 0..<events.count {
      do throws(EventError) {
        try events.checkTime(of: index, latest: latest)
      } catch {
        throw AppendError.invalid(index: index, error)
      }
    }
    return try seal(events)
  }

  private func seal(_ events: CheckedEvents) throws(StoreError) -> PreparedEvents {
    let customers = try log.keyRing.entries(for: events.references, in: log)
    var identifiers = KeyedHash(key: log.vaults.identifierKey)
    var records: [PreparedRecord] = []
    records.reserveCapacity(events.count)
    var sealer = PayloadSealer()
    let size = events.entries.reduce(0) { $0 + PayloadSealer.size(of: $1) }
    let payloads = PayloadBuffer(byteCount: size)
    var start = 0
    for index in events.entries.indices {
      var entry = events.entries[index]
      let key = customers[Int(entry.header.customer.value)].dataKey
      entry.complete(from: events.bytes, dataKey: key, identifiers: &identifiers)
      let payload = UnsafeMutableRawBufferPointer(
        rebasing: payloads.bytes[start..<start + PayloadSealer.size(of: entry)])
      start += payload.count
      sealer.seal(entry, of: events, key: key, into: payload)
      records.append(
        PreparedRecord(
          header: entry.header, nameSlots: entry.nameSlots, referenceSlots: entry.referenceSlots,
          identityHash: entry.identityHash(in: events), payload: UnsafeRawBufferPointer(payload),
          digest: PayloadRecord.digest(of: UnsafeRawBufferPointer(payload))))
    }
    return PreparedEvents(records: records, payloads: payloads, names: events.names, customers: customers)
  }
}

extension CheckedEvents.Entry {
  /// Puts in what a store has in a header: the interaction's key, the data key's number, identifiers' hashes.
  mutating func complete(from bytes: [UInt8], dataKey: DataKey, identifiers: inout KeyedHash) {
    header.dataKeyNumber = dataKey.number
    bytes.withUnsafeBytes { bytes in
      if interaction.count > 0 {
        header.interaction = Hashing.interactionKey(UnsafeRawBufferPointer(rebasing: bytes[interaction.range]))
      }
      var slots = identifierSlots
      while slots != 0 {
        let slot = slots.trailingZeroBitCount
        slots &= slots - 1
        guard let value = header.slots[slot] else { continue }
        let piece = CheckedEvents.identifier(in: value)
        header.slots[slot] = identifiers.first64Bits(of: UnsafeRawBufferPointer(rebasing: bytes[piece.range]))
      }
    }
  }

  func identityHash(in events: CheckedEvents) -> UInt64 {
    let source = events.names.withBytes(of: header.source.value) { Hashing.bytes(UnsafeRawBufferPointer($0)) }
    return events.bytes.withUnsafeBytes {
      Hashing.bytes(UnsafeRawBufferPointer(rebasing: $0[id.range]), seed: source)
    }
  }
}
