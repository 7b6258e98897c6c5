import CustomerTimeline
import Testing
import Touchlog

@Suite struct TimelineTextTests {
  private var story: Story {
    Story.of {
      $0.add("2025-02-28T23:50:00Z", "segment.assigned", #"{"segment":"gold"}"#)
      $0.add("08:00:00", "order.confirmed", #"{"order":"o-1"}"#)
      $0.start("09:15:00", in: "pbx-17")
      $0.queue("09:15:02", in: "pbx-17")
      $0.add("09:15:44", "contact.answered", in: "pbx-17", channel: .phone, agent: "DORIT", topic: "invoices")
      $0.end("09:20:00", "unresolved", in: "pbx-17")
      $0.start("12:00:00", in: "chat-3", channel: .chat)
      $0.add(
        "12:00:09", "contact.message", #"{"by":"bot","text":"Hej"}"#, in: "chat-3", channel: .chat, isAnonymous: true)
      $0.end("11:59:00", "abandoned", in: "chat-3", channel: .chat)
      $0.add("13:00:00", "acme.parcel.scanned", #"{"depot":"Kiruna"}"#)
      $0.start("18:00:00", in: "kiosk-9", channel: .kiosk)
      $0.add(
        "2025-03-02T07:00:00Z", "feedback.given",
        #"{"instrument":"csat","score":2,"min":1,"max":5,"text":"It took far too long, and nobody could tell me why"}"#,
        in: "pbx-17", channel: .web, recorded: "2025-03-02T09:30:00Z")
    }
  }

  @Test func `a timeline at 60 columns`() {
    let bounds = Timeline.Bounds(asOf: Story.time("2025-03-03T00:00:00Z"))
    let text = TimelineText.render(story.timeline(bounds), width: 60)
    #expect(
      text == """
        crm:42 · 12 events in 3 interactions on 4 channels
        log at 10,000 · as of 2025-03-03T00:00:00Z
        by customer-timeline 1, in UTC, late after 1 h

               2025-03-01                                 2025-03-02
        phone  1····················································
        chat   ······1··············································
        kiosk  ·····················1·······························
        web    ····················································1
               contacts per column of 24 min; ─ goes on

        2025-02-28 Friday
          23:50:00  put into segment gold                         #0

        2025-03-01 Saturday
          08:00:00  order o-1 confirmed                           #1

          2025-03-01 09:15  phone · invoices · DORIT · waited 42 s
                            handled 4 min 16 s · unresolved · pbx-17
            09:15:00  inbound phone contact started               #2
            09:15:02  waited 42 s in queue NW                     #3
            09:15:44  answered by DORIT                           #4
            09:20:00  ended after 5 min, unresolved               #5
          2025-03-02 Sunday
            07:00:00  CSAT 2 of 5: “It took far too long, and    #11
                      nobody could tell me why”
                      [late by 2 h 30 min]

        2025-03-01 Saturday
          2025-03-01 11:59  chat · abandoned, clocks contradict
                            chat-3
            11:59:00  abandoned                                   #8
                      [out of order, contradictory: ended 1 min
                      before it began]
            12:00:00  inbound chat contact started                #6
            12:00:09  bot wrote: “Hej” [anonymous]                #7

          13:00:00  acme.parcel.scanned {"depot":"Kiruna"}        #9

          2025-03-01 18:00  kiosk · open · kiosk-9
            18:00:00  inbound kiosk contact started              #10

        Feedback
          2025-03-02  CSAT 2 of 5: “It took far too long, and    #11
                      nobody could tell me why”

        """)
  }

  @Test func `a timeline at 100 columns`() {
    let text = TimelineText.render(story.timeline(), width: 100)
    #expect(
      text == """
        crm:42 · 12 events in 3 interactions on 4 channels · log at 10,000
        by customer-timeline 1, in UTC, late after 1 h

               2025-03-01                                                                         2025-03-02
        phone  1····························································································
        chat   ···········1·················································································
        kiosk  ·····································1·······················································
        web    ····························································································1
               contacts per column of 14 min; ─ goes on

        2025-02-28 Friday
          23:50:00  put into segment gold                                                                 #0

        2025-03-01 Saturday
          08:00:00  order o-1 confirmed                                                                   #1

          2025-03-01 09:15  phone · invoices · DORIT · waited 42 s · handled 4 min 16 s · unresolved
                            pbx-17
            09:15:00  inbound phone contact started                                                       #2
            09:15:02  waited 42 s in queue NW                                                             #3
            09:15:44  answered by DORIT                                                                   #4
            09:20:00  ended after 5 min, unresolved                                                       #5
          2025-03-02 Sunday
            07:00:00  CSAT 2 of 5: “It took far too long, and nobody could tell me why”                  #11
                      [late by 2 h 30 min]

        2025-03-01 Saturday
          2025-03-01 11:59  chat · abandoned, clocks contradict · chat-3
            11:59:00  abandoned [out of order, contradictory: ended 1 min before it began]                #8
            12:00:00  inbound chat contact started                                                        #6
            12:00:09  bot wrote: “Hej” [anonymous]                                                        #7

          13:00:00  acme.parcel.scanned {"depot":"Kiruna"}                                                #9

          2025-03-01 18:00  kiosk · open · kiosk-9
            18:00:00  inbound kiosk contact started                                                      #10

        Feedback
          2025-03-02  CSAT 2 of 5: “It took far too long, and nobody could tell me why”                  #11

        """)
  }

  @Test(arguments: [40, 41, 60, 61, 80, 100, 109, 110, 137, 200])
  func `no row is wider than asked, and each event has its position at the right edge`(width: Int) {
    var story = story
    story.add("19:00:00", "praise.given", #"{"text":"\#(String(repeating: "mycket bra ", count: 80))"}"#)
    story.add("19:00:01", "praise.given", #"{"text":"\#(String(repeating: "x", count: 500))"}"#)
    let rows = TimelineText.render(story.timeline(), width: width).split(separator: "\n")
    #expect(rows.allSatisfy { $0.count <= width })
    let positions = rows.compactMap { row in row.split(separator: " ").last.flatMap { $0.hasPrefix("#") ? $0 : nil } }
    #expect(Set(positions).count == story.events.count)
    #expect(rows.filter { $0.split(separator: " ").last?.hasPrefix("#") == true }.allSatisfy { $0.count == width })
    #expect(rows.contains { $0.hasSuffix("…") })
  }

  @Test func `widths outside the layout's are taken as the nearest`() {
    let timeline = story.timeline()
    #expect(TimelineText.render(timeline, width: 0) == TimelineText.render(timeline, width: 40))
    #expect(TimelineText.render(timeline, width: 9999) == TimelineText.render(timeline, width: 200))
  }

  @Test func `wide characters take two columns`() {
    let story = Story.of { $0.add("19:00:00", "praise.given", #"{"text":"とても良い 👍"}"#) }
    let rows = TimelineText.render(story.timeline(), width: 60).split(separator: "\n")
    #expect(rows.last?.count == 60 - 6)
  }

  @Test func `an empty timeline says so`() {
    #expect(
      TimelineText.render(Story().timeline(Timeline.Bounds(until: Position(12_345))), width: 80)
        == "crm:42 · no events · log at 10,000 · as known at position 12,344\nby customer-timeline 1, in UTC, late after 1 h\n"
    )
    let stranger = Timeline.Provenance(customer: nil, customerNumber: nil, head: Position(0))
    #expect(
      TimelineText.render(Timeline(of: [], provenance: stranger), width: 80)
        == "unknown customer · no events · log at 0\nby customer-timeline 1, in UTC, late after 1 h\n")
  }

  @Test func `an erased customer is named by number`() {
    var story = Story()
    story.customer = nil
    story.add("19:00:00", "praise.given", isErased: true)
    #expect(
      TimelineText.render(story.timeline(), width: 60) == """
        number:7 · 1 event · log at 10,000
        by customer-timeline 1, in UTC, late after 1 h

        2025-03-01 Saturday
          19:00:00  praise given [erased]                         #0

        """)
  }

  @Test func `both bounds are named`() {
    let bounds = Timeline.Bounds(asOf: Story.time("09:00:00"), asKnownAt: Story.time("10:00:00"))
    #expect(
      TimelineText.render(Story().timeline(bounds), width: 120)
        == "crm:42 · no events · log at 10,000 · as of 2025-03-01T09:00:00Z · as known at 2025-03-01T10:00:00Z\n"
        + "by customer-timeline 1, in UTC, late after 1 h\n")
  }

  @Test func `a log that took in old events says it once`() {
    let story = Story.of {
      $0.add("09:00:00", "praise.given", recorded: "2026-01-01T00:00:00Z")
      $0.add("09:01:00", "praise.given", recorded: "2026-01-01T00:00:00Z")
    }
    let text = TimelineText.render(story.timeline(), width: 80)
    #expect(
      text.hasPrefix(
        """
        crm:42 · 2 events · log at 10,000
        by customer-timeline 1, in UTC, late after 1 h
        all of it recorded late, on 2026-01-01

        """))
    #expect(!text.contains("late by"))
  }

  @Test(arguments: [TimelineText.Style.plain, .colour])
  func `controls in texts are inert`(style: TimelineText.Style) throws {
    var story = Story()
    story.customer = Reference(normalised: "crm:\u{1B}]0;x\u{7}")
    let text = #"{"text":"a\u001b[2Jb\r\nc\u0000\u007f\u009b31m\u202egnp\u2028d\te"}"#
    story.add("09:00:00", "praise.given", text, in: "i\u{1B}[1m", channel: .phone, agent: "\u{1B}c", topic: "\u{8}t")
    story.add("09:00:01", "acme\u{1B}.x", "{\"a\":\n1}")
    let rendered = TimelineText.render(story.timeline(), width: 200, style: style)
    #expect(rendered.contains(#"“a\u{1b}[2Jb⏎c\u{0}\u{7f}\u{9b}31m\u{202e}gnp⏎d e”"#))
    #expect(rendered.contains(#"i\u{1b}[1m"#))
    #expect(rendered.contains(#"{"a":⏎1}"#))
    let sequences = ["\u{1B}[0m", "\u{1B}[1m", "\u{1B}[2m", "\u{1B}[31m", "\u{1B}[33m"]
    var plain = rendered
    if style == .colour {
      for sequence in sequences { plain = plain.split(separator: sequence, omittingEmptySubsequences: false).joined() }
    }
    let active = plain.unicodeScalars.filter {
      $0 != "\n" && [.control, .format, .lineSeparator].contains($0.properties.generalCategory)
    }
    #expect(active.isEmpty)
  }

  @Test func `colour comes only when asked, and changes nothing else`() {
    let timeline = story.timeline()
    let plain = TimelineText.render(timeline, width: 100)
    var coloured = TimelineText.render(timeline, width: 100, style: .colour)
    #expect(!plain.contains("\u{1B}"))
    #expect(coloured.contains("\u{1B}[31m[out of order, contradictory: ended 1 min before it began]\u{1B}[0m"))
    for sequence in ["\u{1B}[0m", "\u{1B}[1m", "\u{1B}[2m", "\u{1B}[31m", "\u{1B}[33m"] {
      coloured = coloured.split(separator: sequence, omittingEmptySubsequences: false).joined()
    }
    #expect(coloured == plain)
  }
}
