import ArgumentParser
import JSON
import Touchlog
import TouchlogReplay
import TouchlogStore

struct RebuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebuild",
    abstract: "Make views anew from the log's start, beside the ones that are there.",
    discussion: """
      Reports read the view before until the new one is whole; then it is said what differs, and the new one takes its \
      place. Killed, the same command goes on where it was.

      Examples:
        touchlog rebuild service-consistency --store ./store
        touchlog rebuild --all --keep-old
      """)

  @Argument(help: ArgumentHelp("Which projections; see: touchlog projections", valueName: "projection"))
  var projections: [String] = []

  @Flag(help: "All projections.")
  var all = false

  @OptionGroup var store: StoreOptions

  @OptionGroup var replaying: ReplayOptions

  @Flag(help: "Keep the view before, as NAME-vVERSION.old.")
  var keepOld = false

  @Flag(help: "Print one JSON object for each view.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func validate() throws {
    if projections.isEmpty != all { throw ValidationError("name projections, or give --all for all of them") }
  }

  func run() throws {
    let opened = try store.open(.reading)
    let replay = replaying.replay(of: opened)
    let work = ReplayRun(isQuiet: quiet)
    let rebuilt = try work.run { try replay.rebuild(projections, keepingOld: keepOld, progress: $0) }
    var output = Output()
    for view in rebuilt {
      try output.write(json ? String(decoding: view.json, as: UTF8.self) + "\n" : view.words(naming: opened))
    }
    try output.flush()
    work.tellRate(rebuilt.map { $0.through.value - $0.from.value }.max() ?? 0)
  }
}

extension Replay.Rebuilt {
  /// What was done, and what differs, in a few lines.
  func words(naming: any Naming) -> String {
    var text = "\(projection), version \(version): \(through.value.counted("event")) folded"
    if from > Position(0) { text += ", going on from \(from.value.grouped)" }
    text += "\n"
    if let unreadable { return text + "  the view before could not be read: \(unreadable)\n" }
    guard let difference else { return text + "  there was no view before\n" }
    if difference.isEmpty { return text + "  the same as the view before, row for row\n" }
    for table in difference.tables where !table.isEmpty {
      text +=
        "  \(table.name): \(table.added.grouped) new, \(table.removed.grouped) gone, \(table.changed.grouped) changed, "
        + "of \(table.before.counted("row")) before and \(table.after.grouped) now\n"
      text += "    e.g. of " + table.customers.map(\.description).joined(separator: ", ") + "\n"
    }
    return text
  }

  /// One JSON object, without a line's end.
  var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member("projection", projection)
      object.member("version", version)
      object.member("from", from.value)
      object.member("checkpoint", through.value)
      object.member("unreadable", unreadable)
      guard let difference else { return }
      object.key("tables")
      object.array { list in
        for table in difference.tables {
          list.object { row in
            row.member("table", table.name)
            row.member("before", table.before)
            row.member("after", table.after)
            row.member("added", table.added)
            row.member("removed", table.removed)
            row.member("changed", table.changed)
          }
        }
      }
    }
    return writer.bytes
  }
}
