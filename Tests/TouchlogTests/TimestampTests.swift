import Testing
import Touchlog

@Suite struct TimestampTests {
  @Test func `days are counted as one counts them by hand, from year 1 to 3000`() {
    var days = -719_162
    var misses = 0
    for year in 1...3000 {
      for month in 1...12 {
        let length = PlainReading.monthLengths(year)[month - 1]
        if CivilDate.daysInMonth(month, of: year) != length { misses += 1 }
        for day in 1...length {
          let date = CivilDate(year: year, month: month, day: day)
          if date.daysSince1970 != days || CivilDate(daysSince1970: days) != date { misses += 1 }
          days += 1
        }
      }
    }
    #expect(misses == 0)
    #expect(days == CivilDate(year: 3001, month: 1, day: 1).daysSince1970)
    #expect(CivilDate(year: 1970, month: 1, day: 1).daysSince1970 == 0)
  }

  @Test func `days before year 1 are counted on`() {
    for days in stride(from: -2_000_000, through: -719_163, by: 97) {
      let date = CivilDate(daysSince1970: days)
      #expect(date.daysSince1970 == days)
      #expect((1...CivilDate.daysInMonth(date.month, of: date.year)).contains(date.day))
    }
    #expect(CivilDate(daysSince1970: -719_163) == CivilDate(year: 0, month: 12, day: 31))
  }

  @Test func `a year is leap every four, but for three of four centuries`() {
    #expect([1900, 2000, 2023, 2024, 2100, 2400].map { CivilDate.daysInMonth(2, of: $0) } == [28, 29, 28, 29, 28, 29])
  }

  @Test func `a time is a day and a time of day, before 1970 too`() {
    let before = Timestamp(microseconds: -1)
    #expect(before.civil.date == CivilDate(year: 1969, month: 12, day: 31))
    #expect(before.civil.microsecondOfDay == 86_399_999_999)
    var random = SeededRandom(seed: 1970)
    for _ in 0..<2000 {
      let time = Timestamp(microseconds: .random(in: -1 << 56...1 << 56, using: &random))
      let (date, microsecondOfDay) = time.civil
      #expect((0..<86_400_000_000).contains(microsecondOfDay))
      #expect(Timestamp(date: date, microsecondOfDay: microsecondOfDay) == time)
    }
  }

  @Test func `times are ordered, moved and told apart`() {
    let time = Timestamp(seconds: 100)
    #expect(time.microseconds == 100_000_000)
    #expect(time.adding(seconds: -101) == Timestamp(microseconds: -1_000_000))
    #expect(time < time.adding(seconds: 1))
    #expect(!(time < time))
    #expect(time.microseconds(since: Timestamp(seconds: 101)) == -1_000_000)
    #expect(Timestamp.earliest.rfc3339 == "1900-01-01T00:00:00Z")
  }
}
