import Simulation
import Testing

@Suite struct SimulatorTests {
  @Test func `the same options give the same bytes, another seed gives others`() throws {
    let options = Simulator.Options(events: 5000, seed: 7, duplicateShare: 0.02)
    #expect(try bytes(options) == bytes(options))
    #expect(try bytes(options) != bytes(.init(events: 5000, seed: 8, duplicateShare: 0.02)))
  }

  /// Guards the bytes across machines, compilers and changes of the code. Whoever changes what is simulated changes
  /// this number, and with it every figure that was measured on the stream.
  @Test func `the lines of a seed never change`() throws {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    var lines = 0
    for byte in try bytes(.init(events: 20_000, seed: 7)) {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
      if byte == UInt8(ascii: "\n") { lines += 1 }
    }
    #expect(lines == 20_000)
    #expect(hash == 7_219_496_196_962_687_249)
  }

  @Test(arguments: [1, 2, 3, 10, 99, 1000, 50_000])
  func `exactly the lines asked for come out`(count: Int) throws {
    #expect(try bytes(.init(events: count, seed: 3)).count { $0 == UInt8(ascii: "\n") } == count)
  }

  @Test(arguments: [
    Simulator.Options(events: 700, lateShare: 1), .init(events: 700, lateShare: 0, duplicateShare: 1),
    .init(events: 700, anonymousShare: 1), .init(events: 700, lateShare: 1, duplicateShare: 1, anonymousShare: 0),
    .init(events: 700, from: CalendarDay(year: 2023, month: 3, day: 1)),
  ])
  func `extreme shares and other years keep the count`(options: Simulator.Options) throws {
    #expect(try texts(options).count == 700)
  }

  @Test func `a year may begin on any day`() throws {
    let day = try #require(CalendarDay("2019-07-15"))
    let times = try texts(.init(events: 3000, from: day)).map(line).map(\.time)
    let begin = try #require(Line.microseconds("2019-07-15T00:00:00Z"))
    let end = try #require(Line.microseconds("2020-07-14T00:00:00Z"))
    #expect(times.allSatisfy { $0 >= begin && $0 < end })
    #expect(try #require(times.max()) > end - 3 * 86_400_000_000)
  }

  @Test func `a sink that throws stops the run with its error`() throws {
    let simulator = try Simulator(options: .init(events: 20_000))
    var calls = 0
    #expect(throws: StreamFault.self) {
      try simulator.run { _ in
        calls += 1
        throw StreamFault.stopped
      }
    }
    #expect(calls == 1)
  }

  @Test func `progress counts the lines handed over, up to all of them`() throws {
    var reports: [Int] = []
    var handedOver = 0
    try Simulator(options: .init(events: 9000)).run { chunk in
      handedOver += chunk.count { $0 == UInt8(ascii: "\n") }
    } progress: { lines in
      #expect(lines == handedOver)
      reports.append(lines)
    }
    #expect(reports.count > 1)
    #expect(reports.last == 9000)
    #expect(reports == reports.sorted())
  }

  @Test func `options out of range are refused by name`() throws {
    #expect(throws: Simulator.OptionsError.events(0)) { try Simulator(options: .init(events: 0)) }
    #expect(throws: Simulator.OptionsError.events(1_000_000_001)) {
      try Simulator(options: .init(events: 1_000_000_001))
    }
    #expect(throws: Simulator.OptionsError.share(name: "lateShare", 1.5)) {
      try Simulator(options: .init(events: 1, lateShare: 1.5))
    }
    #expect(throws: Simulator.OptionsError.share(name: "duplicateShare", -0.1)) {
      try Simulator(options: .init(events: 1, duplicateShare: -0.1))
    }
    #expect(throws: Simulator.OptionsError.self) { try Simulator(options: .init(events: 1, anonymousShare: .nan)) }
    #expect(
      Simulator.OptionsError.share(name: "lateShare", 1.5).description
        == "lateShare: expected a share from 0 to 1, got 1.5; one percent is 0.01")
  }

  @Test(arguments: ["2025-02-29", "2025-13-01", "2025-1-1", "1969-12-31", "2025-00-10", "20250101", "", "2025-01-0a"])
  func `a text that is no day is refused`(text: String) {
    #expect(CalendarDay(text) == nil)
  }

  @Test func `a leap day is a day`() throws {
    #expect(CalendarDay("2024-02-29") == CalendarDay(year: 2024, month: 2, day: 29))
  }
}
