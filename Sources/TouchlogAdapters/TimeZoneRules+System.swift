public import Touchlog

extension TimeZoneRules {
  /// Where systems keep the compiled time zone database.
  public static let systemDatabase = "/usr/share/zoneinfo"

  /// A zone by its name: `UTC`, which needs no files, or one of the system's database, such as `Europe/Stockholm`.
  ///
  /// - Throws: `TimeZoneError` when there is no zone of that name, or its file is not what it should be.
  public init(named name: String, database: String = TimeZoneRules.systemDatabase) throws(TimeZoneError) {
    if name == "UTC" {
      self = .utc
    } else {
      self = try TimeZoneFile.rules(named: name, database: database)
    }
  }
}
