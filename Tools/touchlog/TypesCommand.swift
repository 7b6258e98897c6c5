import ArgumentParser
import Touchlog

struct TypesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "types",
    abstract: "Document the types of events, and the fields of their data.",
    discussion: """
      Printed from the declarations that events are checked against. Other types are stored and shown as well.

      Examples:
        touchlog types
        touchlog types contact.ended
        touchlog types --markdown > event-types.md
        touchlog types --json | jq -r '.[].type'
      """)

  @Argument(help: ArgumentHelp("Only these types, or those that begin so. Default: all.", valueName: "type"))
  var types: [String] = []

  @Flag(help: "Print the whole catalogue as a page of Markdown.")
  var markdown = false

  @Flag(help: "Print a JSON array.")
  var json = false

  func validate() throws {
    if markdown, json { throw ValidationError("--markdown and --json exclude each other.") }
    if markdown, !types.isEmpty { throw ValidationError("--markdown prints all types; name none.") }
  }

  func run() throws {
    let chosen = Catalogue.all.filter { type in types.isEmpty || types.contains { type.name.hasPrefix($0) } }
    guard !chosen.isEmpty else {
      throw Failure("no type begins with \(types.joined(separator: " or ")). See them all with: touchlog types", .found)
    }
    var output = Output()
    let text = CatalogueText(chosen)
    if json {
      try output.write(text.json + [UInt8(ascii: "\n")])
    } else if markdown {
      try output.write(Catalogue.markdown)
    } else {
      try output.write(text.plain(hasColour: Terminal(standardOutput).hasColour))
    }
    try output.flush()
  }
}
