import JSON
import Testing
import Touchlog
import TouchlogAdapters
import TouchlogStore

@testable import TouchlogProof

@Suite struct `A bundle` {
  /// A person of two references, with all kinds of events, among those of others.
  private func filled() async throws -> ProofStore {
    let made = try ProofStore()
    try await made.append(5, customers: 2)
    _ = try await made.store.append([
      ProofStore.event(
        100, of: "crm:1", type: "identity.linked", data: #"{"other":"tel:+46701234567","evidence":"login"}"#),
      ProofStore.event(101, of: "tel:+46701234567", type: "shop.visited", data: #"{ "a": [1,\#n 2.50],\#r\#n "b": "x\n" }"#),
      ProofStore.event(102, of: nil, interaction: "call-lost"),
      ProofStore.event(103, of: "company:self", type: "standard.declared", data: Self.standard),
      ProofStore.event(104, of: "crm:1", extensions: ["zone": "north", "answered": true, "line": 7]),
      ProofStore.event(105, of: "mailto:a@b.se", type: "identity.linked", data: #"{"other":"crm:1"}"#),
    ])
    return made
  }

  private static let standard =
    #"{"standard":"s","metric":"wait","thresholdSeconds":20,"targetShare":0.8,"from":"2025-01-01T00:00:00Z"}"#

  @Test func `of one customer is verified without the store, and has the events that the store gives out`() async throws {
    let made = try await filled()
    for reference in ["crm:1", "tel:+46701234567", "anon:call-lost", "company:self", "mailto:a@b.se"] {
      let bundle = try made.bundle(reference)
      let verification = made.verify(try bundle.bytes)
      #expect(verification.faults == [])
      #expect(verification.isProven && verification.checkpoint?.size == 11)
      let stored = try made.store.events(Query(customer: Reference(normalised: reference)))
      #expect(verification.events.map { $0.opened.map { CloudEvents.encode($0) } } == stored.map { CloudEvents.encode($0) })
      #expect(verification.customers.map(\.reference?.text) == [reference])
      #expect(verification.customers.map(\.events) == [stored.count] && bundle.events == stored.count)
    }
  }

  @Test func `of several customers has their streams in the log's order`() async throws {
    let made = try await filled()
    let verification = made.verify(try made.bundle("tel:+46701234567", "crm:1", "mailto:a@b.se", "crm:1").bytes)
    #expect(verification.faults == [])
    #expect(verification.events.map(\.position.value) == [1, 3, 5, 6, 9, 10])
    #expect(verification.events.map(\.streamVersion) == [0, 1, 2, 0, 3, 0])
    #expect(verification.customers.compactMap(\.reference?.text) == ["crm:1", "tel:+46701234567", "mailto:a@b.se"])
  }

  @Test func `is a line of JSON for each event, whatever breaks the lines of its data`() async throws {
    let made = try await filled()
    let lines = try made.bundle("tel:+46701234567").lines
    #expect(lines.count == 2)
    let event = try #require(try JSONValue(parsing: lines[1])["event"])
    #expect(event["type"] == "shop.visited" && event["data"]?["b"] == "x\n" && event["position"] == 6)
  }

  @Test func `that is sealed tells neither key nor reference nor content`() async throws {
    let made = try await filled()
    let bundle = try made.bundle("crm:1", "tel:+46701234567", isSealed: true)
    let text = String(decoding: try bundle.bytes, as: UTF8.self)
    for word in ["crm:1", "+4670", "inbound", "event\"", "reference\"", "key\"", "agent"] {
      #expect(!text.contains(word), "\(word)")
    }
    let verification = made.verify(Array(text.utf8))
    #expect(verification.faults == [])
    #expect(verification.events.count == 5 && verification.events.allSatisfy { $0.opened == nil })
    #expect(verification.events.map(\.type) == ["contact.started", "contact.started", "identity.linked", nil, "contact.started"])
  }

  @Test func `of somebody who was erased is sealed, and others name them by number`() async throws {
    let made = try await filled()
    let number = try made.number(of: "crm:1")
    let before = try made.bundle("crm:1").bytes
    try made.erase("crm:1")
    let bundle = try TimelineBundle(
      of: [number, made.number(of: "mailto:a@b.se")], in: made.store, signedBy: made.key)
    let text = String(decoding: try bundle.bytes, as: UTF8.self)
    #expect(!text.contains("crm:1") && text.contains(#""other":"\#(number)""#))
    let verification = made.verify(Array(text.utf8))
    #expect(verification.faults == [])
    #expect(verification.customers.map(\.reference?.text) == [nil, "mailto:a@b.se"])
    #expect(verification.events.map { $0.opened == nil } == [true, true, true, true, false])
    #expect(made.verify(before).isProven, "what was handed out before still verifies")
  }

  @Test func `reaches across the borders of tiles, at any size of the tree`() async throws {
    let made = try ProofStore()
    for size in [1, 255, 1, 1, 254, 1, 1, 187] {
      try await made.append(size, customers: 7)
      let bundle = try made.bundle("crm:0")
      let verification = made.verify(try bundle.bytes)
      #expect(verification.faults == [])
      let head = try made.store.head().value
      #expect(verification.checkpoint?.size == head && bundle.events == (head + 6) / 7)
    }
  }

  @Test func `of a customer without events has none`() async throws {
    let made = try await filled()
    _ = try await made.store.append([
      ProofStore.event(106, of: "crm:0", type: "identity.linked", data: #"{"other":"crm:linked"}"#)
    ])
    #expect(try made.bundle("crm:linked").events == 0)
    #expect(try made.bundle("crm:linked", "crm:0").customers.map(\.reference?.text) == ["crm:0"])
  }
}
