import Testing
import Touchlog

@testable import TouchlogCommand

@Suite struct `Figures and arguments` {
  @Test func `figures are grouped, sized and short`() {
    #expect([0, 999, 1000, 1_234_567, -1234].map(\.grouped) == ["0", "999", "1,000", "1,234,567", "-1,234"])
    #expect([1, 2].map { $0.counted("event") } == ["1 event", "2 events"])
    let sizes = [812, 1024, 1_572_864, 250 << 20, 3 << 40]
    #expect(sizes.map(\.byteSize) == ["812 B", "1.0 KiB", "1.5 MiB", "250 MiB", "3.0 TiB"])
    let durations: [Duration] = [.milliseconds(320), .milliseconds(3200), .seconds(42), .seconds(250), .seconds(7500)]
    #expect(durations.map(\.short) == ["320 ms", "3.2 s", "42 s", "4 min 10 s", "2 h 5 min"])
    #expect(0.25.rounded(toPlaces: 2) == "0.25")
    #expect(1.999.rounded(toPlaces: 1) == "2.0")
    #expect((-0.04).rounded(toPlaces: 1) == "0.0")
  }

  @Test func `texts are made harmless and cut`() {
    #expect("a\u{1B}[2Jb\n\u{202E}".inert == #"a\u{1b}[2Jb\n\u{202e}"#)
    #expect("Åsa 🙂".inert == "Åsa 🙂")
    #expect("abcdef".shortened(to: 4) == "abc…")
    #expect("abcd".shortened(to: 4) == "abcd")
    #expect("abcd".shortened(to: 0).isEmpty)
  }

  @Test func `sizes are read`() {
    #expect(ByteSize(argument: "64G")?.bytes == 64 << 30)
    #expect(ByteSize(argument: "1TiB")?.bytes == 1 << 40)
    #expect(ByteSize(argument: "4096")?.bytes == 4096)
    for text in ["", "G", "-1G", "0", "1.5G", "99999999T", "64X"] {
      #expect(ByteSize(argument: text) == nil, "\(text)")
    }
  }

  @Test func `times are read in three forms`() throws {
    let now = try #require(Timestamp(rfc3339: "2025-03-08T12:00:00Z"))
    func read(_ text: String) -> String? { TimeArgument(text, now: now)?.time.rfc3339 }
    #expect(read("2025-03-01T09:15:00+01:00") == "2025-03-01T08:15:00Z")
    #expect(read("2025-03-01") == "2025-03-01T00:00:00Z")
    #expect(read("7d") == "2025-03-01T12:00:00Z")
    #expect(read("2h") == "2025-03-08T10:00:00Z")
    #expect(read("90s") == "2025-03-08T11:58:30Z")
    for text in ["", "d", "-1d", "soon", "2025-02-30", "7y"] { #expect(read(text) == nil, "\(text)") }
  }

  @Test func `a position and a time are told apart`() throws {
    #expect(try KnownAt.parse("17") == .position(Position(17)))
    #expect(try KnownAt.parse("2025-03-01") == .time(#require(Timestamp(rfc3339: "2025-03-01T00:00:00Z"))))
    #expect(throws: (any Error).self) { try KnownAt.parse("soon") }
  }

  @Test func `an event's line fits its width, and shows what there is room for`() throws {
    let time = try #require(Timestamp(rfc3339: "2025-03-01T09:15:00Z"))
    let event = Event(
      id: "a", source: "/pbx", type: "contact.started", occurredAt: time, channel: .phone, interaction: "pbx-17",
      data: ["direction": "inbound"])
    let opened = OpenedEvent(
      position: Position(17), recordedAt: time, customerNumber: CustomerNumber(1), customer: try Reference("crm:42"),
      streamVersion: 0, event: event)
    func line(_ width: Int) -> String {
      EventLine.Columns(width: width, hasColour: false, head: Position(100)).line(opened)
    }
    let whole =
      #"  17  2025-03-01 09:15:00  phone     contact.started      crm:42        pbx-17  {"direction":"inbound"}"#
    #expect(line(200) == whole)
    #expect(line(60) == "  17  2025-03-01 09:15  phone  contact.started   crm:42     ")
    #expect(line(90).hasSuffix("  pbx-17  {\"directi…"))
    for width in [1, 2, 20, 58, 70, 80] { #expect(line(width).count <= width) }
  }

  @Test func `progress fits its width, and tells rate and time left where they are known`() {
    let line = ProgressLine(count: 1_200_000, unit: "events", fraction: 0.4, elapsed: .seconds(4))
    #expect(line.words == "1,200,000 events, 40 %, 300,000/s, 6.0 s left")
    for width in [20, 60, 79, 200] { #expect(line.drawn(width: width).count <= width) }
    #expect(line.drawn(width: 79).hasPrefix("[####"))
    let pipe = ProgressLine(count: 5, unit: "events", fraction: nil, elapsed: .seconds(1))
    #expect(pipe.words == "5 events, 5/s")
    #expect(pipe.drawn(width: 79) == "5 events  5/s")
  }
}
