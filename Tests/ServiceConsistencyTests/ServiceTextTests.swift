import ServiceConsistency
import Testing
import Touchlog
import TouchlogTesting

@Suite struct `Reports as text` {
  private static func report(_ change: (inout ServiceParameters) -> Void = { _ in }) throws -> ServiceReport {
    try `The report on service`.report(
      `The report on service`.call("a", day: 1, of: 1)
        + `The report on service`.call("b", day: 4, of: 1, channel: .chat)
        + `The report on service`.call("c", day: 20, of: 0, outcome: "abandoned"), change)
  }

  @Test func `the provenance and every convention come first`() throws {
    let text = ServiceText.render(try Self.report(), width: 100)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0].hasPrefix("service-consistency v2 · log at 8"))
    let head = lines.prefix { !$0.hasPrefix("behind") }.joined(separator: " ")
    for (name, value) in try Self.report().parameters.words { #expect(head.contains("\(name): \(value)"), "\(name)") }
    #expect(text.contains("0 customers parked"))
    #expect(text.contains("\nphone · 2 interactions · 1 person"))
  }

  @Test(arguments: [40, 60, 80, 200])
  func `no line is wider than the page, and nothing controls the terminal`(_ width: Int) throws {
    let event = `The report on service`.call("x", day: 2, of: 3, topic: "bill\u{202E}ing")
    let report = try `The report on service`.report(event) { $0.by = .topic }
    for text in [ServiceText.render(report, width: width), ServiceText.render(try Self.report(), width: width)] {
      #expect(
        text.unicodeScalars.allSatisfy { $0 == "\n" || ![.control, .format].contains($0.properties.generalCategory) })
      let widest = text.split(separator: "\n").map(\.count).max() ?? 0
      #expect(widest <= max(width, 60), "\(widest)")
    }
  }

  @Test func `CSV has a line for each figure, with as many fields as its head`() throws {
    let csv = ServiceText.csv(try Self.report { $0.period = .week })
    let lines = csv.split(separator: "\r\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(lines.allSatisfy { $0.count == 15 })
    #expect(lines.contains { $0.prefix(4) == ["2025-W09", "phone", "wait", "1"] && $0[4] == "60.0" })
    #expect(lines.contains { $0.prefix(5) == ["2025-W12", "all", "abandoned", "1", "1.0"] })
  }
}
