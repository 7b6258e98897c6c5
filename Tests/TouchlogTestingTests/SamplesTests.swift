import JSON
import Testing
import Touchlog
import TouchlogTesting

@Suite struct `Sample events` {
  @Test func `are events that the catalogue accepts`() throws {
    var checker = EventChecker()
    let customer = Samples.customer(7)
    var events = Samples.praises(1...3, of: customer)
    events += Samples.call("call-1", of: customer)
    events += Samples.call("call-2", of: nil)
    events.append(Samples.link("l", of: customer, with: "tel:+46 8 123 456"))
    for event in events { _ = try checker.check(event) }
    #expect(events[1].subject == Reference(normalised: "crm:7"))
    #expect(events[1].occurredAt.rfc3339 == "2025-03-01T12:00:02Z")
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `at random are events that the catalogue accepts`(seed: UInt64) throws {
    var generator = EventGenerator(seed: seed)
    var checker = EventChecker()
    for number in 0..<200 {
      let event = generator.event()
      #expect(throws: Never.self, "seed \(seed), event \(number): \(event)") { _ = try checker.check(event) }
      #expect(event.occurredAt <= Samples.noon)
    }
  }

  @Test func `at random are of all types and have distinct identities`() {
    var generator = EventGenerator(seed: 4)
    let events = (0..<800).flatMap { _ in generator.batch() }
    let types = Set(events.map(\.type))
    for type in Catalogue.all where type.concern != .log { #expect(types.contains(type.name), "\(type.name)") }
    #expect(types.contains("acme.thing"))
    #expect(Set(events.map(\.id)).count == events.count)
    #expect(events.contains { $0.subject == nil } && events.contains { !$0.extensions.isEmpty })
    #expect(events.contains { $0.data == nil })
  }

  @Test func `at random are the same for the same seed`() {
    var (one, same, another) = (EventGenerator(seed: 1), EventGenerator(seed: 1), EventGenerator(seed: 2))
    let events = (0..<50).map { _ in one.event() }
    for event in events {
      let other = same.event()
      #expect(other.id == event.id && other.source == event.source && other.data == event.data)
      #expect(other.firstDifference(from: event) == nil)
    }
    #expect(events.contains { $0.firstDifference(from: another.event()) != nil })
  }

  @Test func `in other words have the same content, and contradicted another`() throws {
    var generator = EventGenerator(seed: 9)
    var checker = EventChecker()
    var respelled = 0
    for _ in 0..<300 {
      let event = generator.event()
      let normal = try checker.check(event).normalForm
      let other = generator.respelling(event)
      if other.data != event.data { respelled += 1 }
      #expect(try checker.check(other).normalForm.firstDifference(from: normal) == nil, "\(event)")
      let contrary = try checker.check(generator.contradiction(of: event)).normalForm
      #expect(contrary.firstDifference(from: normal) != nil, "\(event)")
    }
    #expect(respelled > 200)
  }

  @Test func `come from the published numbers of SplitMix64`() {
    // The first outputs for seed 1234567, as in the author's test vectors.
    var random = SplitMix64(seed: 1_234_567)
    #expect(random.next() == 6_457_827_717_110_365_317)
    #expect(random.next() == 3_203_168_211_198_807_973)
  }
}

@Suite struct `A normal form` {
  private func normalForm(_ event: Event) throws -> Event {
    var checker = EventChecker()
    return try checker.check(event).normalForm
  }

  @Test func `normalises references where they stand and leaves the rest as it came`() throws {
    let event = Samples.praise("1").with {
      $0.type = "identity.linked"
      $0.data = Array(#"{ "evidence":"tel:+46 8-123 456", "other" : "Tel:+46 8-123 456","confidence":0.50 }"#.utf8)
    }
    let data = try #require(try normalForm(event).data)
    #expect(
      String(decoding: data, as: UTF8.self)
        == #"{ "evidence":"tel:+46 8-123 456", "other" : "tel:+468123456","confidence":0.50 }"#)
  }

  @Test func `drops a subject that only says who stands in for it`() throws {
    let belief = Event(
      id: "1", source: "/a", type: "belief.stated", occurredAt: Samples.noon, subject: .company,
      data: ["instrument": "nps", "score": 1, "min": 0, "max": 10])
    #expect(try normalForm(belief).subject == nil)
    #expect(try normalForm(Samples.praise("1", of: .company)).subject == .company)
    #expect(try normalForm(Samples.praise("1", of: Reference("anon:/samples/id:1"))).subject == nil)
    #expect(try normalForm(Samples.praise("1", of: Reference("anon:/samples/id:2"))).subject != nil)
  }
}
