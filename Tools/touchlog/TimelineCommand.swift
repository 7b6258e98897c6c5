import ArgumentParser
import CustomerTimeline
import Touchlog
import TouchlogReplay
import TouchlogStore

struct TimelineCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "timeline",
    abstract: "Show everything that is known of one person, in order.",
    discussion: """
      A person is the references that the links in force connect; each line says which of them it is about, by a letter. \
      Unlinked again, each has a timeline of its own.

      A row has the time, what happened, what to know before trusting it, and the event's position. From 110 columns \
      on, and in a pipe, the time at which the log took it stands beside the time at which it happened. A lane for each \
      channel comes first; promises, feedback and what the identity rests on come last.

      Two clocks: --as-of looks at what had happened by a time, --as-known-at at what the log knew by then. Given a \
      position, it is what the log knew once that position was recorded. Times are \(TimeArgument.forms).

      Events of an interaction that names this person and nobody else count as theirs, also those that name nobody; \
      they are marked as anonymous.

      It is quick where `touchlog replay` keeps the views; without, it reads the whole log first.

      Examples:
        touchlog timeline crm:42 --store ./store
        touchlog timeline tel:+46701234567 --as-of 2025-03-01
        touchlog timeline crm:42 --as-known-at 2025-03-01T12:00:00Z
        touchlog timeline crm:42 --as-known-at 99999 --json
      """)

  @Argument(
    help: ArgumentHelp("The customer's reference, or number:17 for an erased one.", valueName: "reference"),
    transform: { try Reference.parse($0) })
  var customer: Reference

  @OptionGroup var store: StoreOptions

  @Option(
    help: ArgumentHelp("Only what had happened by then.", valueName: "time"), transform: { try TimeArgument.parse($0) })
  var asOf: TimeArgument?

  @Option(
    help: ArgumentHelp("Only what the log knew by then.", valueName: "time|position"),
    transform: { try KnownAt.parse($0) })
  var asKnownAt: KnownAt?

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func run() throws {
    let opened = try store.open(.reading)
    let bounds = try KnownAt.bounds(asOf: asOf, asKnownAt: asKnownAt, in: opened)
    let timeline = try ReplayRun(isQuiet: quiet).run { progress in
      try TimelineSource.reading(opened, within: bounds, progress: progress) { source in
        guard let timeline = try source.timeline(of: customer) else { throw try source.unknown(customer) }
        return timeline
      }
    }
    var output = Output()
    if json {
      try output.write(timeline.json + [UInt8(ascii: "\n")])
    } else {
      let terminal = Terminal(standardOutput)
      // In a pipe the same at any width, so that two runs can be compared.
      try output.write(
        TimelineText.render(
          timeline, width: terminal.isTerminal ? terminal.width : 120, style: terminal.hasColour ? .colour : .plain))
    }
    try output.flush()
  }
}
