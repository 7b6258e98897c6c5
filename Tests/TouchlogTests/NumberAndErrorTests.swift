import Testing
import Touchlog

/// The small values that the vocabulary is made of.
@Suite struct NumberAndErrorTests {
  @Test func `positions, customers and names are ordered by their numbers`() {
    #expect(Position(1) < Position(2))
    #expect(!(Position(2) < Position(2)))
    #expect(Position(7).next == Position(8))
    #expect(Position(.max - 1).next == Position(.max))
    #expect("\(Position(17))" == "17")
    #expect(CustomerNumber(1) < CustomerNumber(2))
    #expect("\(CustomerNumber(17))" == "number:17")
    #expect(NameNumber(1) < NameNumber(2))
    #expect(InteractionKey(high: 1, low: 2) != InteractionKey(high: 2, low: 1))
  }

  @Test func `the name of an erased customer is no reference that anybody sends`() {
    #expect(throws: EventError.self) { try Reference(CustomerNumber(17).description) }
  }

  @Test func `an error says the field, what was expected and what came`() {
    let nothing = EventError(field: "channel", expected: "one of a, b", found: nil)
    #expect(nothing.description == "channel: expected one of a, b, found nothing")
    let text = EventError(field: "id", expected: "x", found: "a\u{0}\u{85}b")
    #expect(text.description == #"id: expected x, found “a\u{0}\u{85}b”"#)
    #expect(EventError(field: "id", expected: "x", problem: "3 bytes").description == "id: expected x, found 3 bytes")
  }

  @Test func `what came is cut after 60 characters`() {
    let sixty = String(repeating: "å", count: 60)
    #expect(EventError(field: "id", expected: "x", found: sixty).found == "“\(sixty)”")
    #expect(EventError(field: "id", expected: "x", found: sixty + "b").found == "“\(sixty)…”")
  }

  @Test func `a query without conditions is the whole log, forward`() {
    let query = Query()
    #expect(query.order == .forward)
    #expect(query == Query(order: .forward, from: nil, until: nil, customer: nil, types: [], channels: [], limit: nil))
    #expect(query.occurredFrom == nil && query.occurredUntil == nil && query.recordedThrough == nil)
  }

  @Test func `a query keeps each condition in its place`() {
    let times = (1...3).map { Timestamp(seconds: $0) }
    let query = Query(
      order: .backward, from: Position(1), until: Position(2), customer: .company, types: ["contact.held"],
      channels: [.sms], occurredFrom: times[0], occurredUntil: times[1], recordedThrough: times[2], limit: 5)
    #expect(query.order == .backward)
    #expect([query.from, query.until] == [Position(1), Position(2)])
    #expect(query.customer == .company)
    #expect(query.types == ["contact.held"])
    #expect(query.channels == [.sms])
    #expect([query.occurredFrom, query.occurredUntil, query.recordedThrough] == times)
    #expect(query.limit == 5)
  }
}
