import JSON
import Testing
import Touchlog

@Suite struct EventCheckerTests {
  private func started(_ change: (inout Event) -> Void) -> Event {
    var event = SampleEvents.event("contact.started", #"{"direction":"inbound"}"#)
    change(&event)
    return event
  }

  private func refusal(_ change: (inout Event) -> Void) -> EventError? {
    SampleEvents.refusal(of: started(change))
  }

  // MARK: Attributes

  private static let names: [(String, any WritableKeyPath<Event, String> & Sendable)] = [
    ("id", \.id), ("source", \.source), ("type", \.type),
  ]
  private static let optionalNames: [(String, any WritableKeyPath<Event, String?> & Sendable)] = [
    ("interaction", \.interaction), ("agent", \.agent), ("team", \.team), ("location", \.location), ("topic", \.topic),
  ]

  @Test func `every name has 1 to 480 bytes and no control characters`() {
    let refused: [(String, String, String)] = [
      ("", "a text that is not empty", "“”"), (String(repeating: "a", count: 481), "480 bytes at most", "481 bytes"),
      (String(repeating: "å", count: 240) + "a", "480 bytes at most", "481 bytes"),
    ]
    let controls = Array(0...0x1F) + Array(0x7F...0x9F) as [UInt32]
    let marked = controls.compactMap { Unicode.Scalar($0) }.map {
      ("a\($0)b", "no control characters", "“a\\u{\(String($0.value, radix: 16))}b”")
    }
    #expect(marked.count == 65)
    for (text, expected, found) in refused + marked {
      for (field, path) in EventCheckerTests.names {
        let error = refusal { $0[keyPath: path] = text }
        #expect(error == EventError(field: field, expected: expected, problem: found))
      }
      for (field, path) in EventCheckerTests.optionalNames {
        let error = refusal { $0[keyPath: path] = text }
        #expect(error == EventError(field: field, expected: expected, problem: found))
      }
    }
    for text in [String(repeating: "å", count: 240), "a\u{A0}b", "Â", "😀", " "] {
      #expect(refusal { $0.id = text } == nil)
      for (_, path) in EventCheckerTests.optionalNames { #expect(refusal { $0[keyPath: path] = text } == nil) }
    }
  }

  @Test func `an event is dated from 1900 on`() {
    #expect(refusal { $0.occurredAt = .earliest } == nil)
    let error = refusal { $0.occurredAt = Timestamp(microseconds: Timestamp.earliest.microseconds - 1) }
    #expect(error?.description == "time: expected a time from 1900 on, found “1899-12-31T23:59:59.999999Z”")
  }

  @Test(arguments: SampleEvents.types)
  func `channel and interaction are required of what is part of an interaction, and of nothing else`(type: EventType) {
    var event = SampleEvents.event(of: type, SampleEvents.members(of: type))
    event.channel = nil
    let withoutChannel = SampleEvents.refusal(of: event)
    event.channel = .phone
    event.interaction = nil
    let withoutInteraction = SampleEvents.refusal(of: event)
    if ["contact", "visit", "guide"].contains(type.name.prefix { $0 != "." }) {
      #expect(withoutChannel?.field == "channel")
      #expect(withoutChannel?.expected == "one of \(Channel.names.joined(separator: ", "))")
      #expect(withoutInteraction?.field == "interaction")
      #expect(withoutInteraction?.found == nil)
    } else {
      #expect(withoutChannel == nil)
      #expect(withoutInteraction == nil)
    }
  }

  // MARK: Whose stream it is

  @Test(arguments: SampleEvents.types.filter { $0.concern == .company })
  func `what concerns the company belongs to the company`(type: EventType) throws {
    var event = SampleEvents.event(of: type, SampleEvents.members(of: type))
    #expect(try SampleEvents.check(event).customer == .company)
    event.subject = .company
    #expect(try SampleEvents.check(event).customer == .company)
    event.subject = Reference(normalised: "crm:42")
    let error = SampleEvents.refusal(of: event)
    #expect(error?.description == "subject: expected company:self or nothing, for \(type.name), found “crm:42”")
  }

  @Test func `an event without a subject belongs to a stand-in`() throws {
    #expect(try SampleEvents.check(started { $0.subject = nil }).customer.text == "anon:call-1")
    #expect(try SampleEvents.check(started { _ in }).customer.text == "crm:42")
    var praise = SampleEvents.event("praise.given", nil)
    praise.subject = nil
    #expect(try SampleEvents.check(praise).customer.text == "anon:call-1")
    praise.interaction = nil
    #expect(try SampleEvents.check(praise).customer.text == "anon:/test/id:1")
  }

  @Test func `a stand-in that would be too long is refused, and a subject is the way out`() {
    func long(_ count: Int) -> String { String(repeating: "i", count: count) }
    #expect(refusal { ($0.subject, $0.interaction) = (nil, long(475)) } == nil)
    let error = refusal { ($0.subject, $0.interaction) = (nil, long(476)) }
    #expect(error?.field == "subject")
    #expect(error?.expected.contains("longer than 480 bytes") == true)
    #expect(refusal { $0.interaction = long(480) } == nil)
    var praise = SampleEvents.event("praise.given", nil)
    (praise.subject, praise.interaction, praise.id) = (nil, nil, long(480))
    #expect(SampleEvents.refusal(of: praise)?.field == "subject")
  }

  @Test func `only the log forgets a customer`() {
    let error = SampleEvents.refusal(of: SampleEvents.event("customer.erased", nil))
    #expect(error?.description == "type: expected a type that adapters send, found “customer.erased”")
  }

  // MARK: Types outside the catalogue

  @Test(arguments: ["contact.Started", "weather.changed", "contact.started ", "x"])
  func `a type outside the catalogue keeps its name in slot 0 and any JSON`(name: String) throws {
    for data in [nil, "[1,2]", "null", "7", #"{"other":"tel:+46701234567"}"#] {
      var event = SampleEvents.event(name, data)
      (event.channel, event.interaction) = (nil, nil)
      let checked = try SampleEvents.check(event)
      #expect(checked.type == nil)
      #expect(checked.fields == [.name(name)])
      #expect(checked.choices == (0, 0))
      #expect(checked.sealedData == event.data)
    }
    #expect(SampleEvents.refusal(of: SampleEvents.event(name, "{"))?.field == "data")
  }

  // MARK: Extensions

  @Test(arguments: ["Trace", "trace-parent", "trace_parent", "", "é", "a b", "a\nb"])
  func `an extension has a name of lower-case letters and digits`(name: String) {
    let error = refusal { $0.extensions[name] = "x" }
    #expect(error?.field == "extensions")
    #expect(error?.expected == "attributes' names of lower-case letters and digits")
    #expect(error == EventError(field: "extensions", expected: error?.expected ?? "", found: name))
  }

  @Test func `an extension does not take the place of another attribute`() {
    for name in Event.Attribute.allCases.map(\.rawValue) + Event.logAttributes.sorted() {
      let error = refusal { $0.extensions[name] = "x" }
      #expect(error?.description == "\(name): expected an extension, found an attribute that has a place of its own")
    }
  }

  @Test func `an extension is a string, a number or a boolean`() {
    for value in ["x", 1, 1.5, true, false, ""] as [JSONValue] {
      #expect(refusal { $0.extensions["traceparent"] = value } == nil)
    }
    for value in [nil, [1], ["a": 1]] as [JSONValue] {
      let error = refusal { $0.extensions["traceparent"] = .some(value) }
      #expect(
        error == EventError(field: "traceparent", expected: "a string, a number, true or false", found: value.text))
    }
  }

  @Test func `extensions have 64 KiB of JSON at most, together`() {
    // "a":"…", and "b":"…", are eight bytes each beside the texts.
    func refusal(_ count: Int) -> EventError? {
      self.refusal {
        $0.extensions = [
          "a": .string(String(repeating: "x", count: 30_000)), "b": .string(String(repeating: "\n", count: count)),
        ]
      }
    }
    // A line feed is two bytes of JSON.
    let room = (65_536 - 30_000 - 14) / 2
    #expect(refusal(room) == nil)
    #expect(refusal(room + 1)?.description == "extensions: expected 65536 bytes at most, together, found 65538 bytes")
  }
}
