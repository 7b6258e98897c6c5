import CustomerTimeline
import Testing
import Touchlog

@Suite struct OtherStories {
  private func visit(_ story: inout Story, _ time: String, _ type: String, _ data: String? = nil) {
    story.add(time, type, data, in: "visit-1", channel: .field)
  }

  @Test func `a visit is scheduled, moved, late and completed`() throws {
    let story = Story.of {
      visit(
        &$0, "09:00:00", "visit.scheduled",
        #"{"windowStart":"2025-03-03T08:00:00Z","windowEnd":"2025-03-03T12:00:00Z"}"#)
      visit(
        &$0, "10:00:00", "visit.scheduled",
        #"{"windowStart":"2025-03-04T22:00:00Z","windowEnd":"2025-03-05T02:00:00Z"}"#)
      visit(
        &$0, "11:00:00", "visit.scheduled",
        #"{"windowStart":"2026-01-04T08:00:00Z","windowEnd":"2026-01-04T10:00:00Z"}"#)
      visit(&$0, "2026-01-04T10:25:00Z", "visit.arrived")
      visit(&$0, "2026-01-04T11:27:00Z", "visit.completed", #"{"outcome":"resolved"}"#)
    }
    #expect(
      story.words == [
        "visit scheduled for 3 Mar 08:00–12:00", "visit moved to 4 Mar 22:00–5 Mar 02:00",
        "visit moved to 4 Jan 2026 08:00–10:00, move 2", "technician arrived 25 min late",
        "visit completed after 1 h 2 min, resolved",
      ])
    let interaction = try #require(story.timeline().interactions.first)
    #expect(interaction.handle == .seconds(3720))
    #expect(interaction.began == Story.time("09:00:00"))
    #expect(interaction.outcome == "resolved")
    #expect(interaction.episodes.count == 1)
  }

  @Test(arguments: [("07:50:00", "10 min early"), ("08:00:00", "in time"), ("10:00:00", "in time")])
  func `an arrival is measured by the window`(time: String, punctuality: String) {
    let story = Story.of {
      visit(
        &$0, "06:00:00", "visit.scheduled",
        #"{"windowStart":"2025-03-01T08:00:00Z","windowEnd":"2025-03-01T10:00:00Z"}"#)
      $0.add(time, "visit.arrived", in: "visit-1", channel: .field, agent: "OLA")
    }
    #expect(story.words.last == "OLA arrived \(punctuality)")
  }

  @Test func `a missed visit ends, and is scheduled anew`() throws {
    let window = #"{"windowStart":"2025-03-01T08:00:00Z","windowEnd":"2025-03-01T10:00:00Z"}"#
    let story = Story.of {
      visit(&$0, "06:00:00", "visit.scheduled", window)
      visit(&$0, "10:00:00", "visit.missed", #"{"reason":"nobody at home"}"#)
    }
    #expect(story.words.last == "visit missed: nobody at home")
    let interaction = try #require(story.timeline().interactions.first)
    #expect(interaction.outcome == "missed")
    #expect(interaction.handle == nil)
  }

  @Test func `promises are kept late, kept in time, broken and waived`() {
    let story = Story.of {
      $0.add(
        "09:00:00", "promise.made",
        #"{"promise":"p-7","kind":"callback","dueAt":"2025-03-03T14:00:00Z","by":"agent"}"#, in: "call-1",
        agent: "DORIT")
      $0.add("2025-03-03T16:00:00Z", "promise.kept", #"{"promise":"p-7"}"#)
      $0.add("2025-03-04T09:00:00Z", "promise.made", #"{"promise":"p-8","kind":"refund"}"#)
      $0.add(
        "2025-03-04T10:00:00Z", "promise.renegotiated", #"{"promise":"p-8","dueAt":"2025-03-06T00:00:00Z"}"#)
      $0.add("2025-03-05T09:00:00Z", "promise.kept", #"{"promise":"p-8","reason":"paid"}"#)
      $0.add("2025-03-06T09:00:00Z", "promise.broken", #"{"promise":"p-7","reason":"forgotten"}"#)
      $0.add("2025-03-06T10:00:00Z", "promise.waived", #"{"promise":"p-9"}"#)
    }
    #expect(
      story.words == [
        "promise p-7 (callback) due 3 Mar 14:00, by DORIT", "promise p-7 kept 2 h late", "promise p-8 (refund)",
        "promise p-8 renegotiated: due 6 Mar 00:00", "promise p-8 kept in time: paid",
        "promise p-7 broken, due 3 Mar 14:00: forgotten", "promise p-9 waived by the customer",
      ])
  }

  @Test func `feedback is told on its scale`() {
    let story = Story.of {
      $0.add("09:00:00", "feedback.given", #"{"instrument":"csat","score":4,"min":1,"max":5}"#)
      $0.add(
        "09:01:00", "feedback.given",
        #"{"instrument":"nps","score":9,"min":0,"max":10,"dimension":"brand","text":"Bra"}"#)
      $0.add("09:02:00", "feedback.given", #"{"instrument":"ces","score":-1.5,"min":-3,"max":3}"#)
    }
    #expect(story.words == ["CSAT 4 of 5", "NPS 9 of 10, brand: “Bra”", "CES -1.5 (-3 to 3)"])
  }

  @Test func `links, orders, money and terms are told`() {
    let story = Story.of {
      $0.add("09:00:00", "identity.linked", #"{"other":"mailto:a@b.se","confidence":0.9,"evidence":"same phone"}"#)
      $0.add("09:01:00", "identity.unlinked", #"{"other":"mailto:a@b.se"}"#)
      $0.add("09:02:00", "order.confirmed", #"{"order":"o-1"}"#)
      $0.add("2025-03-03T09:02:00Z", "order.delivered", #"{"order":"o-1"}"#)
      $0.add("2025-03-03T10:00:00Z", "purchase.made", #"{"amount":123456,"currency":"SEK","kind":"fibre"}"#)
      $0.add("2025-03-03T10:01:00Z", "cost.incurred", #"{"amount":-1200,"currency":"JPY"}"#)
      $0.add("2025-03-03T10:02:00Z", "terms.requested", #"{"request":"r-1","amount":5,"currency":"KWD","days":30}"#)
      $0.add("2025-03-03T10:03:00Z", "terms.decided", #"{"request":"r-1","decision":"partial","reviewer":"EVA"}"#)
      $0.add("2025-03-03T10:04:00Z", "terms.settled", #"{"request":"r-1","settled":"late"}"#)
    }
    #expect(
      story.words == [
        "linked with mailto:a@b.se, confidence 0.9: same phone", "no longer linked with mailto:a@b.se",
        "order o-1 confirmed", "order o-1 delivered 2 d after it was confirmed", "bought fibre for 1,234.56 SEK",
        "cost -1,200 JPY", "asked for 30 days to pay 0.005 KWD, request r-1", "request r-1 granted in part by EVA",
        "request r-1 paid late",
      ])
  }

  @Test func `guides, standards and opinions are told`() {
    let story = Story.of {
      $0.add("09:00:00", "guide.started", #"{"guide":"router","guideVersion":"3"}"#, in: "k-1", channel: .kiosk)
      $0.add("09:00:10", "guide.step", #"{"guide":"router","node":"n1","answer":"red"}"#, in: "k-1", channel: .kiosk)
      $0.add("09:00:20", "guide.finished", #"{"guide":"router","exit":"handedOver"}"#, in: "k-1", channel: .kiosk)
      $0.add(
        "09:01:00", "standard.declared",
        #"{"standard":"S","metric":"wait","thresholdSeconds":20,"targetShare":0.8,"channel":"phone"}"#)
      $0.add("09:02:00", "belief.stated", #"{"instrument":"nps","score":8,"min":0,"max":10,"department":"Sales"}"#)
      $0.add("09:03:00", "complaint.raised", #"{"severity":4,"text":"slow"}"#)
      $0.add("09:04:00", "expectation.stated", #"{"origin":"wordOfMouth","text":"fast"}"#)
      $0.add("09:05:00", "relationship.changed", #"{"status":"former","reason":"moved"}"#)
      $0.add("09:06:00", "segment.assigned", #"{"segment":"gold"}"#)
    }
    #expect(
      story.words == [
        "guide router version 3 started", "guide router at n1: “red”", "guide router left after 20 s, handed over",
        "standard S declared: wait within 20 s for 80 % on phone", "Sales believes that customers feel NPS 8 of 10",
        "complaint raised, severity 4 of 5: “slow”", "expectation stated, from word of mouth: “fast”",
        "became a former customer: moved", "put into segment gold",
      ])
    #expect(story.timeline().interactions.first?.outcome == "handedOver")
  }

  @Test(arguments: Catalogue.all.map(\.name))
  func `every type of the catalogue has words of its own, also without its data`(type: String) throws {
    let story = Story.of { $0.add("09:00:00", type, in: "i", channel: .phone, isErased: true) }
    let line = try #require(story.timeline().lines.first)
    #expect(!line.words.contains("."))
    #expect(!line.words.contains("  "))
    #expect(!line.words.hasSuffix(" "))
    #expect(line.marks.words == ["erased"])
  }

  @Test func `a foreign type is told by its name and an excerpt of its data`() {
    let story = Story.of {
      $0.add("09:00:00", "acme.scanned", #"{"parcel":7}"#)
      $0.add("09:00:01", "acme.scanned")
      $0.add("09:00:02", "acme.scanned", "\"" + String(repeating: "å", count: 400) + "\"")
    }
    #expect(story.words[0] == #"acme.scanned {"parcel":7}"#)
    #expect(story.words[1] == "acme.scanned")
    #expect(story.words[2].count == "acme.scanned ".count + 160)
    #expect(story.words[2].hasSuffix("å…"))
  }

  @Test func `damaged data is said, and hides no other event`() {
    let story = Story.of {
      $0.add("09:00:00", "segment.assigned", "{")
      $0.add("09:00:01", "segment.assigned", #"{"segment":"gold"}"#)
    }
    #expect(story.words[0].hasPrefix("put into a segment (unreadable: data: expected JSON"))
    #expect(story.words[1] == "put into segment gold")
  }
}
