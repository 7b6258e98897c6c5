import Testing
import Touchlog

@Suite struct CatalogueTests {
  /// What lies on disk: a type's code, its name, its slots in order, its choice bytes in order with their words.
  ///
  /// Lines are added, and slots and words at the end of their line. A line that changes otherwise, or goes, makes
  /// stored events say something else: then it is the catalogue that is wrong, not this table.
  private static let golden = """
    1 contact.started |  | direction=inbound/outbound
    2 contact.queued | queue |
    3 contact.answered |  |
    4 contact.held |  |
    5 contact.resumed |  |
    6 contact.message |  | by=customer/agent/bot
    7 contact.transferred | toTeam toAgent | toChannel=\(channels)
    8 contact.ended |  | outcome=resolved/unresolved/abandoned/followUp
    9 contact.reopened |  |
    16 visit.scheduled | windowStart windowEnd |
    17 visit.arrived |  |
    18 visit.completed |  | outcome=resolved/unresolved/abandoned/followUp
    19 visit.missed |  |
    24 order.confirmed | order |
    25 order.delivered | order |
    32 expectation.stated |  | origin=experience/marketing/wordOfMouth/industry/review
    40 guide.started | guide guideVersion |
    41 guide.step | guide guideVersion node |
    42 guide.finished | guide guideVersion node | exit=solved/handedOver/abandoned
    48 promise.made | promise dueAt | kind=callback/delivery/repair/refund/answer/other by=agent/marketing/standard
    49 promise.renegotiated | promise dueAt | kind=callback/delivery/repair/refund/answer/other by=agent/marketing/standard
    50 promise.kept | promise |
    51 promise.broken | promise |
    52 promise.waived | promise |
    56 feedback.given | score min max dimension | instrument=csat/nps/ces/servqual
    57 belief.stated | score min max dimension department | instrument=csat/nps/ces/servqual
    64 complaint.raised | severity |
    65 complaint.resolved | severity |
    66 praise.given | severity |
    72 standard.declared | standard thresholdSeconds targetShare from | metric=wait/firstReply/handle/resolution/visitLateness channel=\(channels)
    80 identity.linked | other confidence |
    81 identity.unlinked | other confidence |
    88 relationship.changed |  | status=prospect/active/former
    89 segment.assigned | segment |
    96 purchase.made | amount currency kind |
    97 cost.incurred | amount currency kind |
    104 terms.requested | request amount currency days |
    105 terms.decided | request amount currency days reviewer | decision=granted/partial/staggered/denied
    106 terms.settled | request | settled=onTime/late/defaulted
    112 customer.erased | customer |
    """

  private static let channels = "phone/chat/video/kiosk/field/inperson/web/app/email/social/sms/mail/other"

  @Test func `codes, slots, choice bytes and words are the ones that were written to disk`() {
    let lines = Catalogue.all.map { type in
      let slots = type.fields.filter { if case .slot = type.place(of: $0.field) { true } else { false } }
      let choices =
        type.fields.compactMap { member in
          if case .choice(let words) = member.field.kind {
            "\(member.field.name)=\(words.joined(separator: "/"))"
          } else {
            nil
          }
        } as [String]
      return [
        "\(type.code) \(type.name)", slots.map(\.field.name).joined(separator: " "), choices.joined(separator: " "),
      ].joined(separator: " | ")
    }
    let golden = CatalogueTests.golden.split(separator: "\n").map { line in
      // An empty last cell has no space at its end in the table.
      line.hasSuffix(" |") ? line + " " : line
    }
    for (line, written) in zip(lines, golden) { #expect(line == written) }
    #expect(lines.count == golden.count)
  }

  /// The catalogue of the design: the types of each row, and the fields that the row gives to one of them or all.
  private static let design: [(types: String, fields: String)] = [
    ("contact.started", "direction"),
    ("contact.queued contact.answered contact.held contact.resumed", "queue"),
    ("contact.message", "by text"), ("contact.transferred", "toTeam toAgent toChannel"),
    ("contact.ended", "outcome"), ("contact.reopened", ""),
    ("visit.scheduled", "windowStart windowEnd"), ("visit.arrived", ""), ("visit.completed", "outcome"),
    ("visit.missed", "reason"), ("order.confirmed order.delivered", "order"), ("expectation.stated", "origin text"),
    ("guide.started guide.step guide.finished", "guide guideVersion node answer exit"),
    ("promise.made promise.renegotiated", "promise kind dueAt by"),
    ("promise.kept promise.broken promise.waived", "promise reason"),
    ("feedback.given", "instrument score min max dimension text"),
    ("belief.stated", "instrument score min max dimension text department"),
    ("complaint.raised complaint.resolved praise.given", "severity text"),
    ("standard.declared", "standard metric channel thresholdSeconds targetShare from"),
    ("identity.linked identity.unlinked", "other evidence confidence"),
    ("relationship.changed", "status reason"), ("segment.assigned", "segment"),
    ("purchase.made cost.incurred", "amount currency kind"),
    (
      "terms.requested terms.decided terms.settled",
      "request amount currency days decision reasons reviewer factors settled"
    ), ("customer.erased", "customer reason"),
  ]

  @Test func `types and fields are the ones of the design`() {
    let names = CatalogueTests.design.flatMap { $0.types.split(separator: " ") }.map(String.init)
    #expect(Catalogue.all.map(\.name) == names)
    for row in CatalogueTests.design {
      let types = row.types.split(separator: " ").compactMap { Catalogue.type(named: String($0)) }
      let fields = Set(types.flatMap { $0.fields.map(\.field.name) })
      #expect(fields == Set(row.fields.split(separator: " ").map(String.init)), "\(row.types)")
    }
  }

  @Test func `codes and names are unique, in order, and lead to their type`() {
    let codes = Catalogue.all.map(\.code)
    #expect(codes == codes.sorted())
    #expect(Set(codes).count == codes.count)
    #expect(!codes.contains(Catalogue.foreignCode))
    for type in Catalogue.all {
      #expect(Catalogue.type(named: type.name) === type)
      #expect(Catalogue.type(code: type.code) === type)
    }
    for code in UInt16.min...UInt16.max where !codes.contains(code) {
      if Catalogue.type(code: code) != nil { Issue.record("code \(code) has a type") }
    }
    for name in ["", "contact", "Contact.started", "contact.started ", "contact.starteḋ"] {
      #expect(Catalogue.type(named: name) == nil)
    }
  }

  @Test(arguments: Catalogue.all)
  func `a type fits the layout, and each field has a place of its own`(type: EventType) {
    #expect(type.slotCount <= RecordLayout.maximumSlots)
    #expect(!type.meaning.isEmpty)
    #expect(Set(type.fields.map(\.field.name)).count == type.fields.count, "field names are unique in a type")
    var slots = 0
    var choices = 0
    for member in type.fields {
      #expect(!member.field.meaning.isEmpty)
      switch member.field.kind {
      case .choice:
        #expect(type.place(of: member.field) == .choice(choices))
        choices += 1
      case .name, .identifier, .time, .integer, .decimal, .currency, .reference:
        #expect(type.place(of: member.field) == .slot(slots))
        slots += 1
      case .text, .json:
        #expect(type.place(of: member.field) == nil)
        #expect(!member.isRequired, "a fold cannot see \(member.field.name)")
      }
    }
    #expect(slots == type.slotCount)
    #expect(choices <= RecordLayout.maximumChoices)
    for other in Catalogue.all.flatMap(\.fields) where !type.fields.contains(where: { $0.field == other.field }) {
      #expect(type.place(of: other.field) == nil)
    }
  }

  @Test(arguments: Catalogue.all)
  func `words are unique in their field, ranges hold something, rules speak of the type's own fields`(type: EventType) {
    for member in type.fields {
      switch member.field.kind {
      case .choice(let words):
        #expect(words.count < 256)
        #expect(Set(words).count == words.count)
        #expect(words.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { $0 < 0x80 } })
      case .integer(let range), .decimal(let range):
        #expect(range.lowerBound < range.upperBound)
      case .name, .identifier, .time, .currency, .reference, .text, .json: break
      }
    }
    for rule in type.rules {
      switch rule {
      case .atLeastOne(let fields):
        #expect(fields.count > 1)
        for field in fields { #expect(type.fields.contains { $0.field == field && !$0.isRequired }) }
      case .ascending(let low, let high):
        #expect(low.kind == high.kind)
        for field in [low, high] {
          if case .slot = type.place(of: field) { continue }
          Issue.record("\(field.name) is in no slot, so it does not ascend")
        }
      }
    }
  }

  @Test func `channels keep their numbers and words`() {
    #expect(Channel.names == CatalogueTests.channels.split(separator: "/").map(String.init))
    #expect(Channel.allCases.map(\.rawValue) == Array(1...13))
    for channel in Channel.allCases {
      #expect(channel.name == "\(channel)")
      #expect(Channel(name: channel.name) == channel)
    }
    for name in ["", "Phone", "phone ", "fax"] { #expect(Channel(name: name) == nil) }
    #expect(Channel(rawValue: 0) == nil)
    #expect(Channel(rawValue: 14) == nil)
  }
}
