import JSON
import Testing
import Touchlog

@Suite struct EventFieldsTests {
  private func fields(_ type: EventType, _ data: String?) throws -> EventFields {
    var reader = FieldReader()
    return try reader.fields(of: event(type.name, data))
  }

  private func event(_ type: String, _ data: String?) -> Event {
    Event(
      id: "1", source: "/test", type: type, occurredAt: Timestamp(seconds: 0), dataText: data.map { Array($0.utf8) })
  }

  @Test func `each kind of field is read in its form`() throws {
    let ended = try fields(Catalogue.contactEnded, #"{"outcome":"followUp"}"#)
    #expect(ended[.outcome] == .text("followUp"))
    let promise = try fields(
      Catalogue.promiseMade, #"{"promise":"p-7","kind":"callback","dueAt":"2025-03-03T15:00:00+01:00"}"#)
    #expect(promise[.promise] == .text("p-7"))
    #expect(promise.text(.promiseKind) == "callback")
    #expect(promise.time(.dueAt) == Timestamp(rfc3339: "2025-03-03T14:00:00Z"))
    let feedback = try fields(
      Catalogue.feedbackGiven, #"{"instrument":"csat","score":4.5,"min":1,"max":5,"text":"a\nb"}"#)
    #expect(feedback[.score] == .decimal(millionths: 4_500_000))
    #expect(feedback.number(.max) == 5_000_000)
    #expect(feedback.text(.text) == "a\nb")
    let purchase = try fields(Catalogue.purchaseMade, #"{"amount":49900,"currency":"SEK"}"#)
    #expect(purchase[.amount] == .integer(49_900))
    #expect(purchase.text(.currency) == "SEK")
    let link = try fields(Catalogue.identityLinked, #"{"other":"mailto:a@b.se"}"#)
    #expect(link[.other] == .reference(try Reference("mailto:a@b.se")))
    let decided = try fields(
      Catalogue.termsDecided, #"{"request":"r","decision":"denied","reasons":["late", "before"]}"#)
    #expect(decided[.reasons] == .json(#"["late", "before"]"#))
    #expect(decided.text(.reasons) == #"["late", "before"]"#)
  }

  @Test func `asking for another form gives nothing`() throws {
    let feedback = try fields(Catalogue.feedbackGiven, #"{"instrument":"csat","score":4,"min":1,"max":5}"#)
    #expect(feedback.text(.score) == nil)
    #expect(feedback.time(.score) == nil)
    #expect(feedback.number(.instrument) == nil)
  }

  @Test func `absent fields, nulls and values of another form have no value`() throws {
    let made = try fields(
      Catalogue.promiseMade, #"{"promise":null,"kind":7,"dueAt":"tomorrow","by":["agent"],"stranger":"x"}"#)
    #expect(made == EventFields())
    let purchase = try fields(Catalogue.purchaseMade, #"{"amount":"many","currency":"SEK"}"#)
    #expect(purchase[.amount] == nil)
    #expect(purchase[.moneyKind] == nil)
    #expect(purchase.text(.currency) == "SEK")
  }

  @Test func `a reference to an erased customer reads as the log gives it out`() throws {
    #expect(try fields(Catalogue.identityLinked, #"{"other":"number:17"}"#).text(.other) == "number:17")
    #expect(try fields(Catalogue.identityLinked, #"{"other":""}"#)[.other] == nil)
  }

  @Test func `a word that a newer catalogue knows still reads`() throws {
    #expect(try fields(Catalogue.contactEnded, #"{"outcome":"postponed"}"#).text(.outcome) == "postponed")
  }

  @Test func `events without data and types outside the catalogue have no fields`() throws {
    var reader = FieldReader()
    #expect(try fields(Catalogue.contactEnded, nil) == EventFields())
    #expect(try reader.fields(of: event("acme.scanned", #"{"outcome":"resolved"}"#)) == EventFields())
    #expect(try reader.fields(of: event("acme.scanned", "no JSON")) == EventFields())
  }

  @Test func `damaged data is an error that names it, and the reader goes on`() throws {
    var reader = FieldReader()
    #expect(throws: EventError.self) { try fields(Catalogue.contactEnded, #"{"outcome":"#) }
    do throws(EventError) {
      _ = try reader.fields(of: event("contact.ended", "[1]"))
      Issue.record("an array is no object")
    } catch {
      #expect(error.field == "data")
      #expect(error.expected == "a JSON object")
    }
    #expect(try reader.fields(of: event("contact.ended", #"{"outcome":"resolved"}"#)).text(.outcome) == "resolved")
  }
}
