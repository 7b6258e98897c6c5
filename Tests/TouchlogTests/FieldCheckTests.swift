import Testing
import Touchlog

/// Every field of every type, taken in and refused, generated from the declarations.
@Suite struct FieldCheckTests {
  @Test(arguments: SampleEvents.types)
  func `an event with what its type requires is taken`(type: EventType) throws {
    let event = SampleEvents.event(of: type, SampleEvents.members(of: type))
    let checked = try SampleEvents.check(event)
    #expect(checked.type === type)
    #expect(checked.sealedData?.count == event.data?.count || type.fields.contains { $0.field == .other })
    #expect(checked.fields.count == type.slotCount)
    for member in type.fields where member.isRequired {
      switch type.place(of: member.field) {
      case .slot(let slot): #expect(checked.fields[slot] != nil, "\(member.field.name)")
      case .choice(0): #expect(checked.choices.0 == 1, "\(member.field.name)")
      case .choice: #expect(checked.choices.1 == 1, "\(member.field.name)")
      case nil: Issue.record("\(type.name) requires \(member.field.name), which its header does not keep")
      }
    }
  }

  @Test(arguments: SampleEvents.types)
  func `a field takes every value of its kind, and null where it is optional`(type: EventType) {
    let ascending = type.rules.flatMap {
      if case .ascending(let low, let high) = $0 { [low, high] } else { [Field]() }
    }
    for member in type.fields {
      var goods = FieldSamples(member.field).good
      if !member.isRequired { goods.append("null") }
      for good in goods {
        var members = SampleEvents.members(of: type)
        members[member.field.name] = good
        // Fields that ascend together have one value here, as equal is ascending.
        if ascending.contains(member.field) {
          for field in ascending { members[field.name] = good }
        }
        for case .atLeastOne(let fields) in type.rules where good == "null" {
          for field in fields where field != member.field { members[field.name] = FieldSamples(field).good[0] }
        }
        let refusal = SampleEvents.refusal(of: SampleEvents.event(of: type, members))
        #expect(refusal == nil, "\(member.field.name): \(good)")
      }
    }
  }

  @Test(arguments: SampleEvents.types)
  func `a field refuses every other value, and says what was expected and what came`(type: EventType) {
    for member in type.fields {
      for refused in FieldSamples(member.field).refused {
        var members = SampleEvents.members(of: type)
        members[member.field.name] = refused.json
        let error = SampleEvents.refusal(of: SampleEvents.event(of: type, members))
        #expect(error?.field == "data.\(member.field.name)", "\(refused.json)")
        #expect(error?.expected == refused.expected, "\(member.field.name): \(refused.json)")
        #expect(error?.found == refused.found, "\(member.field.name): \(refused.json)")
      }
    }
  }

  @Test(arguments: SampleEvents.types)
  func `a required field that is absent or null is refused`(type: EventType) {
    for member in type.fields where member.isRequired {
      var members = SampleEvents.members(of: type)
      members[member.field.name] = nil
      // With an empty object too, where nothing is left.
      let absent = SampleEvents.refusal(
        of: SampleEvents.event(type.name, SampleEvents.json(members), isAboutCompany: type.concern == .company))
      #expect(absent?.field == "data.\(member.field.name)")
      #expect(absent?.found == nil)
      members[member.field.name] = "null"
      let null = SampleEvents.refusal(of: SampleEvents.event(of: type, members))
      #expect(null?.field == "data.\(member.field.name)")
      #expect(null?.found == "null")
      #expect(null?.expected == absent?.expected)
    }
    if let first = type.fields.first(where: \.isRequired) {
      let error = SampleEvents.refusal(of: SampleEvents.event(of: type, [:]))
      #expect(error?.field == "data.\(first.field.name)")
      #expect(error?.found == nil)
    }
  }

  @Test func `members that the type does not have are passed over`() throws {
    let data = #"{"direction":"inbound","outcome":7,"extra":{"direction":"no"},"Direction":"no"}"#
    #expect(try SampleEvents.check(SampleEvents.event("contact.started", data)).choices == (1, 0))
  }

  @Test func `each value has its form in the header`() throws {
    let promise = try SampleEvents.check(
      SampleEvents.event(
        "promise.made", #"{"by":"standard","promise":"p-1","dueAt":"1970-01-01T00:00:01+00:00","kind":"refund"}"#))
    #expect(promise.choices == (4, 3))
    #expect(promise.fields == [.identifier("p-1"), .number(1_000_000)])
    let purchase = try SampleEvents.check(
      SampleEvents.event("purchase.made", #"{"amount":-49900,"currency":"SEK","kind":"phone"}"#))
    #expect(purchase.fields == [.number(-49_900), .number(0x53_45_4B), .name("phone")])
    let feedback = try SampleEvents.check(
      SampleEvents.event("feedback.given", #"{"instrument":"nps","score":4.25,"min":0,"max":1e1,"text":"x"}"#))
    #expect(feedback.choices == (2, 0))
    #expect(feedback.fields == [.number(4_250_000), .number(0), .number(10_000_000), nil])
    let linked = try SampleEvents.check(
      SampleEvents.event("identity.linked", #"{"other":"TEL:+46-701234567","confidence":0.5}"#))
    #expect(linked.fields == [.reference(Reference(normalised: "tel:+46701234567")), .number(500_000)])
  }

  @Test func `decimals are shown as people write them`() {
    let shown = [0, 1, -1, 4_500_000, -4_000_000, 123_456_789, Int64.min].map { Field.decimalText($0) }
    #expect(shown == ["0", "0.000001", "-0.000001", "4.5", "-4", "123.456789", "-9223372036854.775808"])
  }
}
