import ArgumentParser
import JSON
import Touchlog
import TouchlogStore

struct StatsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Tell what a store holds.",
    discussion: """
      Counts all events, so it takes a moment on a large store.

      Examples:
        touchlog stats --store ./store
        touchlog stats --json | jq .customers
      """)

  @OptionGroup var store: StoreOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func run() throws {
    let opened = try store.open(.reading)
    var progress = ProgressBar(unit: "events", isQuiet: quiet)
    let statistics = try opened.statistics { done, total in
      progress.update(Int(done), fraction: total == 0 ? nil : Double(done) / Double(total))
    }
    progress.clear()
    var output = Output()
    if json {
      try output.write(statistics.json(of: opened) + [UInt8(ascii: "\n")])
    } else {
      try output.write(StatisticsText(statistics, store: opened, terminal: Terminal(standardOutput)).text)
    }
    try output.flush()
  }
}
