import Testing
import Touchlog
import TouchlogTesting

@testable import TouchlogStore

@Suite struct `A store's naming` {
  @Test func `finds names and customers by number and by text`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    _ = try await store.append(Samples.call("pbx:1") + Samples.call("pbx:2", of: Samples.customer(2)))
    let asta = try #require(try store.number(ofName: "asta"))
    #expect(try store.text(of: asta) == "asta")
    #expect(try store.number(ofName: "nobody") == nil)
    for customer in [1, 2].map(Samples.customer) {
      let number = try #require(try store.number(of: customer))
      #expect(try store.reference(of: number) == customer)
    }
    // As an erased customer's: no row in the vault.
    #expect(try store.reference(of: CustomerNumber(99)) == nil)
    #expect(throws: StoreError.self) { try store.text(of: NameNumber(99)) }
  }

  @Test func `tells who is anonymous, and nobody else`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    #expect(try store.anonymousCustomers().count == 0)
    // On either side of `anon:` in the order of bytes.
    let others = ["anomaly:1", "anonymous:1", "anon.x:1", "zebra:1"]
    _ = try await store.append(
      others.enumerated().map { Samples.praise("\($0)", of: Reference(normalised: $1)) }
        + Samples.call("pbx:1", of: nil) + Samples.call("pbx:2", of: nil) + [Samples.praise("alone", of: nil)])
    let anonymous = try store.anonymousCustomers()
    #expect(anonymous.count == 3)
    for text in ["anon:pbx:1", "anon:pbx:2", "anon:\(Samples.source)/id:alone"] {
      #expect(anonymous.contains(try #require(try store.number(of: Reference(normalised: text)))), "\(text)")
    }
    for text in others {
      #expect(!anonymous.contains(try #require(try store.number(of: Reference(normalised: text)))), "\(text)")
    }
  }
}
