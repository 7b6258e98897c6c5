import Foundation
import JSON
import RealData
import Testing
import Touchlog
import TouchlogAdapters

@Suite struct `Reading CloudEvents` {
  static let good: [(String, String)] = [
    ("specversion", #""1.0""#), ("id", #""1""#), ("source", #""/pbx""#), ("type", #""contact.started""#),
    ("time", #""2025-03-01T09:15:00.25+01:00""#),
  ]

  /// A good event with other members, or without some: nil takes a member away.
  static func text(_ changes: KeyValuePairs<String, String?> = [:]) -> String {
    var members = good
    for (name, value) in changes {
      members.removeAll { $0.0 == name }
      if let value { members.append((name, value)) }
    }
    return "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
  }

  static func decode(_ text: String) throws -> Event {
    var decoder = CloudEventsDecoder()
    return try decoder.event(Array(text.utf8).span)
  }

  @Test func `every attribute finds its place`() throws {
    let event = try Self.decode(
      Self.text([
        "subject": #""TEL:+46 70-123 45 67""#, "channel": #""phone""#, "interaction": #""pbx-17""#,
        "agent": #""anna""#, "team": #""billing and invoices""#, "location": #""Sundsvall""#, "topic": #""invoice""#,
        "data": #"{"direction": "inbound", "n": 1.50}"#, "priority": "2", "vip": "true",
        "correlationid": #""c-1""#, "datacontenttype": #""application/json; charset=utf-8""#,
      ]))
    #expect(event.id == "1")
    #expect(event.source == "/pbx")
    #expect(event.type == "contact.started")
    #expect(event.occurredAt.rfc3339 == "2025-03-01T08:15:00.250Z")
    #expect(event.subject?.text == "tel:+46701234567")
    #expect(event.channel == .phone)
    #expect(event.interaction == "pbx-17")
    #expect(event.agent == "anna")
    #expect(event.team == "billing and invoices")
    #expect(event.location == "Sundsvall")
    #expect(event.topic == "invoice")
    #expect(event.data.map { String(decoding: $0, as: UTF8.self) } == #"{"direction": "inbound", "n": 1.50}"#)
    #expect(
      event.extensions == [
        "priority": 2, "vip": true, "correlationid": "c-1", "datacontenttype": "application/json; charset=utf-8",
      ])
  }

  @Test func `what the log adds is passed over, and null is absent`() throws {
    let event = try Self.decode(
      Self.text([
        "position": "7", "recordedat": #""2025-03-01T09:15:01Z""#, "customernumber": "3", "streamversion": "0",
        "subject": "null", "agent": "null", "data": "null", "vip": "null", "data_base64": "null",
      ]))
    #expect(event.subject == nil)
    #expect(event.agent == nil)
    #expect(event.data == nil)
    #expect(event.extensions.isEmpty)
  }

  @Test func `escaped keys are the keys that they spell`() throws {
    let event = try Self.decode(
      #"{"\u0069d":"a","specversion":"1.0","source":"s","type":"t","time":"2025-03-01T09:15:00Z"}"#)
    #expect(event.id == "a")
  }

  @Test(
    arguments: [
      (["specversion": nil], "specversion: expected 1.0, found nothing"),
      (["specversion": #""0.3""#], "specversion: expected 1.0, found “0.3”"),
      (["specversion": "1.0"], "specversion: expected 1.0, found “1.0”"),
      (["id": nil], "id: expected a text that is not empty, found nothing"),
      (["id": #""""#], "id: expected a text that is not empty, found “”"),
      (["id": "17"], "id: expected a text that is not empty, found “17”"),
      (["source": "null"], "source: expected a text that is not empty, found nothing"),
      (["type": "[]"], "type: expected a text that is not empty, found “[]”"),
      (["time": nil], "time: expected an RFC 3339 time such as 2025-03-01T09:15:00Z, found nothing"),
      (["time": #""yesterday""#], "time: expected an RFC 3339 time such as 2025-03-01T09:15:00Z, found “yesterday”"),
      (["time": "1740820500"], "time: expected an RFC 3339 time such as 2025-03-01T09:15:00Z, found “1740820500”"),
      (["subject": #""anna""#], "subject: expected a reference scheme:value such as crm:42, found “anna”"),
      (["subject": "42"], "subject: expected a reference scheme:value such as crm:42, found “42”"),
      (["agent": #""""#], "agent: expected a text that is not empty, found “”"),
      (["data_base64": #""AAAA""#], "data_base64: expected data as JSON, as binary data is not kept, found “AAAA”"),
      (
        ["datacontenttype": #""text/xml""#],
        "datacontenttype: expected application/json, or a type that ends in +json, found “text/xml”"
      ),
      (["Priority": "1"], "attribute name: expected lower-case letters and digits (CloudEvents 1.0), found “Priority”"),
      (["": "1"], "attribute name: expected lower-case letters and digits (CloudEvents 1.0), found “”"),
      (["tags": "[1]"], "tags: expected a text, a number, true or false, found “[1]”"),
      (["tags": #"{"a":1}"#], "tags: expected a text, a number, true or false, found “{\"a\":1}”"),
    ] as [(KeyValuePairs<String, String?>, String)])
  func `a bad attribute is refused by name`(_ changes: KeyValuePairs<String, String?>, _ message: String) {
    let error = #expect(throws: AdapterError.self) { try Self.decode(Self.text(changes)) }
    #expect(error?.description == message)
  }

  @Test func `an unknown channel is refused with the known ones`() {
    let error = #expect(throws: AdapterError.self) { try Self.decode(Self.text(["channel": #""fax""#])) }
    #expect(error?.description == "channel: expected one of \(Channel.names.joined(separator: ", ")), found “fax”")
  }

  @Test func `a type of structured JSON is kept`() throws {
    let event = try Self.decode(Self.text(["datacontenttype": #""application/vnd.Acme+JSON""#]))
    #expect(event.extensions["datacontenttype"] == "application/vnd.Acme+JSON")
  }

  @Test func `what is no object is no event`() {
    let error = #expect(throws: AdapterError.self) { try Self.decode("[1]") }
    #expect(error?.description == "event: expected a JSON object, found “[1]”")
  }

  @Test func `a batch comes in its order, and an error names the place`() throws {
    var decoder = CloudEventsDecoder()
    let batch = "[\(Self.text(["id": #""a""#])), \(Self.text(["id": #""b""#]))]"
    #expect(try decoder.events(Array(batch.utf8).span).map(\.id) == ["a", "b"])
    #expect(try decoder.events(Array("[]".utf8).span).isEmpty)
    #expect(try decoder.events(Array(Self.text().utf8).span).map(\.id) == ["1"])
    let bad = "[\(Self.text()), \(Self.text(["time": nil]))]"
    let error = #expect(throws: AdapterError.self) { try decoder.events(Array(bad.utf8).span) }
    #expect(error?.index == 1)
    #expect(error?.description.hasPrefix("event 1 of the batch: time: expected an RFC 3339 time") == true)
    let nested = #expect(throws: AdapterError.self) { try decoder.events(Array("[[]]".utf8).span) }
    #expect(nested?.description == "event 0 of the batch: event: expected a JSON object, found “[]”")
  }

  @Test func `a name is the same text however often it is read`() throws {
    var decoder = CloudEventsDecoder()
    for index in 0..<2000 {
      let name = "a team with a long name, number \(index % 700)"
      let event = try decoder.event(Array(Self.text(["team": "\"\(name)\""]).utf8).span)
      try #require(event.team == name)
    }
  }

  @Test func `whatever bytes come, there is an event or an error`() throws {
    let whole = Array(Self.text(["subject": #""crm:42""#, "data": #"{"a":[1,"x"]}"#, "vip": "true"]).utf8)
    var random = `Tables`.Sequence(state: 3)
    var decoder = CloudEventsDecoder()
    var (read, refused) = (0, 0)
    for _ in 0..<1500 {
      var bytes = whole
      bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      do {
        let event = try decoder.event(bytes.span)
        // What is read can be written, and is read again as it was.
        try `Writing CloudEvents`.expectSame(try `Writing CloudEvents`.again(event), event)
        read += 1
      } catch is AdapterError {
        refused += 1
      }
    }
    #expect(read > 50 && refused > 50)
  }

  @Test(.enabled(if: SharedData.isThere, "the shared data is not beside the checkout"))
  func `no text that is no JSON passes as data`() throws {
    let folder = try #require(SharedData.folder).appending(path: "json")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("n_") }
    try #require(names.count > 150)
    var decoder = CloudEventsDecoder()
    for name in names {
      let text =
        Array(Self.text().dropLast().utf8) + Array(#","data":"#.utf8) + (try SharedData.bytes("json/\(name)")) + [0x7D]
      let error = #expect(throws: AdapterError.self, "\(name)") { try decoder.event(text.span) }
      guard case .json? = error?.cause else {
        Issue.record("\(name) is refused for another reason: \(error?.description ?? "")")
        continue
      }
    }
    #expect(try decoder.event(Array(Self.text().utf8).span).id == "1", "the decoder is as good as before")
  }
}
