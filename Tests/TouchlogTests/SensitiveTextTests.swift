import Testing
import Touchlog

/// What stays readable in the log must not tell whose telephone or mailbox it is about.
@Suite struct SensitiveTextTests {
  private static let fields: [(String, @Sendable (inout Event, String) -> Void)] = [
    ("id", { $0.id = $1 }), ("source", { $0.source = $1 }), ("interaction", { $0.interaction = $1 }),
    ("agent", { $0.agent = $1 }), ("team", { $0.team = $1 }), ("location", { $0.location = $1 }),
    ("topic", { $0.topic = $1 }),
  ]
  private static let telling = [
    ("tel:+46 70-123 45 67", "call-+46701234567-1"), ("tel:+46701234567", "46701234567"),
    ("tel:+46701234567", "x0046701234567x"), ("mailto:Anna@Example.SE", "Anna@example.se"),
    ("mailto:Anna@Example.SE", "to:ANNA@EXAMPLE.SE;x"), ("mailto:å@b.se", "xå@B.SEx"),
  ]

  @Test(arguments: telling)
  func `a text that tells the subject is refused`(subject: String, text: String) throws {
    let reference = try Reference(subject)
    for (field, set) in SensitiveTextTests.fields {
      var event = SampleEvents.event("contact.held", nil)
      event.subject = reference
      set(&event, text)
      let error = SampleEvents.refusal(of: event)
      let expected = "a text without the customer's \(reference.scheme): it stays readable; hash it"
      #expect(error == EventError(field: field, expected: expected, found: text))
    }
  }

  @Test(arguments: telling)
  func `a text that tells the other reference is refused`(other: String, text: String) {
    for (field, set) in SensitiveTextTests.fields {
      var event = SampleEvents.event("identity.linked", #"{"other":"\#(other)"}"#)
      set(&event, text)
      #expect(SampleEvents.refusal(of: event)?.field == field)
    }
  }

  @Test func `a name within data that tells the subject is refused under its field's name`() throws {
    for type in SampleEvents.types where type.concern != .company {
      for member in type.fields {
        guard case .name = member.field.kind else { continue }
        var members = SampleEvents.members(of: type)
        members[member.field.name] = #""line 46701234567""#
        var event = SampleEvents.event(of: type, members)
        #expect(SampleEvents.refusal(of: event) == nil)
        event.subject = try Reference("tel:+46701234567")
        let error = SampleEvents.refusal(of: event)
        #expect(error?.field == "data.\(member.field.name)", "\(type.name)")
        #expect(error?.found == "“line 46701234567”")
      }
    }
  }

  @Test func `a foreign type that tells the subject is refused`() throws {
    var event = SampleEvents.event("call.46701234567", nil)
    #expect(SampleEvents.refusal(of: event) == nil)
    event.subject = try Reference("tel:+46701234567")
    #expect(SampleEvents.refusal(of: event)?.field == "type")
  }

  @Test func `texts that do not tell, and what is sealed, are taken`() throws {
    var event = SampleEvents.event("praise.given", #"{"text":"call me at +46701234567"}"#)
    event.subject = try Reference("tel:+46701234567")
    event.extensions = ["caller": "+46701234567"]
    for text in ["4670123456", "46701234568", "467 01234567", "crm:42", "4"] {
      event.id = text
      #expect(SampleEvents.refusal(of: event) == nil)
    }
    event.subject = try Reference("mailto:anna@example.se")
    for text in ["anna@example.s", "nna@example.se", "anna"] {
      event.id = text
      #expect(SampleEvents.refusal(of: event) == nil)
    }
    // A reference of another scheme tells nothing by itself.
    event.subject = try Reference("crm:42")
    event.id = "crm:42"
    #expect(SampleEvents.refusal(of: event) == nil)
  }
}
