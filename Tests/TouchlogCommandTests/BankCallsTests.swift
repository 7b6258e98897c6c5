import Foundation
import JSON
import Testing

/// A month of a bank's calls, from the file to the figures of the log. The figures that need no projection are
/// published; those that follow from the events alone are tested where the mapping is.
@Suite struct BankCallsTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let calls: String? = {
    let shared =
      ProcessInfo.processInfo.environment["TOUCHLOG_SHARED"].map { URL(filePath: $0) }
      ?? root.appending(path: "../shared")
    let path = shared.appending(path: "data/bank-calls/anonymous_bank_1999_02.tsv.gz").path
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()

  @Test(.enabled(if: calls != nil, "the shared data is not beside the checkout"))
  func `a bank's calls are imported once, however often`() throws {
    let sandbox = try Sandbox.withStore()
    let calls = try #require(BankCallsTests.calls)
    let mapping = BankCallsTests.root.appending(path: "Tools/mappings/bank-calls.yaml").path
    let line = "gunzip -c '\(calls)' | touchlog import - --mapping '\(mapping)' --json"

    let first = try sandbox.shell(line)
    #expect(first.status == 0, "\(first.errors)")
    let receipt = try JSONValue(parsing: first.output)
    #expect(receipt["appended"] == 126_360)
    #expect(receipt["duplicates"] == 0)
    let stats = try JSONValue(parsing: try sandbox.touchlog("stats", "--json").output)
    #expect(stats["interactions"] == 33_066)
    #expect(stats["customers"] == 4_021)
    #expect(stats["head"] == 126_360)

    let second = try JSONValue(parsing: try sandbox.shell(line).output)
    #expect(second["appended"] == 0)
    #expect(second["duplicates"] == 126_360)
    #expect(try JSONValue(parsing: try sandbox.touchlog("stats", "--json").output)["head"] == 126_360)
    #expect(try sandbox.touchlog("verify").status == 0)
  }
}
