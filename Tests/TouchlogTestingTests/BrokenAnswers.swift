import JSON
import Synchronization
import Touchlog
import TouchlogTesting

extension Breakage {
  /// Wrong in what they say of an append, and in what they keep of an event.
  static let answers = [
    Breakage(
      "counts positions from one",
      noticedBy: "a receipt tells positions, versions and head",
      "64 concurrent appenders leave no gap and lose nothing", "what was appended is read at once"
    ) { .countingFromOne($0) },
    Breakage(
      "tells a head of its own",
      noticedBy: "a receipt tells positions, versions and head", "an empty log has a head, streams and readings"
    ) { BrokenStore($0) { $0.counting = \.next } },
    Breakage(
      "tells a version for several customers",
      noticedBy: "a receipt tells positions, versions and head",
      "a retry across several customers is recognised"
    ) {
      BrokenStore($0) {
        $0.appending = { inner, events, expectation in
          let receipt = try await inner.append(events, expecting: expectation)
          return Receipt(
            positions: receipt.positions, appended: receipt.appended, streamVersion: receipt.streamVersion ?? 0,
            head: receipt.head, durability: receipt.durability)
        }
      }
    },
    Breakage(
      "promises now this, now that",
      noticedBy: "all receipts of a store are worth the same"
    ) {
      BrokenStore($0) {
        $0.appending = { inner, events, expectation in
          let receipt = try await inner.append(events, expecting: expectation)
          return Receipt(
            positions: receipt.positions, appended: receipt.appended, streamVersion: receipt.streamVersion,
            head: receipt.head, durability: receipt.appended == 0 ? .memory : .synced)
        }
      }
    },
    Breakage(
      "follows the clock back",
      noticedBy: "recordedAt is the clock's time, and never goes back with it"
    ) { inner in
      let latest = Mutex(Samples.noon)
      return BrokenStore(inner) {
        $0.giving = { opened in
          let time = latest.withLock { latest in
            defer { latest = opened.recordedAt }
            return opened.position.value > 0 && latest == opened.recordedAt && opened.position.value % 3 == 0
              ? latest.adding(seconds: -3600) : opened.recordedAt
          }
          return opened.with(recordedAt: time)
        }
      }
    },
    Breakage(
      "gives out data as it is sealed",
      noticedBy: "a reference in data comes back in normal form", "random events are stored and given back"
    ) {
      BrokenStore($0) {
        $0.giving = { opened in
          guard opened.event.type.hasPrefix("identity.") else { return opened }
          return opened.with(event: opened.event.with { $0.data = Array(#"{"other":"","confidence":0.5}"#.utf8) })
        }
      }
    },
    Breakage(
      "writes data anew",
      noticedBy: "data comes back byte for byte"
    ) {
      BrokenStore($0) {
        $0.giving = { opened in
          guard let data = opened.event.data else { return opened }
          do {
            let text = try JSONValue(parsing: String(decoding: data, as: UTF8.self)).text
            return opened.with(event: opened.event.with { $0.data = Array(text.utf8) })
          } catch {
            preconditionFailure("a store keeps JSON only: \(error)")
          }
        }
      }
    },
    Breakage(
      "fills in who stands in for a subject",
      noticedBy: "an event without a customer is in its interaction's stream",
      "events about the company are in the company's stream"
    ) {
      BrokenStore($0) {
        $0.giving = { opened in opened.with(event: opened.event.with { $0.subject = opened.customer }) }
      }
    },
    Breakage(
      "numbers customers by its own lights",
      noticedBy: "customers are numbered as they first appear, also in others' data",
      "reading both ways from every boundary to every other"
    ) {
      BrokenStore($0) { $0.giving = { $0.with(customerNumber: CustomerNumber($0.customerNumber.value + 1)) } }
    },
    Breakage(
      "keeps milliseconds",
      noticedBy: "times are kept to the microsecond", "random events are stored and given back"
    ) {
      BrokenStore($0) {
        $0.giving = { opened in
          let time = Timestamp(microseconds: opened.event.occurredAt.microseconds / 1000 * 1000)
          return opened.with(event: opened.event.with { $0.occurredAt = time })
        }
      }
    },
  ]
}
