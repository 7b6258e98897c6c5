import Testing
import Touchlog
import TouchlogTesting

@testable import TouchlogStore

@Suite struct `A search for customers` {
  private func store(_ references: [String]) async throws -> Store {
    let place = try TemporaryStore()
    let store = try place.open()
    _ = try await store.append(
      try references.enumerated().map { Samples.praise("\($0)", of: try Reference($1)) }
        + Samples.call("pbx:42", of: nil)
        + [
          Samples.event(
            "s", "standard.declared", of: nil,
            data: ["standard": "wait", "metric": "wait", "thresholdSeconds": 20, "targetShare": 0.8])
        ])
    return store
  }

  private let references = [
    "crm:42", "crm:421", "crm:142", "card:SE-42", "mailto:Anna.Öberg@example.se", "mailto:bo@exam.se",
    "tel:+46701234567",
    "shop:anna",
  ]

  @Test func `finds the one that it is first, then what begins so, then what contains it`() async throws {
    let store = try await store(references)
    func found(_ text: String, limit: Int = 10) throws -> [String] {
      try store.customers(matching: text, limit: limit).customers.map(\.reference.text)
    }
    #expect(try found("crm:42") == ["crm:42", "crm:421"])
    #expect(try found("42") == ["crm:42", "crm:421", "card:SE-42", "crm:142"])
    #expect(try found("ANNA") == ["mailto:Anna.Öberg@example.se", "shop:anna"])
    #expect(try found("öBERG") == ["mailto:Anna.Öberg@example.se"])
    #expect(try found("+46 (70) 123-45 67") == ["tel:+46701234567"])
    #expect(try found("se-42") == ["card:SE-42"])
    #expect(try found("nobody") == [])
    #expect(try found("").count == references.count)
    let few = try store.customers(matching: "42", limit: 2)
    #expect(few.customers.map(\.reference.text) == ["crm:42", "crm:421"])
    #expect(few.count == 4)
    #expect(try few.customers.allSatisfy { try store.number(of: $0.reference) == $0.number })
  }

  @Test func `shows the anonymous and the company only to who asks for them`() async throws {
    let store = try await store(["crm:42"])
    func found(_ text: String) throws -> [String] {
      try store.customers(matching: text, limit: 10).customers.map(\.reference.text)
    }
    #expect(try found("pbx") == [])
    #expect(try found("anon") == ["anon:pbx:42"])
    #expect(try found("anon:pbx") == ["anon:pbx:42"])
    #expect(try found("self") == [])
    #expect(try found("company") == ["company:self"])
  }
}
