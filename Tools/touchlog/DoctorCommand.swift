import ArgumentParser
import JSON
import TouchlogStore

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look a store over, and tell what to do.",
    discussion: """
      Who reads and who writes, how the file grows, room on the disk, the clock, permissions, and the key: each is ok, a \
      notice, or a problem with what to do about it. Ends with 1 where there is a problem. It needs neither the key nor \
      a writer, and changes nothing; whether the records are as they were written is told by touchlog verify.

      Examples:
        touchlog doctor --store ./store
        touchlog doctor --json | jq '.findings[] | select(.grade != "ok")'
      """)

  @OptionGroup var store: StoreOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let path = try store.path()
    let examination = try Store.examine(
      path, options: store.opening.storeOptions, wording: { Failure(explaining: $0).message },
      keyPath: { id in
        // Without a home there is no place to look at, which is told as a finding.
        try? store.opening.keyPath(for: { () throws(StoreError) in id })
      })
    var output = Output()
    if json {
      try output.write(examination.json(of: path) + [UInt8(ascii: "\n")])
    } else {
      let terminal = Terminal(standardOutput)
      let width = terminal.isTerminal ? terminal.width : Int.max
      try output.write(ExaminationText(examination, width: width, hasColour: terminal.hasColour).text)
    }
    try output.flush()
    let problems = examination.findings.filter { $0.grade == .problem }
    guard problems.isEmpty else {
      let names = problems.map { ExaminationText.name(of: $0.check) }.joined(separator: ", ")
      throw Failure("\(problems.count.counted("problem")): \(names)", .found)
    }
  }
}
