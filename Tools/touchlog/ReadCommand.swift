import ArgumentParser
import Touchlog
import TouchlogAdapters
import TouchlogStore

struct ReadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read",
    abstract: "Print events, one per line.",
    discussion: """
      On a terminal: position, time, channel, type, customer, interaction, agent and data, cut to the width. In a \
      pipe the same columns, whole, with a tab between them and - for what is absent. All conditions hold at once.

      With --json, one CloudEvent per line, with its position and the like; append passes over those, so that \
      touchlog read --json | touchlog append - changes nothing.

      Times are \(TimeArgument.forms).

      Examples:
        touchlog read --store ./store --limit 20
        touchlog read --reverse --limit 5 --customer crm:42
        touchlog read --type complaint.raised,praise.given --since 7d
        touchlog read --channel phone --json | jq -r .agent | sort | uniq -c
      """)

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("Begin at this position; with --reverse, go back from it.", valueName: "n"))
  var from: UInt64?

  @Option(help: ArgumentHelp("Print so many events at most.", valueName: "n"))
  var limit: Int?

  @Flag(help: "The last event first.")
  var reverse = false

  @Option(
    help: ArgumentHelp("Only this customer's events, e.g. crm:42.", valueName: "reference"),
    transform: { try Reference.parse($0) })
  var customer: Reference?

  @Option(help: ArgumentHelp("Only these types; repeat it, or separate with commas.", valueName: "type"))
  var type: [String] = []

  @Option(
    help: ArgumentHelp("Only these channels; repeat it, or separate with commas.", valueName: "channel"),
    completion: .list(Channel.names))
  var channel: [String] = []

  @Option(help: ArgumentHelp("Only this interaction; repeat it for several.", valueName: "name"))
  var interaction: [String] = []

  @Option(
    help: ArgumentHelp("Only what happened from then on.", valueName: "time"),
    transform: { try TimeArgument.parse($0) })
  var since: TimeArgument?

  @Option(
    help: ArgumentHelp("Only what happened before then.", valueName: "time"), transform: { try TimeArgument.parse($0) })
  var until: TimeArgument?

  @Flag(help: "Print each event as JSON (NDJSON).")
  var json = false

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit: expected 1 or more, found \(limit).") }
    if let from, from == .max { throw ValidationError("--from: no log has a position \(from).") }
    _ = try channels
    // A list that names nothing, as of an empty variable, would let everything pass.
    for (option, values) in [("--type", type), ("--channel", channel)] {
      for value in values where value.allSatisfy({ $0 == "," }) {
        throw ValidationError("\(option): expected a name, found “\(value)”.")
      }
    }
  }

  private var channels: Set<Channel> {
    get throws {
      let names = channel.flatMap { $0.split(separator: ",").map(String.init) }
      return Set(
        try names.map { name in
          guard let channel = Channel(name: name) else {
            throw ValidationError(
              "--channel: expected one of \(Channel.names.joined(separator: ", ")), found “\(name)”.")
          }
          return channel
        })
    }
  }

  private var query: Query {
    get throws {
      var query = Query(order: reverse ? .backward : .forward)
      let position = from.map { Position($0) }
      if reverse { query.until = position?.next } else { query.from = position }
      query.customer = customer
      query.types = Set(type.flatMap { $0.split(separator: ",").map(String.init) })
      query.channels = try channels
      query.interactions = Set(interaction)
      query.occurredFrom = since?.time
      query.occurredUntil = until?.time
      query.limit = limit
      return query
    }
  }

  func run() throws {
    let query = try query
    let opened = try store.open(.reading)
    let terminal = Terminal(standardOutput)
    let layout = terminal.isTerminal ? EventLine.Columns(terminal, head: try opened.head()) : nil
    var output = Output()
    try opened.read(query) { event in
      if json {
        try output.write(CloudEvents.encode(event) + [UInt8(ascii: "\n")])
      } else {
        try output.writeLine(layout.map { $0.line(event) } ?? EventLine.separated(event))
      }
      // On a terminal, each is shown at once: a rare condition may take its time to find the next.
      if layout != nil { try output.flush() }
    }
    try output.flush()
  }
}
