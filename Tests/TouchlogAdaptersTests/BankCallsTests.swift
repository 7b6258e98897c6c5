import JSON
import RealData
import Testing
import Touchlog
import TouchlogAdapters

@Suite(.enabled(if: SharedData.isThere, "the shared data is not beside the checkout"))
struct `Calls of a bank` {
  static let file = "bank-calls/anonymous_bank_1999_02.tsv.gz"

  /// One import, which the tests share.
  static let imported = Result { try events() }

  static func events() throws -> (events: [Event], report: ImportReport) {
    let mapping = try DelimitedMapping(yaml: try SharedData.mapping("bank-calls"))
    var events: [Event] = []
    let report = try DelimitedReader(mapping, source: file).read(ByteSource(try SharedData.unzipped(file))) {
      event, _ in
      events.append(event)
    }
    return (events, report)
  }

  /// An interaction as its events tell of it.
  struct Call {
    var started: Timestamp?
    var queued: Timestamp?
    var answered: Timestamp?
    var ended: Timestamp?
    var outcome = ""
    var subjects: Set<String> = []
    var events = 0

    /// Seconds until somebody answered, or the caller gave up.
    var wait: Int64 {
      guard let queued, let end = answered ?? ended else { return -1 }
      return end.microseconds(since: queued) / 1_000_000
    }
  }

  static func calls(_ events: [Event]) throws -> [String: Call] {
    var calls: [String: Call] = [:]
    for event in events {
      let name = try #require(event.interaction)
      var call = calls[name, default: Call()]
      switch event.type {
      case "contact.started": call.started = event.occurredAt
      case "contact.queued": call.queued = event.occurredAt
      case "contact.answered": call.answered = event.occurredAt
      default:
        call.ended = event.occurredAt
        call.outcome = try JSONValue(parsing: String(decoding: event.data ?? [], as: UTF8.self))["outcome"]?.text ?? ""
      }
      if let subject = event.subject { call.subjects.insert(subject.text) }
      call.events += 1
      calls[name] = call
    }
    return calls
  }

  @Test func `the figures that were published come out of the events alone`() throws {
    let (events, report) = try Self.imported.get()
    #expect(report.rows == 33_344)
    #expect(report.skipped == ["phantom": 278])
    #expect(report.rejected == 0)
    #expect(report.ambiguousTimes == 0 && report.missingTimes == 0)

    let calls = try Self.calls(events)
    let count = Double(calls.count)
    #expect(calls.count == 33_066)
    let known = calls.values.filter { !$0.subjects.isEmpty }
    #expect(known.allSatisfy { $0.subjects.count == 1 })
    #expect(known.count == 13_564)
    let perCustomer = Dictionary(grouping: known) { $0.subjects.first ?? "" }
    #expect(perCustomer.count == 4021)
    #expect(perCustomer.values.count { $0.count > 1 } == 2086)

    let abandoned = calls.values.filter { $0.outcome == #""abandoned""# }
    #expect(abandoned.allSatisfy { $0.answered == nil })
    #expect(abs(Double(abandoned.count) / count - 0.17855) < 0.000_005)
    let waits = calls.values.map(\.wait)
    #expect(waits.allSatisfy { $0 >= 0 })
    #expect(abs(Double(waits.reduce(0, +)) / count - 41.348) < 0.000_5)
    let served = calls.values.count { $0.answered != nil && $0.wait <= 20 }
    #expect(abs(Double(served) / count - 0.49020) < 0.000_005)
  }

  @Test func `every call begins with its start and ends once`() throws {
    let calls = try Self.calls(try Self.imported.get().events)
    for (name, call) in calls {
      let times = [call.started, call.queued, call.answered, call.ended].compactMap { $0 }
      try #require(times == times.sorted(), "\(name)")
      try #require(call.started != nil && call.queued != nil && call.ended != nil, "\(name)")
      try #require(call.events == (call.answered == nil ? 3 : 4), "\(name)")
    }
    let outcomes = Dictionary(grouping: calls.values, by: \.outcome).mapValues(\.count)
    #expect(outcomes == [#""abandoned""#: 5904, #""resolved""#: 27_077, #""unresolved""#: 85])
  }

  @Test func `the catalogue takes every event, and a second import brings the same`() throws {
    let first = try Self.imported.get().events
    let second = try Self.events().events
    var checker = EventChecker()
    for (event, again) in zip(first, second) {
      _ = try checker.check(event)
      try `Writing CloudEvents`.expectSame(event, again)
    }
    #expect(first.count == 126_360 && second.count == first.count)
    #expect(Set(first.map(\.id)).count == first.count)
  }

  @Test func `a call is told as the file tells it`() throws {
    let events = try Self.imported.get().events
    // AA0101 34540 48178511 2 PS 990201 8:19:42 8:19:47 5 8:19:47 8:20:21 34 AGENT 8:20:20 8:22:04 104 MICHAL
    let call = events.filter { $0.interaction == "bank-call:AA0101-34540" }
    let common = #""subject":"bank:48178511","channel":"phone","interaction":"bank-call:AA0101-34540""#
    func written(_ name: String, _ time: String, _ rest: String) -> String {
      #"{"specversion":"1.0","id":"AA0101-34540:\#(name)","source":"/bank/calls","type":"contact.\#(name)","#
        + #""time":"1999-02-01T\#(time)Z",\#(common),\#(rest)}"#
    }
    #expect(
      call.map { String(decoding: CloudEvents.encode($0), as: UTF8.self) } == [
        written("started", "06:19:42", #""topic":"PS","data":{"direction":"inbound"}"#),
        written("queued", "06:19:47", #""topic":"PS","data":{"priority":2}"#),
        written("answered", "06:20:21", #""agent":"MICHAL","topic":"PS""#),
        written(
          "ended", "06:22:05",
          #""agent":"MICHAL","topic":"PS","outcomeassumed":true,"data":{"outcome":"resolved"}"#),
      ])
    // The exit from the computer is stamped 57 s before the entry: the call begins with the earlier of the two.
    let late = events.filter { $0.interaction == "bank-call:AA0102-30456" }
    #expect(late.prefix(2).map(\.occurredAt.rfc3339) == ["1999-02-07T07:47:17Z", "1999-02-07T07:47:17Z"])
    // No customer, and NO_SERVER for an agent.
    let unknown = events.filter { $0.interaction == "bank-call:AA0101-34537" }
    #expect(unknown.allSatisfy { $0.subject == nil && $0.agent == nil })
  }

  @Test func `an outcome that nobody knows is not passed over`() throws {
    let mapping = try DelimitedMapping(yaml: try SharedData.mapping("bank-calls"))
    let bytes = try SharedData.unzipped(Self.file)
    let text = String(decoding: bytes.prefix(400), as: UTF8.self).split(separator: "\r\n").prefix(2)
      .joined(separator: "\n").replacing("AGENT", with: "ROBOT")
    let error = #expect(throws: AdapterError.self) {
      _ = try DelimitedReader(mapping, source: "calls").read(ByteSource(Array(text.utf8))) { _, _ in
        Issue.record("the row gives no event")
      }
    }
    #expect(error?.description == "calls, line 2, column outcome: expected one of HANG, found “ROBOT”")
  }
}
