import Foundation
import Testing
import Touchlog

@testable import TouchlogStore

@Suite struct `Erasing a customer` {
  private static let anna = "mailto:anna.forgotten@example.se"
  private static let bert = "crm:bert-who-stays"
  private static let cleo = "crm:cleo-goes-too"

  /// Anna and Cleo, who will go, and Bert, who is linked with Anna; two others nobody knows.
  private static func events() throws -> [Event] {
    let time = try #require(Timestamp(rfc3339: "2025-03-01T09:30:00Z"))
    var events = try (0..<60).map { number in
      try started(
        "e\(number)", customer: [anna, bert, cleo, "crm:\(number)", nil][number % 5], topic: "t\(number % 3)")
    }
    events.append(
      Event(
        id: "link", source: "/crm", type: "identity.linked", occurredAt: time, subject: try Reference(bert),
        data: ["other": .string(anna), "evidence": "the same address"]))
    events.append(
      Event(
        id: "note", source: "/crm", type: "contact.message", occurredAt: time, subject: try Reference(anna),
        channel: .chat, interaction: "chat-1", data: ["by": "customer", "text": "in confidence"]))
    return events
  }

  private static func filled() async throws -> TemporaryStore {
    let place = try TemporaryStore()
    let store = try place.open()
    // In several commits, so that LMDB has free pages with rows in them.
    let events = try events()
    for start in stride(from: 0, to: events.count, by: 7) {
      _ = try await store.append(Array(events[start..<min(start + 7, events.count)]))
    }
    try store.close()
    return place
  }

  @Test func `leaves neither reference nor key in any file, and the log as it was`() async throws {
    let place = try await Self.filled()
    let store = try place.open()
    let traces = try [Traces(of: Self.anna, in: store), Traces(of: Self.cleo, in: store)]
    for trace in traces { #expect(try trace.found(in: place.path).contains("vault/data.mdb: reference")) }
    let before = try store.events()
    let size = UInt64(before.count)
    let root = try store.verify().root
    let anonymous = try store.anonymousCustomers()

    let erasure = try await store.erase(traces.map(\.number), reason: "request 2026-17 under article 17")

    #expect(erasure.formerVaults.areGone && erasure.listFailure == nil && erasure.generation == 1)
    for trace in traces { #expect(try trace.found(in: place.path) == []) }
    #expect(try Set(FileManager.default.contentsOfDirectory(atPath: place.path)) == ["log", "vault-1", "writer.lock"])
    #expect(try store.root(of: size) == root)
    #expect(try store.verify().damages == [])
    #expect(try store.head().value == size + 4 && erasure.head.value == size + 4)
    for trace in traces {
      #expect(try store.number(of: trace.reference) == nil)
      #expect(try store.reference(of: trace.number) == nil)
      #expect(try store.events(Query(customer: trace.reference)).isEmpty)
    }
    #expect(try store.customers(matching: "forgotten", limit: 5).count == 0)
    // Nobody becomes known, or unknown, by it.
    let later = try store.anonymousCustomers()
    for number in (0..<60).map({ CustomerNumber($0) }) { #expect(later.contains(number) == anonymous.contains(number)) }

    for (old, new) in zip(before, try store.events()) {
      #expect(new.position == old.position && new.recordedAt == old.recordedAt)
      #expect(new.customerNumber == old.customerNumber && new.streamVersion == old.streamVersion)
      let isErased = traces.contains { $0.number == old.customerNumber }
      #expect(new.isErased == isErased && (new.customer == nil) == isErased)
      if isErased {
        #expect(new.event.data == nil && new.event.subject?.text == old.customerNumber.description)
        #expect(new.event.id == old.event.id && new.event.occurredAt == old.event.occurredAt)
      } else if old.event.id != "link" {
        #expect(new.event.data == old.event.data && new.customer == old.customer)
      }
    }
    let link = try #require(try store.events(Query(types: ["identity.linked"])).first)
    let text = String(decoding: try #require(link.event.data), as: UTF8.self)
    #expect(text.contains("\"other\":\"\(traces[0].number)\"") && text.contains("the same address"))

    // The same from a process that only reads, and after another opening.
    try store.close()
    let reopened = try place.open(.reading)
    #expect(try reopened.verify().damages == [])
    #expect(try reopened.events().count == before.count + 4)
    for trace in traces { #expect(try trace.found(in: place.path) == []) }
  }

  @Test func `is told by an event in the stream, and by one with the reason in the company's`() async throws {
    let place = try await Self.filled()
    let now = try #require(Timestamp(rfc3339: "2040-11-24T10:00:00Z"))
    let store = try place.open { now }
    let number = try #require(try store.number(of: Reference(Self.anna)))
    let version = try store.streamVersion(of: Reference(Self.anna))
    let head = try store.head()
    #expect(try store.erasure(of: number) == nil)
    let erasure = try await store.erase([number], reason: "asked for it")
    #expect(erasure.recordedAt == now)
    #expect(
      erasure.customers == [Erasure.Customer(number: number, position: head, streamVersion: version + 1)])
    let told = try #require(try store.erasure(of: number))
    #expect(told.position == head && told.recordedAt == now)
    let stream = try store.events(Query(customer: Reference(normalised: number.description)))
    #expect(stream.count == Int(version) + 1)
    let own = try #require(stream.last)
    #expect(own.event.type == "customer.erased" && own.isErased && own.streamVersion == version)
    #expect(own.event.occurredAt == now && own.recordedAt == now)
    let companys = try #require(try store.events(Query(customer: .company)).last)
    #expect(companys.event.type == "customer.erased" && !companys.isErased)
    #expect(
      companys.event.data.map { String(decoding: $0, as: UTF8.self) }
        == #"{"customer":"\#(number)","reason":"asked for it"}"#)
    // Erased is told from never there.
    #expect(try store.erasure(of: CustomerNumber(9999)) == nil)
    #expect(try store.erasure(of: companys.customerNumber) == nil)
    let statistics = try store.statistics()
    #expect(statistics.erased == 1)
  }

  @Test func `once more brings nothing back`() async throws {
    let place = try await Self.filled()
    let store = try place.open()
    let traces = try Traces(of: Self.anna, in: store)
    _ = try await store.erase([traces.number], reason: nil)
    let head = try store.head()
    // The same events again: all are duplicates, whatever they said.
    let again = try await store.append(try Self.events())
    #expect(again.appended == 0 && again.positions.count == 62)
    #expect(try store.head() == head)
    #expect(try store.number(of: traces.reference) == nil)
    #expect(try traces.found(in: place.path) == [])
    // A new event under the same reference is about somebody new.
    let receipt = try await store.append([started("new", customer: Self.anna)], expecting: .noStream)
    #expect(receipt.streamVersion == 1)
    let number = try #require(try store.number(of: traces.reference))
    #expect(number != traces.number)
    let new = try Traces(of: Self.anna, in: store)
    #expect(new.key != traces.key && new.wrappedKey != traces.wrappedKey)
    #expect(try store.events(Query(customer: traces.reference)).map(\.event.id) == ["new"])
    #expect(try store.verify().damages == [])
    // And can go as well.
    _ = try await store.erase([number], reason: nil)
    #expect(try new.found(in: place.path) == [])
    #expect(try store.verify().damages == [])
    #expect(try store.erasure(of: traces.number) != nil)
    #expect(FileManager.default.fileExists(atPath: place.path + "/vault-2/data.mdb"))
  }

  @Test func `is refused where there is nobody to erase, and then nothing has happened`() async throws {
    let place = try await Self.filled()
    let store = try place.open()
    let anna = try #require(try store.number(of: Reference(Self.anna)))
    let bert = try #require(try store.number(of: Reference(Self.bert)))
    let declared = Event(
      id: "s", source: "/board", type: "standard.declared",
      occurredAt: try #require(Timestamp(rfc3339: "2025-01-01T00:00:00Z")),
      data: ["standard": "S", "metric": "wait", "thresholdSeconds": 20, "targetShare": 0.8])
    _ = try await store.append([declared])
    let company = try #require(try store.number(of: .company))
    let first = try await store.erase([anna], reason: nil)
    let head = try store.head()
    func refusal(_ customers: [CustomerNumber], _ reason: String? = nil) async -> ErasureError? {
      await #expect(throws: ErasureError.self) { _ = try await store.erase(customers, reason: reason) }
    }
    #expect(await refusal([]) == .nobody)
    #expect(await refusal([anna]) == .alreadyErased(anna, first.customers[0].position))
    #expect(await refusal([bert, CustomerNumber(500)]) == .unknown(CustomerNumber(500)))
    #expect(await refusal([bert, bert]) == .repeated(bert))
    #expect(await refusal([bert, company]) == .company)
    #expect(await refusal([bert], "for BERT-who-stays, who asked") == .tellingReason(bert))
    #expect(await refusal([bert], String(repeating: "x", count: 4097)) == .longReason(4097))
    #expect(try store.head() == head)
    #expect(try store.number(of: Reference(Self.bert)) == bert)
    #expect(try Set(FileManager.default.contentsOfDirectory(atPath: place.path)) == ["log", "vault-1", "writer.lock"])
    #expect(try store.verify().damages == [])
    let reading = try TemporaryStore()
    let readOnly = try reading.open(.reading)
    await #expect(throws: StoreError.self) { _ = try await readOnly.erase([bert], reason: nil) }
    try store.close()
    await #expect(throws: AppendError.closed) { _ = try await store.erase([bert], reason: nil) }
  }

  @Test(arguments: [
    ("crm:42", "ticket 42", true), ("crm:42", "ticket 4242 of 1942", false), ("crm:42", "CRM:42 asked", true),
    ("tel:+46701234567", "called from 070-123 45 67", false), ("tel:+46701234567", "+46 70 123-45 67 called", true),
    ("tel:+46701234567", "x46701234567x", true), ("mailto:a@b.se", "wrote from A@B.se.", true),
    ("mailto:a@b.se", "wrote from b.se", false), ("crm:Åsa", "för åsa", true), ("crm:sa", "åsa", false),
  ])
  func `a reason that names the customer is recognised`(customer: String, reason: String, isTelling: Bool) throws {
    #expect(ReasonText(reason).names(try Reference(customer)) == isTelling)
  }

  @Test func `of a customer who has no events works as of others`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    let link = Event(
      id: "link", source: "/crm", type: "identity.linked",
      occurredAt: try #require(Timestamp(rfc3339: "2025-01-01T00:00:00Z")), subject: try Reference("crm:1"),
      data: ["other": "tel:+46701234567"])
    _ = try await store.append([link])
    let traces = try Traces(of: "tel:+46701234567", in: store)
    let erasure = try await store.erase([traces.number], reason: nil)
    #expect(erasure.customers.first?.streamVersion == 1)
    #expect(try traces.found(in: place.path) == [])
    #expect(try store.verify().damages == [])
  }

  @Test func `does not stumble over events under the log's own name`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    let time = try #require(Timestamp(rfc3339: "2025-01-01T00:00:00Z"))
    let intruders = ["erased/0", "erasure/0", "erased/0/2"].map {
      Event(id: $0, source: "touchlog", type: "praise.given", occurredAt: time, subject: Reference(normalised: "crm:1"))
    }
    _ = try await store.append(intruders)
    _ = try await store.erase([CustomerNumber(0)], reason: nil)
    #expect(try store.events().map(\.event.id) == ["erased/0", "erasure/0", "erased/0/2", "erased/0/3", "erasure/0/2"])
    #expect(try store.verify().damages == [])
  }

  @Test func `works in a store that an earlier version made, without the table of the erased`() async throws {
    let place = try await Self.filled()
    try EarlierVault.make(at: place.path + "/vault")
    let store = try place.open()
    #expect(try store.log.vault.contents.erased == nil)
    #expect(try store.verify().damages == [])
    let traces = try Traces(of: Self.anna, in: store)
    #expect(try store.erasure(of: traces.number) == nil)
    _ = try await store.erase([traces.number], reason: nil)
    #expect(try traces.found(in: place.path) == [])
    #expect(try store.verify().damages == [])
  }
}
