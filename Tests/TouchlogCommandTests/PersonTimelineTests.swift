import CustomerTimeline
import Foundation
import JSON
import Testing
import Touchlog
import TouchlogStore
import TouchlogTesting

@testable import TouchlogCommand

@Suite struct `Timelines of persons` {
  private func timelines(
    of customers: [Reference], after events: [Event], within bounds: Bounds = Bounds(),
  ) async throws -> [Timeline?] {
    let sandbox = try Sandbox.withStore()
    var options = Store.Options()
    options.addressSpace = 1 << 28
    // The same in every store, so that recordedAt is, too.
    options.clock = { Samples.minute(600) }
    let store = try sandbox.open(.appending, options: options)
    _ = try await store.append(events)
    return try reading(customers, in: store, within: bounds)
  }

  private func reading(_ customers: [Reference], in store: Store, within bounds: Bounds) throws -> [Timeline?] {
    try TimelineSource.reading(store, within: bounds) { source in try customers.map { try source.timeline(of: $0) } }
  }

  private func link(_ id: String, _ one: Int, _ other: Int, isLink: Bool = true, minute: Int) -> Event {
    Samples.event(
      id, isLink ? "identity.linked" : "identity.unlinked", of: Samples.customer(one),
      data: ["other": .string(Samples.customer(other).text), "evidence": "the same card", "confidence": 0.5]
    ).with { $0.occurredAt = Samples.minute(minute) }
  }

  /// Whatever can be in a log of a few customers, at the minutes from 0 to 300.
  private func events(using random: inout SplitMix64) -> [Event] {
    var generator = EventGenerator(seed: random.next())
    return (0..<40).map { _ in
      let customer = Int.random(in: 0...5, using: &random)
      var event = customer == 0 ? generator.event() : generator.event(of: Samples.customer(customer))
      while event.type.hasPrefix("identity.") { event = generator.event(of: Samples.customer(1)) }
      event.occurredAt = Samples.minute(.random(in: 0...300, using: &random))
      return event
    }
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `linked and unlinked is the same as never linked, line by line, whatever came first`(seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    var events = events(using: &random)
    for pair in 0..<3 {
      let customers = [1, 2, 3, 4, 5].shuffled(using: &random)
      for repeated in 0..<Int.random(in: 1...3, using: &random) {
        let minute = Int.random(in: 0...300, using: &random)
        events.append(link("link \(pair) \(repeated)", customers[0], customers[1], minute: minute))
      }
      events.append(link("unlink \(pair)", customers[1], customers[0], isLink: false, minute: 301 + pair))
    }
    events.shuffle(using: &random)
    // All have their numbers first, which a link gives out, too.
    events = (1...5).map { Samples.praise("first \($0)", of: Samples.customer($0)) } + events
    // Another fact at the same place and time, which says nothing of identity.
    let neverLinked = events.map { event in
      event.type.hasPrefix("identity.") ? event.with { $0.type = "acme.note" } : event
    }
    let links = events.indices.filter { events[$0].type.hasPrefix("identity.") }
    let replaced = Set(links.map { Position(UInt64($0)) })
    func others(_ timeline: Timeline?) -> [Timeline.Line]? {
      timeline?.lines.filter { !replaced.contains($0.position) }
    }
    let customers = (1...5).map(Samples.customer)
    let unlinked = try await timelines(of: customers, after: events)
    let never = try await timelines(of: customers, after: neverLinked)
    #expect(unlinked.contains { $0 != nil })
    for (one, other) in zip(unlinked, never) {
      #expect(one?.interactions == other?.interactions)
      #expect(one?.promises == other?.promises)
      #expect(one?.spans == other?.spans)
      #expect(others(one) == others(other))
      #expect(one?.lines.map(\.position) == other?.lines.map(\.position))
      #expect(one?.provenance == other?.provenance)
    }
    // While a link holds, more is seen than afterwards: the test would pass if links did nothing, too.
    let linked = try await timelines(of: customers, after: events, within: Bounds(asOf: Samples.minute(300)))
    #expect(linked.contains { ($0?.provenance.references.count ?? 0) > 1 })
  }

  @Test func `who was two is one with the link, and two again without, under both clocks`() async throws {
    let events = [
      Samples.call("pbx:1", of: Samples.customer(1)),
      Samples.call("pbx:2", of: Samples.customer(2)),
      [link("l", 1, 2, minute: 60), link("u", 2, 1, isLink: false, minute: 120)],
    ].flatMap { $0 }
    func counts(_ bounds: Bounds) async throws -> [Int] {
      try await timelines(of: [1, 2].map(Samples.customer), after: events, within: bounds).map { $0?.eventCount ?? 0 }
    }
    #expect(try await counts(Bounds()) == [5, 5])
    #expect(try await counts(Bounds(asOf: Samples.minute(119))) == [9, 9])
    #expect(try await counts(Bounds(asOf: Samples.minute(59))) == [4, 4])
    #expect(try await counts(Bounds(until: Position(9))) == [9, 9])
    #expect(try await counts(Bounds(until: Position(8))) == [4, 4])
  }

  @Test func `what others say of the link is told in both timelines`() async throws {
    let events = Samples.call("pbx:1") + Samples.call("pbx:2", of: Samples.customer(2)) + [link("l", 2, 1, minute: 60)]
    let unlinked = events + [link("u", 2, 1, isLink: false, minute: 90)]
    let timelines = try await timelines(of: [1, 2].map(Samples.customer), after: unlinked)
    #expect(timelines.map { $0?.linkStatements.map(\.isLink) } == [[true, false], [true, false]])
    #expect(timelines.map { $0?.eventCount } == [4, 6])
  }

  @Test func `anonymous events of a call that names two references of one person are theirs`() async throws {
    let call = Samples.call("pbx:1", of: nil)
    let events =
      call.prefix(2)
      + [call[2].with { $0.subject = Samples.customer(1) }, call[3].with { $0.subject = Samples.customer(2) }]
    let apart = try await timelines(of: [Samples.customer(1)], after: Array(events))
    #expect(apart.map { $0?.eventCount } == [1])
    let linked = try await timelines(of: [Samples.customer(1)], after: events + [link("l", 1, 2, minute: 9)])
    #expect(linked.map { $0?.eventCount } == [5])
    #expect(linked[0]?.lines.map(\.marks.isAnonymous) == [true, true, false, false, false])
  }

  @Test func `a promise is overdue once the log goes on past its time`() async throws {
    let promise = Samples.event(
      "p", "promise.made", of: Samples.customer(1),
      data: ["promise": "p", "kind": "answer", "dueAt": .string(Samples.minute(10).rfc3339)])
    let later = Samples.praise("later", of: Samples.customer(2)).with { $0.occurredAt = Samples.minute(20) }
    func state(_ events: [Event], _ bounds: Bounds = Bounds()) async throws -> Timeline.Promise.State? {
      try await timelines(of: [Samples.customer(1)], after: events, within: bounds)[0]?.promises.first?.state
    }
    #expect(try await state([promise]) == .open)
    #expect(try await state([promise, later]) == .overdue)
    #expect(try await state([promise, later], Bounds(asOf: Samples.minute(5))) == .open)
  }
}
