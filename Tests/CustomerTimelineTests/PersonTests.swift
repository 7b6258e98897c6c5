import CustomerTimeline
import Testing
import Touchlog

@Suite struct PersonTests {
  private let phone = Reference(normalised: "tel:+46701234567")
  private let phoneNumber = CustomerNumber(8)

  private func timeline(_ events: [OpenedEvent], isLinked: Bool = true) -> Timeline {
    let card = Reference(normalised: "crm:42")
    let references =
      [Timeline.NumberedReference(number: CustomerNumber(7), reference: card)]
      + (isLinked ? [Timeline.NumberedReference(number: phoneNumber, reference: phone)] : [])
    return Timeline(
      of: events,
      provenance: Timeline.Provenance(
        customer: card, customerNumber: CustomerNumber(7), references: references, head: Position(100)))
  }

  private var story: Story {
    var story = Story()
    story.start("09:00:00", in: "a")
    story.add(
      "09:05:00", "identity.linked",
      #"{"other":"tel:+46701234567","confidence":0.9,"evidence":"the same address"}"#)
    story.customer = phone
    story.customerNumber = phoneNumber
    story.start("10:00:00", in: "b", channel: .chat)
    story.add("10:00:05", "contact.message", #"{"by":"bot"}"#, in: "b", channel: .chat, isAnonymous: true)
    story.add("11:00:00", "identity.unlinked", #"{"other":"crm:42"}"#)
    return story
  }

  @Test func `linked references show as one person, and each line says which`() {
    let timeline = timeline(story.events)
    #expect(
      timeline.lines.map(\.customer?.text) == [
        "crm:42", "crm:42", "tel:+46701234567", "anon:b", "tel:+46701234567",
      ])
    #expect(timeline.lines.map(\.marks.isAnonymous) == [false, false, false, true, false])
    let text = TimelineText.render(timeline, width: 60)
    #expect(text.contains("\na crm:42 (2 events) · b tel:+46701234567 (2 events)\n"))
    let places = text.split(separator: "\n").compactMap { row in
      row.hasSuffix("#0") || row.hasSuffix("#2") || row.hasSuffix("#3") ? String(row.suffix(4)) : nil
    }
    #expect(places == ["a #0", "b #2", "– #3"])
  }

  @Test func `without the link only the customer's own is there, and what others say of the link`() {
    let timeline = timeline(story.events, isLinked: false)
    #expect(timeline.lines.map(\.position.value) == [0, 1])
    #expect(timeline.linkStatements.map(\.position.value) == [1, 4])
    #expect(!TimelineText.render(timeline, width: 60).contains("a crm:42"))
  }

  @Test func `each statement about the identity tells what it rests on, and which decides`() {
    let timeline = timeline(story.events)
    #expect(timeline.linkStatements.map(\.isLink) == [true, false])
    #expect(timeline.linkStatements.map(\.isLatest) == [false, true])
    #expect(timeline.linkStatements.map(\.isInForce) == [false, false])
    #expect(timeline.linkStatements[0].evidence == "the same address")
    #expect(timeline.linkStatements[0].confidenceMillionths == 900_000)
    let text = TimelineText.render(timeline, width: 150)
    #expect(
      text.contains(
        "crm:42 linked with tel:+46701234567, confidence 0.9: the same address; superseded by a later statement"))
    #expect(text.contains("tel:+46701234567 no longer linked with crm:42; they are apart"))
  }

  @Test func `both times of each event stand beside each other where there is room`() {
    let story = Story.of {
      $0.add("09:00:00", "segment.assigned", #"{"segment":"gold"}"#, recorded: "09:00:07")
      $0.add("09:01:00", "segment.assigned", #"{"segment":"gold"}"#, recorded: "2025-03-04T10:01:00Z")
    }
    let wide = TimelineText.render(story.timeline(), width: 120)
    #expect(wide.contains("  09:00:00  09:00:07    put into segment gold"))
    #expect(wide.contains("  09:01:00  2025-03-04  put into segment gold"))
    #expect(!TimelineText.render(story.timeline(), width: 100).contains("09:00:07"))
  }
}
