import Foundation
import ServiceConsistency
import Statistics
import Testing

/// The page that defines the figures says what the code does.
@Suite struct FiguresPageTests {
  private func page() throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(
      contentsOf: root.appending(path: "Sources/Touchlog/Documentation.docc/The-figures.md"), encoding: .utf8)
  }

  @Test func `each figure has its line`() throws {
    let rows = try page().split(separator: "\n").filter { $0.hasPrefix("| ") }
    for figure in ServiceFigure.allCases where figure != .interactions {
      #expect(rows.contains { $0.contains(figure.title) }, "\(figure.title)")
    }
  }

  @Test func `each convention has its default`() throws {
    let page = try page()
    let defaults = ServiceParameters()
    for (option, value) in [
      ("--wait-from", "\(defaults.waitStart)"), ("--first-reply", "\(defaults.firstReply)"),
      ("--handler", defaults.handler.rawValue), ("--feedback-to", defaults.feedbackBelongs.rawValue),
      ("--repeat-window", "\(defaults.repeatWindowDays) days"), ("--anchors", defaults.anchors.rawValue),
      ("--standards", defaults.standards.rawValue), ("--abandoned-waits", defaults.abandonedWaits.rawValue),
      ("--overdue-promises", defaults.overduePromises.rawValue),
      ("--percentile-type", "\(defaults.percentileType.rawValue)"), ("--empty-topics", defaults.emptyStrata.rawValue),
    ] {
      #expect(page.contains("| `\(option)` | \(value) |"), "\(option) is \(value)")
    }
  }
}
