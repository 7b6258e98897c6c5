import JSON
import Testing
import Touchlog

/// `data` as a whole: its form, its size, its rules, and what of it is sealed.
@Suite struct DataTests {
  private func refusal(_ type: String, _ data: String) -> EventError? {
    SampleEvents.refusal(of: SampleEvents.event(type, data))
  }

  // MARK: Form

  @Test(arguments: [
    ("[1]", "the array “[1]”"), ("null", "null"), ("7", "the number “7”"), (#""{}""#, "the text “{}”"),
    ("true", "true"),
  ])
  func `data of a known type is an object`(data: String, found: String) {
    for type in ["contact.started", "contact.held"] {
      #expect(refusal(type, data) == EventError(field: "data", expected: "a JSON object", problem: found))
    }
  }

  @Test func `a type without required fields needs no data`() throws {
    for data in [nil, "{}", #" { "x" : 1 } "#] {
      #expect(try SampleEvents.check(SampleEvents.event("contact.held", data)).fields.isEmpty)
    }
  }

  private static let broken: [[UInt8]] =
    [
      "", " ", "{", "{}}", #"{"direction":"inbound",}"#, #"{direction:"inbound"}"#, #"{"direction":'inbound'}"#,
      #"{"direction":"inbound"} {}"#, #"{"direction":"inbound","n":01}"#, #"{"direction":"inbound","n":NaN}"#,
      #"{"direction":"inbound","n":"\x"}"#, #"{"direction":"inbound","n":"\ud800"}"#, "\u{FEFF}{}",
      #"{"direction":"inbound","direction":"inbound"}"#, #"{"direction":"inbound","\u0064irection":"outbound"}"#,
      #"{"direction":"inbound","n":{"a":1,"a":1}}"#,
    ].map { Array($0.utf8) }
    + [
      Array(#"{"direction":"inbound","n":""#.utf8) + [0xFF] + Array(#""}"#.utf8),
      Array(#"{"direction":"inbound","n":""#.utf8) + [0xC0, 0xAF] + Array(#""}"#.utf8),
      Array(#"{"direction":"inbound","n":""#.utf8) + [0x0A] + Array(#""}"#.utf8),
    ]

  @Test(arguments: broken)
  func `what is not JSON, not UTF-8, or has a key twice is refused`(data: [UInt8]) {
    for type in ["contact.started", "foreign.type"] {
      var event = SampleEvents.event(type, nil)
      event.data = data
      let error = SampleEvents.refusal(of: event)
      #expect(error?.field == "data")
      #expect(error?.expected == "JSON")
      #expect(error?.found?.isEmpty == false)
    }
  }

  @Test func `a checker is as good as before after a refusal`() throws {
    var checker = EventChecker()
    for data in DataTests.broken {
      var event = SampleEvents.event("contact.started", nil)
      event.data = data
      do throws(EventError) {
        _ = try checker.check(event)
        Issue.record("\(String(decoding: data, as: UTF8.self)) was taken")
      } catch {
        let good = try checker.check(SampleEvents.event("contact.started", #"{"direction":"outbound"}"#))
        #expect(good.choices == (2, 0))
      }
    }
  }

  @Test func `data has 1 MiB at most`() {
    for type in ["contact.started", "foreign.type"] {
      func data(_ count: Int) -> String {
        let rest = #"{"direction":"inbound","n":""}"#
        return rest.dropLast(2) + String(repeating: "x", count: count - rest.utf8.count) + #""}"#
      }
      #expect(refusal(type, data(1 << 20)) == nil)
      let error = refusal(type, data(1 << 20 + 1))
      #expect(error?.description == "data: expected 1048576 bytes at most, found 1048577 bytes")
    }
  }

  // MARK: Rules

  @Test func `a transfer says where to`() {
    for data in [nil, "{}", #"{"toTeam":null,"toAgent":null}"#] {
      let error = SampleEvents.refusal(of: SampleEvents.event("contact.transferred", data))
      #expect(error?.description == "data: expected at least one of toTeam, toAgent, toChannel, found nothing")
    }
    for data in [
      #"{"toTeam":"a"}"#, #"{"toAgent":"a"}"#, #"{"toChannel":"other"}"#, #"{"toTeam":"a","toChannel":"web"}"#,
    ] {
      #expect(refusal("contact.transferred", data) == nil)
    }
  }

  @Test(arguments: ["feedback.given", "belief.stated"])
  func `a score lies between its bounds, which belong to it`(type: String) {
    func refusal(_ score: String, _ min: String, _ max: String) -> String? {
      let data = #"{"instrument":"csat","score":\#(score),"min":\#(min),"max":\#(max)}"#
      let event = SampleEvents.event(type, data, isAboutCompany: type == "belief.stated")
      return SampleEvents.refusal(of: event)?.description
    }
    for (score, min, max) in [
      ("1", "1", "5"), ("5", "1", "5"), ("3.5", "1", "5"), ("0", "0", "0"), ("-2", "-3.5", "-1"),
    ] {
      #expect(refusal(score, min, max) == nil)
    }
    #expect(refusal("0.999999", "1", "5") == "data.score: expected no less than min, which is 1, found 0.999999")
    #expect(refusal("5.5", "1", "5") == "data.max: expected no less than score, which is 5.5, found 5")
    #expect(refusal("3", "5", "1") == "data.score: expected no less than min, which is 5, found 3")
  }

  @Test func `a window does not end before it starts`() {
    func refusal(_ start: String, _ end: String) -> String? {
      self.refusal("visit.scheduled", #"{"windowStart":"\#(start)","windowEnd":"\#(end)"}"#)?.description
    }
    #expect(refusal("2025-03-01T10:00:00+01:00", "2025-03-01T09:00:00Z") == nil)
    #expect(refusal("2025-03-01T09:00:00Z", "2025-03-01T11:00:00Z") == nil)
    #expect(
      refusal("2025-03-01T09:00:00.000001Z", "2025-03-01T09:00:00Z")
        == "data.windowEnd: expected no less than windowStart, which is 2025-03-01T09:00:00.000001Z, "
        + "found 2025-03-01T09:00:00Z")
  }

  // MARK: Sealing

  @Test(arguments: [
    (#"{"other":"crm:7"}"#, #"{"other":""}"#),
    (#"{ "other" : "crm:7" , "evidence":"crm:7" }"#, #"{ "other" : "" , "evidence":"crm:7" }"#),
    (
      "{\n\t\"evidence\":\"å\",\r\n\"other\"\n:\n\"mailto:a@b.se\"\n}",
      "{\n\t\"evidence\":\"å\",\r\n\"other\"\n:\n\"\"\n}"
    ),
    (#"{"\u006fther":"\u0063rm:7\"\\"}"#, #"{"\u006fther":""}"#),
    (#"{"other":"x:😀","nested":{"other":"x:😀"}}"#, #"{"other":"","nested":{"other":"x:😀"}}"#),
  ])
  func `a reference is not sealed with the data, however it is written`(data: String, sealed: String) throws {
    for type in ["identity.linked", "identity.unlinked"] {
      let checked = try SampleEvents.check(SampleEvents.event(type, data))
      #expect(checked.sealedData.map { String(decoding: $0, as: UTF8.self) } == sealed)
      #expect(checked.event.data == Array(data.utf8))
    }
  }

  @Test func `other data is sealed as it came`() throws {
    let data = #" { "direction" : "inbound" , "other":"crm:7"} "#
    #expect(try SampleEvents.check(SampleEvents.event("contact.started", data)).sealedData == Array(data.utf8))
    #expect(try SampleEvents.check(SampleEvents.event("contact.held", nil)).sealedData == nil)
  }
}
