public import Touchlog

/// What every event store must do, as a suite of named cases that each implementation runs in its own tests.
///
/// The suite knows no test framework: a case throws `ConformanceFailure` where the store is not what it should be.
/// With Swift Testing, each case becomes a test of its own name:
///
/// ```swift
/// @Test(arguments: EventStoreConformance.allCases)
/// func `the store conforms`(_ conformance: EventStoreConformance.Case) async throws {
///   try await conformance.run { clock, check in
///     let directory = try TemporaryDirectory()
///     defer { directory.remove() }
///     let store = try Store.create(at: directory.path, clock: clock)
///     try await check(store)
///     try await store.close()
///   }
/// }
/// ```
///
/// The promises are those of `EventStore`, made precise where several stores must give one answer:
/// - *Same content* is `CheckedEvent.normalForm` and `Event.firstDifference(from:)`.
/// - *Which error* a request with several faults gets is told by `InMemoryEventStore`.
/// - *Events come back* in normal form; their `data` byte for byte, except that the references in it are normalised.
/// - *recordedAt* is the clock's time, or that of the event before, whichever is later.
/// - *Customer numbers* count from 0 as customers first appear in stored events.
/// - *A subscriber that is behind* gets as few batches as `Subscription.batchEvents` allows, and not one for each commit.
/// - *Texts* are told apart by their bytes: Unicode's equivalences do not make two ids one.
public enum EventStoreConformance {
  /// Lends a fresh, empty store: makes one with the clock, hands it to `check`, and cleans up.
  public typealias Lending =
    @Sendable (
      _ clock: @escaping @Sendable () -> Timestamp, _ check: (any EventStore) async throws -> Void,
    ) async throws -> Void

  /// How long a case waits for what a subscription should do at once, until it takes it for lost. Only a store that
  /// fails is waited for so long.
  @TaskLocal public static var patience = Duration.seconds(30)

  /// One promise of an event store, with its test.
  public struct Case: Sendable, Identifiable, CustomStringConvertible {
    /// The promise, as a sentence; no two cases have the same.
    public let name: String
    let body: @Sendable (Trial) async throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (Trial) async throws -> Void) {
      self.name = name
      self.body = body
    }

    /// The name.
    public var id: String { name }
    /// The name.
    public var description: String { name }

    /// Tests a store.
    ///
    /// - Parameter lending: Lends the store. It is called once; the store must be empty and not be used by others.
    /// - Throws: `ConformanceFailure`, or what the store throws beyond `AppendError`.
    public func run(_ lending: Lending) async throws {
      let clock = ManualClock()
      var isChecked = false
      try await lending(clock.reading) { store in
        isChecked = true
        try await body(Trial(store: store, clock: clock))
      }
      guard isChecked else {
        throw ConformanceFailure("a store is lent", expected: "a call of `check`", found: "none")
      }
    }
  }

  /// All cases, by subject.
  public static let allCases: [Case] =
    expectationCases + retryCases + contentCases + receiptCases + atomicityCases + concurrencyCases
    + readingCases + subscriptionCases + clockCases + catalogueCases + limitCases + streamCases + textCases
}
