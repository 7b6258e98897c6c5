import Touchlog
import TouchlogAccess
import TouchlogStore

/// Records whoever asks for a customer's events, before anything is answered.
struct Looks: Sendable {
  /// Nil of a service that keeps no record.
  let record: AccessRecord?
  let store: Store
  let threads: WorkThreads

  /// Notes a look at the customer whom a request names; one that names nobody, or nobody who is known, is none.
  ///
  /// - Throws: `StoreError`, `AccessError`, where it cannot be noted: then there must be no look.
  func note(_ query: Query, by caller: Caller, at route: StaticString) async throws {
    guard let record, let customer = query.customer else { return }
    let store = store
    let number = try await threads.run { try CustomerNumber(naming: customer) ?? store.number(of: customer) }
    guard let number else { return }
    try await record.note(caller, customer: number, at: store.options.clock(), what: route)
  }
}
