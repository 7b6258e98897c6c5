import Synchronization
import Touchlog
import TouchlogTesting

extension Breakage {
  /// Wrong in what they take, and when.
  static let appends = [
    Breakage(
      "takes every event for a new one",
      noticedBy: "a retry answers with the first positions, whatever it expects",
      "what is in a request twice counts once", "one event sent by 64 at once is stored once",
      "64 concurrent appenders leave no gap and lose nothing",
      "each expectation meets each kind of request as the rules say"
    ) { .forgetful($0) },
    Breakage(
      "appends the events of a request one by one",
      noticedBy: "a refused request leaves nothing, wherever it is bad",
      "a large request with a bad last event leaves nothing",
      "a refused request uses up no position, version, identity or customer number"
    ) {
      BrokenStore($0) {
        $0.appending = { inner, events, expectation in
          var positions: [Position] = []
          var appended = 0
          for (index, event) in events.enumerated() {
            do {
              let receipt = try await inner.append([event], expecting: .any)
              positions += receipt.positions
              appended += receipt.appended
            } catch AppendError.invalid(_, let error) {
              throw AppendError.invalid(index: index, error)
            }
          }
          let last = try await inner.append(events, expecting: expectation)
          return Receipt(
            positions: positions, appended: appended, streamVersion: last.streamVersion, head: last.head,
            durability: .memory)
        }
      }
    },
    Breakage(
      "looks at no expectation",
      noticedBy: "each expectation meets each kind of request as the rules say",
      "no stream is expected of a customer that exists", "an expectation holds for one customer",
      "of 64 that expect the same version, one wins", "errors are decided in one order"
    ) {
      BrokenStore($0) { $0.appending = { inner, events, _ in try await inner.append(events) } }
    },
    Breakage(
      "checks the version before it recognises a retry",
      noticedBy: "a retry after the stream has moved on answers with the first positions",
      "each expectation meets each kind of request as the rules say", "errors are decided in one order"
    ) {
      BrokenStore($0) {
        $0.appending = { inner, events, expectation in
          if let customer = events.first?.subject {
            let found = try inner.streamVersion(of: customer)
            let isMet = [.any, .version(found), found == 0 ? .noStream : .any].contains(expectation)
            if !isMet {
              throw AppendError.unexpectedVersion(customer: customer, expected: expectation, found: found)
            }
          }
          return try await inner.append(events, expecting: expectation)
        }
      }
    },
    Breakage(
      "checks the version in one step and appends in another",
      noticedBy: "of 64 that expect the same version, one wins"
    ) {
      BrokenStore($0) {
        $0.appending = { inner, events, expectation in
          if case .version(let version) = expectation, let customer = events.first?.subject {
            let found = try inner.streamVersion(of: customer)
            if found != version {
              throw AppendError.unexpectedVersion(customer: customer, expected: expectation, found: found)
            }
            await Task.yield()
            return try await inner.append(events)
          }
          return try await inner.append(events, expecting: expectation)
        }
      }
    },
    Breakage(
      "looks for duplicates in one step and appends in another",
      noticedBy: "one event sent by 64 at once is stored once", "of 64 events with one identity, one is stored",
      "64 concurrent appenders leave no gap and lose nothing"
    ) { inner in
      let number = Counter()
      var forgetful = BrokenStore.forgetful(inner)
      let append = forgetful.appending
      forgetful.appending = { inner, events, expectation in
        let known = try inner.events().map { String($0.event.source.prefix { $0 != "#" }) + $0.event.id }
        await Task.yield()
        if !events.isEmpty, events.allSatisfy({ known.contains($0.source + $0.id) }) {
          return try await inner.append([]).with(positions: events.map { _ in Position(UInt64(number.next())) })
        }
        return try await append(inner, events, expectation)
      }
      return forgetful
    },
    Breakage(
      "takes an event with other content for the stored one",
      noticedBy: "other content in any field is a conflict that names it",
      "absent data and empty data are told apart"
    ) {
      BrokenStore($0) {
        $0.appending = { inner, events, expectation in
          do {
            return try await inner.append(events, expecting: expectation)
          } catch AppendError.conflict(let index, _, _, let stored, _) {
            let others = events.enumerated().filter { $0.offset != index }.map(\.element)
            let receipt = try await inner.append(others, expecting: expectation)
            var positions = receipt.positions
            positions.insert(stored, at: index)
            return receipt.with(positions: positions)
          }
        }
      }
    },
    Breakage(
      "takes extensions and staff for no part of the content",
      noticedBy: "other content in any field is a conflict that names it", "extensions come back",
      "each expectation meets each kind of request as the rules say"
    ) {
      BrokenStore($0) {
        $0.appending = { inner, events, expectation in
          let bare = events.map { event in
            event.with {
              $0.extensions = [:]
              $0.agent = nil
            }
          }
          return try await inner.append(bare, expecting: expectation)
        }
      }
    },
    Breakage(
      "compares texts as Unicode does",
      noticedBy: "texts that Unicode calls equivalent are told apart"
    ) { inner in
      let seen = Mutex<[String: String]>([:])
      return BrokenStore(inner) {
        $0.appending = { inner, events, expectation in
          let folded = events.map { event in
            event.with { event in event.id = seen.withLock { $0[event.id, default: event.id] } }
          }
          seen.withLock { seen in for event in folded { seen[event.id] = event.id } }
          return try await inner.append(folded, expecting: expectation)
        }
      }
    },
    Breakage(
      "takes any date",
      noticedBy: "an event is dated at most a day ahead of the clock"
    ) {
      BrokenStore($0) {
        $0.appending = { inner, events, expectation in
          let latest = Samples.noon.adding(seconds: Limits.futureSeconds)
          return try await inner.append(
            events.map { event in event.with { $0.occurredAt = min($0.occurredAt, latest) } }, expecting: expectation)
        }
      }
    },
  ]
}
