import ArgumentParser
import Touchlog
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

      With --follow it goes on with what any process appends, until Ctrl-C, until nobody reads its output any more, or \
      until --limit. It begins where it would without; --tail 10 begins ten events back, --tail 0 with what comes. When \
      it is interrupted, it tells the position to go on from.

      Times are \(TimeArgument.forms).

      Examples:
        touchlog read --store ./store --limit 20
        touchlog read --follow --tail 10
        touchlog read --follow --from 5188 --json | jq --unbuffered -c .type
        touchlog read --reverse --limit 5 --customer crm:42
        touchlog read --type complaint.raised,praise.given --since 7d
        touchlog read --channel phone --json | jq -r .agent | sort | uniq -c
      """)

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("Begin at this position; with --reverse, go back from it.", valueName: "n"))
  var from: UInt64?

  @Option(help: ArgumentHelp("Print so many events at most; with --follow, end then.", valueName: "n"))
  var limit: Int?

  @Option(help: ArgumentHelp("Begin with the last so many events that are asked for.", valueName: "n"))
  var tail: Int?

  @Flag(name: .shortAndLong, help: "Go on with what is appended.")
  var follow = false

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
    if let tail, tail < 0 { throw ValidationError("--tail: expected 0 or more, found \(tail).") }
    if follow, reverse {
      throw ValidationError("--follow: what comes is the last, and cannot be printed first. Leave --reverse away.")
    }
    if tail != nil, reverse {
      throw ValidationError("--tail: the last event first is --reverse, and --limit tells how many.")
    }
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

  func run() async throws {
    var query = try query
    let opened = try store.open(.reading)
    if let tail {
      let last = try opened.stretch(ofLast: tail, of: query)
      query.from = last.lowerBound
      if !follow { query.until = last.upperBound }
    }
    if follow {
      query.limit = nil
      let following = FollowedReading(store: opened, query: query, limit: limit, isJSON: json)
      return try await following.run()
    }
    var printer = EventPrinter(json: json)
    printer.fit(head: try opened.head())
    try opened.read(query) { event in
      try printer.print(event)
      // On a terminal, each is shown at once: a rare condition may take its time to find the next.
      if printer.isOnTerminal { try printer.flush() }
    }
    try printer.flush()
  }
}
