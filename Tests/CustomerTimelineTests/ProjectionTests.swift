import CustomerTimeline
import Testing
import Touchlog
import TouchlogTesting

@Suite struct `The timeline's projection` {
  @Test func `gives the same rows however a log is cut and ordered`() throws {
    var generator = EventGenerator(seed: 41)
    let events = (0..<60).flatMap { _ in generator.batch() }
    try ProjectionSpec(CustomerTimeline.self).check(SampleLog(events), seed: 5)
  }

  @Test func `keeps of each interaction when it was, on which channels, and how much there is`() throws {
    let chat = Samples.event("c", "contact.message", of: Samples.customer(1), channel: .chat, interaction: "pbx:1")
      .with {
        $0.data = Array(#"{"by":"customer"}"#.utf8)
        $0.occurredAt = Samples.minute(-5)
      }
    let praise = Samples.praise("p").with { $0.occurredAt = Samples.minute(7) }
    let log = try SampleLog(Samples.call("pbx:1") + Samples.call("pbx:2", of: Samples.customer(2)) + [chat, praise])
    var found: [UInt64: CustomerTimeline.Contacts] = [:]
    let customer = try #require(try log.number(of: Samples.customer(1)))
    try log.view(of: CustomerTimeline.self).forEachRow(in: CustomerTimeline.interactions, of: customer) {
      found[$0.thing] = $1.first
    }
    let call = try #require(found[SampleLog.interactionKey("pbx:1").thing])
    #expect(call.first == Samples.minute(-5))
    #expect(call.last == Samples.minute(3))
    #expect(call.events == 5)
    #expect(call.channels == [.phone, .chat])
    let outside = try #require(found[0])
    #expect(outside.events == 1)
    #expect(outside.channels == [])
    #expect(found.count == 2)
  }
}
