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
