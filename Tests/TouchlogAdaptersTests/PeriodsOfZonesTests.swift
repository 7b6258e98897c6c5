import Foundation
import Testing
import Touchlog
import TouchlogAdapters

/// Against Python 3.11's `datetime` and `zoneinfo`, on the same system's zone files.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: TimeZoneRules.systemDatabase), "there is no tzdata"))
struct `Periods of zones` {
  /// `zone instant label start end`, where `d = datetime.fromisoformat(instant).astimezone(zone).date()`, weeks begin at
  /// `d - timedelta(days=d.weekday())`, months at `d.replace(day=1)`, and an instant is
  /// `datetime(y, m, d, tzinfo=zone).astimezone(timezone.utc)`.
  static let rows = """
    Europe/Stockholm 2025-03-14T22:59:59Z 2025-03-14 2025-03-13T23:00:00Z 2025-03-14T23:00:00Z
    Europe/Stockholm 2025-03-14T22:59:59Z 2025-W11 2025-03-09T23:00:00Z 2025-03-16T23:00:00Z
    Europe/Stockholm 2025-03-14T22:59:59Z 2025-03 2025-02-28T23:00:00Z 2025-03-31T22:00:00Z
    Europe/Stockholm 2025-03-14T23:00:00Z 2025-03-15 2025-03-14T23:00:00Z 2025-03-15T23:00:00Z
    Europe/Stockholm 2025-03-14T23:00:00Z 2025-W11 2025-03-09T23:00:00Z 2025-03-16T23:00:00Z
    Europe/Stockholm 2025-03-14T23:00:00Z 2025-03 2025-02-28T23:00:00Z 2025-03-31T22:00:00Z
    Europe/Stockholm 2025-03-30T12:00:00Z 2025-03-30 2025-03-29T23:00:00Z 2025-03-30T22:00:00Z
    Europe/Stockholm 2025-03-30T12:00:00Z 2025-W13 2025-03-23T23:00:00Z 2025-03-30T22:00:00Z
    Europe/Stockholm 2025-03-30T12:00:00Z 2025-03 2025-02-28T23:00:00Z 2025-03-31T22:00:00Z
    Europe/Stockholm 2025-10-26T22:59:59Z 2025-10-26 2025-10-25T22:00:00Z 2025-10-26T23:00:00Z
    Europe/Stockholm 2025-10-26T22:59:59Z 2025-W43 2025-10-19T22:00:00Z 2025-10-26T23:00:00Z
    Europe/Stockholm 2025-10-26T22:59:59Z 2025-10 2025-09-30T22:00:00Z 2025-10-31T23:00:00Z
    Europe/Stockholm 2025-12-28T23:00:00Z 2025-12-29 2025-12-28T23:00:00Z 2025-12-29T23:00:00Z
    Europe/Stockholm 2025-12-28T23:00:00Z 2026-W01 2025-12-28T23:00:00Z 2026-01-04T23:00:00Z
    Europe/Stockholm 2025-12-28T23:00:00Z 2025-12 2025-11-30T23:00:00Z 2025-12-31T23:00:00Z
    Europe/Stockholm 2021-01-03T12:00:00Z 2021-01-03 2021-01-02T23:00:00Z 2021-01-03T23:00:00Z
    Europe/Stockholm 2021-01-03T12:00:00Z 2020-W53 2020-12-27T23:00:00Z 2021-01-03T23:00:00Z
    Europe/Stockholm 2021-01-03T12:00:00Z 2021-01 2020-12-31T23:00:00Z 2021-01-31T23:00:00Z
    Europe/Stockholm 1969-12-31T23:30:00Z 1970-01-01 1969-12-31T23:00:00Z 1970-01-01T23:00:00Z
    Europe/Stockholm 1969-12-31T23:30:00Z 1970-W01 1969-12-28T23:00:00Z 1970-01-04T23:00:00Z
    Europe/Stockholm 1969-12-31T23:30:00Z 1970-01 1969-12-31T23:00:00Z 1970-01-31T23:00:00Z
    America/New_York 2024-11-04T04:59:59Z 2024-11-03 2024-11-03T04:00:00Z 2024-11-04T05:00:00Z
    America/New_York 2024-11-04T04:59:59Z 2024-W44 2024-10-28T04:00:00Z 2024-11-04T05:00:00Z
    America/New_York 2024-11-04T04:59:59Z 2024-11 2024-11-01T04:00:00Z 2024-12-01T05:00:00Z
    America/New_York 2024-12-31T12:00:00Z 2024-12-31 2024-12-31T05:00:00Z 2025-01-01T05:00:00Z
    America/New_York 2024-12-31T12:00:00Z 2025-W01 2024-12-30T05:00:00Z 2025-01-06T05:00:00Z
    America/New_York 2024-12-31T12:00:00Z 2024-12 2024-12-01T05:00:00Z 2025-01-01T05:00:00Z
    America/Sao_Paulo 2018-11-04T03:00:00Z 2018-11-04 2018-11-04T03:00:00Z 2018-11-05T02:00:00Z
    America/Sao_Paulo 2018-11-04T03:00:00Z 2018-W44 2018-10-29T03:00:00Z 2018-11-05T02:00:00Z
    America/Sao_Paulo 2018-11-04T03:00:00Z 2018-11 2018-11-01T03:00:00Z 2018-12-01T02:00:00Z
    America/Sao_Paulo 2018-02-18T02:30:00Z 2018-02-17 2018-02-17T02:00:00Z 2018-02-18T03:00:00Z
    America/Sao_Paulo 2018-02-18T02:30:00Z 2018-W07 2018-02-12T02:00:00Z 2018-02-19T03:00:00Z
    America/Sao_Paulo 2018-02-18T02:30:00Z 2018-02 2018-02-01T02:00:00Z 2018-03-01T03:00:00Z
    Australia/Lord_Howe 2025-04-05T15:15:00Z 2025-04-06 2025-04-05T13:00:00Z 2025-04-06T13:30:00Z
    Australia/Lord_Howe 2025-04-05T15:15:00Z 2025-W14 2025-03-30T13:00:00Z 2025-04-06T13:30:00Z
    Australia/Lord_Howe 2025-04-05T15:15:00Z 2025-04 2025-03-31T13:00:00Z 2025-04-30T13:30:00Z
    Asia/Kathmandu 2026-12-31T18:15:00Z 2027-01-01 2026-12-31T18:15:00Z 2027-01-01T18:15:00Z
    Asia/Kathmandu 2026-12-31T18:15:00Z 2026-W53 2026-12-27T18:15:00Z 2027-01-03T18:15:00Z
    Asia/Kathmandu 2026-12-31T18:15:00Z 2027-01 2026-12-31T18:15:00Z 2027-01-31T18:15:00Z
    Pacific/Apia 2011-12-30T09:59:59Z 2011-12-29 2011-12-29T10:00:00Z 2011-12-30T10:00:00Z
    Pacific/Apia 2011-12-30T09:59:59Z 2011-W52 2011-12-26T10:00:00Z 2012-01-01T10:00:00Z
    Pacific/Apia 2011-12-30T09:59:59Z 2011-12 2011-12-01T10:00:00Z 2011-12-31T10:00:00Z
    Pacific/Apia 2011-12-30T10:00:00Z 2011-12-31 2011-12-30T10:00:00Z 2011-12-31T10:00:00Z
    Pacific/Apia 2011-12-30T10:00:00Z 2011-W52 2011-12-26T10:00:00Z 2012-01-01T10:00:00Z
    Pacific/Apia 2011-12-30T10:00:00Z 2011-12 2011-12-01T10:00:00Z 2011-12-31T10:00:00Z
    UTC 2024-02-29T23:59:59Z 2024-02-29 2024-02-29T00:00:00Z 2024-03-01T00:00:00Z
    UTC 2024-02-29T23:59:59Z 2024-W09 2024-02-26T00:00:00Z 2024-03-04T00:00:00Z
    UTC 2024-02-29T23:59:59Z 2024-02 2024-02-01T00:00:00Z 2024-03-01T00:00:00Z
    """

  @Test func `an instant's day, week and month are those of Python`() throws {
    let rows = Self.rows.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(rows.count == 48)
    for (index, row) in rows.enumerated() {
      let period = ReportingPeriod.allCases[index % 3]
      let time = try #require(Timestamp(rfc3339: row[1]))
      let periods = period.prepared(
        in: try TimeZoneRules(named: row[0]), from: time.adding(seconds: -1), to: time.adding(seconds: 40 * 86_400))
      let number = periods.number(of: time)
      let found = [
        row[0], row[1], periods.label(of: number), periods.start(of: number).rfc3339, periods.end(of: number).rfc3339,
      ]
      #expect(found == row)
    }
  }

  /// The starts of all days, weeks and months from 1980 to 2024: `sum = (sum * 31 + seconds) % 2**64`.
  @Test(arguments: [
    ("Europe/Stockholm", [0x6824_957B_C819_6520, 0xD06F_77E0_A7DA_8CD0, 0x6CFA_8EF3_5890_D040]),
    ("America/New_York", [0xB3F7_759D_229D_B530, 0xE51B_607F_35E7_D920, 0xB93A_F199_1762_0E00]),
    ("America/Sao_Paulo", [0x282A_83D5_CB3B_A980, 0x4C72_7DA3_C7ED_B100, 0x615D_7922_1263_EBE0]),
    ("America/St_Johns", [0xE888_F131_A4C2_8018, 0x0A0F_3009_349B_B920, 0x8779_5BF8_27A4_1E00]),
    ("Australia/Lord_Howe", [0xEB89_6972_F9F4_6748, 0xF08B_9296_922F_1208, 0x6903_25B5_D386_3BE0]),
    ("Asia/Kathmandu", [0x52C0_CF3E_8CA5_34A8, 0x8D8E_46DE_8D58_6DFC, 0x14A6_D460_8709_8AFC]),
    ("Pacific/Apia", [0x9599_5BA2_0EFB_1580, 0x49F0_54FF_3BAE_9990, 0x09CD_49E3_BB5C_7F50]),
    ("Asia/Beirut", [0xF62D_34AD_1B8D_D0D0, 0xAEDF_8573_CCB0_C8D0, 0x8F65_3834_2F06_19E0]),
    ("UTC", [0x2B6A_FDD4_1210_4D00, 0x80E3_D243_67A9_8700, 0x3008_FDDD_E7BE_5400]),
  ])
  func `all of 45 years begin when Python says`(_ name: String, _ sums: [UInt64]) throws {
    let zone = try TimeZoneRules(named: name)
    let first = ReportingPeriod.day.number(of: CivilDate(year: 1980, month: 1, day: 1))
    let last = ReportingPeriod.day.number(of: CivilDate(year: 2024, month: 12, day: 31))
    for (period, expected) in zip(ReportingPeriod.allCases, sums) {
      let prepared = period.prepared(
        in: zone, from: Timestamp(seconds: Int64(first) * 86_400), to: Timestamp(seconds: Int64(last) * 86_400))
      var sum: UInt64 = 0
      for day in first...last {
        let number = period.number(of: CivilDate(daysSince1970: day))
        guard period.firstDay(of: number).daysSince1970 == day else { continue }
        sum = sum &* 31 &+ UInt64(prepared.start(of: number).microseconds / 1_000_000)
      }
      #expect(sum == expected, "\(period)")
    }
  }
}
