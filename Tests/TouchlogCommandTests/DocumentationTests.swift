import Foundation
import Testing

@testable import TouchlogCommand

@Suite struct `The command's page` {
  @Test func `exit codes are documented as they are`() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources/Touchlog/Documentation.docc/The-command.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    for status in ExitStatus.allCases {
      #expect(text.contains("\n| \(status.rawValue) | \(status.meaning) |\n"))
    }
    #expect(text.matches(of: #/\n\| [0-9]+ \|/#).count == ExitStatus.allCases.count)
  }
}
