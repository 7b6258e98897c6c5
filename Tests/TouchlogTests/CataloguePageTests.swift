import Foundation
import Testing
import Touchlog

@Suite struct CataloguePageTests {
  private static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources/Touchlog/Documentation.docc/The-catalogue.md")

  @Test func `the page in the documentation is the one that the declarations make`() throws {
    if ProcessInfo.processInfo.environment["TOUCHLOG_WRITE_GOLDEN"] == "1" {
      try Catalogue.markdown.write(to: CataloguePageTests.page, atomically: true, encoding: .utf8)
    }
    let page = try String(contentsOf: CataloguePageTests.page, encoding: .utf8)
    #expect(page == Catalogue.markdown, "run this test with TOUCHLOG_WRITE_GOLDEN=1 and look at what changed")
  }

  @Test func `every type and every field has its row`() {
    let rows = Catalogue.markdown.split(separator: "\n").filter { $0.hasPrefix("|") }
    for type in Catalogue.all {
      let row = rows.firstIndex { $0.hasPrefix("| `\(type.name)` | \(type.code) | ") }
      guard let row else {
        Issue.record("\(type.name) has no row")
        continue
      }
      #expect(rows[row].hasSuffix("| \(type.meaning) |"))
      for (index, member) in type.fields.enumerated() {
        let text = rows[row + 1 + index]
        #expect(text.hasPrefix("| | | | `\(member.field.name)` | "), "\(type.name)")
        #expect(text.hasSuffix(" | \(member.isRequired ? "yes" : "no") | \(member.field.meaning) |"), "\(type.name)")
      }
    }
  }

  @Test func `every row has the cells of its table`() {
    let rows = Catalogue.markdown.split(separator: "\n").filter { $0.hasPrefix("|") }
    #expect(rows.count > Catalogue.all.count)
    for row in rows { #expect(row.count { $0 == "|" } == 8, "\(row)") }
  }

  @Test func `the rules of a type are told`() {
    #expect(Catalogue.markdown.contains("| at least one of `toTeam`, `toAgent`, `toChannel` |"))
    #expect(Catalogue.markdown.contains("| `windowEnd` is no less than `windowStart` |"))
  }
}
