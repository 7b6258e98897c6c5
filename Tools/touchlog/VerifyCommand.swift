import ArgumentParser
import JSON
import Touchlog
import TouchlogStore

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check every record and every index against the log.",
    discussion: """
      Ends with 0 where all is as it was written, and with 1 where it is not; each damage is then told on a line of \
      its own. The root is that of the Merkle tree over all records: two stores with the same root hold the same log.

      Examples:
        touchlog verify --store ./store
        touchlog verify --quiet --json | jq .root
      """)

  @OptionGroup var store: StoreOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func run() throws {
    let opened = try store.open(.reading)
    var progress = ProgressBar(unit: "events", isQuiet: quiet)
    let verification = try opened.verify { done, total in
      progress.update(Int(done), fraction: total == 0 ? nil : Double(done) / Double(total))
    }
    progress.clear()
    let elapsed = progress.elapsed
    var output = Output()
    if json {
      try output.write(VerifyCommand.json(verification) + [UInt8(ascii: "\n")])
    } else {
      for damage in verification.damages { try output.writeLine(damage.description.inert) }
      if verification.damages.isEmpty {
        try output.writeLine(
          "\(verification.events.counted("event")) verified, all as written, root \(verification.root), \(elapsed.short)"
        )
      }
    }
    try output.flush()
    guard verification.damages.isEmpty else {
      throw Failure(VerifyCommand.words(for: verification), .found)
    }
  }

  private static func words(for verification: Verification) -> String {
    let positions = Set(verification.damages.compactMap(\.position)).sorted()
    let shown = positions.prefix(10).map { $0.value.grouped }.joined(separator: ", ")
    let more = positions.count > 10 ? " and \((positions.count - 10).grouped) more" : ""
    let place = positions.isEmpty ? "" : ", at position\(positions.count == 1 ? "" : "s") \(shown)\(more)"
    return """
      \(verification.damages.count.counted("damage")) among \(verification.events.counted("event"))\(place). \
      Keep the store as it is for inspection, and restore a backup
      """
  }

  private static func json(_ verification: Verification) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member("events", verification.events)
      object.member("root", verification.root)
      object.key("damages")
      object.array { array in
        for damage in verification.damages {
          array.object { object in
            object.member("position", damage.position?.value)
            object.member("table", damage.table)
            object.member("what", damage.what)
          }
        }
      }
    }
    return writer.bytes
  }
}
