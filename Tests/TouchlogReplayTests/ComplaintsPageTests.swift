import Complaints
import Foundation
import Testing
import Touchlog
import TouchlogReplay
import TouchlogTesting

/// The worked example of the documentation, as the engine folds it, and its page.
@Suite struct ComplaintsPageTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// The blocks of a language in the page, each under the file that the line before it names.
  private static func blocks(_ language: String) throws -> [(file: String, code: String)] {
    let page = try text("Sources/Touchlog/Documentation.docc/Write-a-projection.md")
    return page.matches(of: #/`([A-Za-z.\/]+)`[^\n]*:\n\n```([a-z]+)\n((?s).*?\n)```\n/#).compactMap { match in
      match.output.2 == language ? (String(match.output.1), String(match.output.3)) : nil
    }
  }

  @Test func `the code of the page is the code that is tested`() throws {
    let blocks = try ComplaintsPageTests.blocks("swift")
    #expect(blocks.count == 7)
    for (file, code) in blocks {
      // In the page the example lies where projections do.
      let there = file.replacing("Projections/Complaints", with: "Tests/Complaints")
      let here = code.replacing("Projections/Complaints", with: "Tests/Complaints")
      let path = there.replacing("Tests/ComplaintsTests", with: "Tests/TouchlogReplayTests")
      if path == "Projections/Catalog/Catalog.swift" {
        #expect(here == "      Fold(Complaints.self),\n")
        // The line is one of many of its kind.
        #expect(try ComplaintsPageTests.text(path).contains("      Fold(ChurnRisk.self),\n"))
      } else {
        #expect(try ComplaintsPageTests.text(path).contains(here), "the page has this otherwise than \(path):\n\(code)")
      }
    }
    // Nothing of the projection is left out of the page.
    for file in ["Complaints", "Tally", "ComplaintsReport", "ComplaintsText"] {
      let code = try ComplaintsPageTests.text("Tests/Complaints/\(file).swift")
      #expect(blocks.contains { $0.code == code }, "the page lacks \(file).swift")
    }
  }

  private func event(_ number: Int, _ type: String, of customer: Int, day: Int, _ topic: String) -> Event {
    Samples.event("\(number)", type, of: Samples.customer(customer), data: ["severity": 4]).with {
      $0.occurredAt = Samples.minute(day * 1440)
      $0.topic = topic
    }
  }

  @Test func `the engine makes the report of the page, at once and in steps`() async throws {
    let events = [
      event(1, "complaint.raised", of: 1, day: 0, "delivery"),
      event(2, "complaint.resolved", of: 1, day: 2, "delivery"),
      event(3, "complaint.raised", of: 2, day: 3, "invoice"),
      event(4, "complaint.raised", of: 1, day: 12, "delivery"),
      event(5, "complaint.resolved", of: 2, day: 14, "invoice"),
      event(6, "praise.given", of: 2, day: 60, "invoice"),
    ]
    let report = """
      complaints 1, 6 of 6 events, until 2025-04-30T12:00:00Z; again: within 30 days; customers left out: 0
      delivery: raised 2, customers 1, gravest 4, came again 1 of 1
      invoice: raised 1, customers 1, gravest 4, came again 0 of 1

      """
    let world = try ReplayStore()
    let replay = world.replay { [Fold(Complaints.self)] }
    for step in [events[..<3], events[3...]] {
      _ = try await world.store.append(Array(step))
      _ = try replay.catchUp()
    }
    #expect(try replay.withView(of: "complaints") { try ComplaintsReport(of: $0).text } == report)
    #expect(try replay.rebuild().first?.difference?.isEmpty == true)
    #expect(try SampleLog(events).view(of: Complaints.self).report == report)
    // The view is read as it lies on disk, and what came behind it is not missed.
    _ = try await world.store.append([event(7, "complaint.raised", of: 2, day: 61, "delivery")])
    let raised = try replay.withView(of: "complaints") { try ComplaintsReport(of: $0).lines["delivery"]?.raised }
    #expect(raised == 3)
    let blocks = try ComplaintsPageTests.blocks("text")
    #expect(blocks.map(\.code) == [report])
  }
}

extension FoldedView {
  fileprivate var report: String { get throws { try ComplaintsReport(of: self).text } }
}
