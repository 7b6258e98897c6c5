import CustomerTimeline
import Testing

@Suite struct PlainWordsTests {
  private static let cases: [(Int64, String)] = [
    (0, "0 s"), (400, "under 1 s"), (42_000, "42 s"), (42_999, "42 s"), (60_000, "1 min"), (185_000, "3 min 5 s"),
    (3_600_000, "1 h"), (3_601_000, "1 h"), (3_720_000, "1 h 2 min"), (183_600_000, "2 d 3 h"),
    (34_560_059_000, "400 d"), (-185_000, "3 min 5 s"),
  ]

  @Test(arguments: cases)
  func `a duration is told by its two largest units`(milliseconds: Int64, words: String) {
    #expect(Timeline.words(for: .milliseconds(milliseconds)) == words)
  }
}
