import ArgumentParser
import Foundation
import TouchlogStore

/// What all pages share: the data, the place, and how the figures are printed.
struct PageOptions: ParsableArguments {
  @Option(help: "How many events are simulated.") var events = 1_000_000
  @Option(help: "How many events go into one synced commit.") var batch = 10_000
  @Option(help: "How often each contestant runs; the contestants take turns.") var runs = 3
  @Option(help: "The simulation's seed.") var seed: UInt64 = 7
  @Option(parsing: .upToNextOption, help: "Run only these contestants.") var only: [Contestant] = []
  @Option(help: "Where the data and the stores go for the time of the run: a folder on the disk to be measured.")
  var directory = FileManager.default.temporaryDirectory.path
  @Flag(help: "Print all measurements as JSON.") var json = false
  @Flag(help: "Print Markdown.") var markdown = false

  func validate() throws {
    guard events > 0, runs > 0 else { throw ValidationError("--events and --runs: expected 1 or more") }
    guard (1...100_000).contains(batch) else { throw ValidationError("--batch: expected 1 … 100000") }
  }

  func contestants(among all: [Contestant]) throws -> [Contestant] {
    for name in only where !all.contains(name) {
      let names = all.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--only \(name.rawValue): it is not on this page; there are: \(names)")
    }
    return only.isEmpty ? all : all.filter { only.contains($0) }
  }
}

/// A folder for one run of the tool, which goes away with it.
struct Workplace: ~Copyable {
  let url: URL

  init(in directory: String) throws {
    url = URL(filePath: directory).appending(path: "touchlog-benchmarks-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    do {
      try FileManager.default.removeItem(at: url)
    } catch {
      say("left behind, as it cannot be removed: \(url.path): \(error)")
    }
  }

  /// A new folder for one contestant; what was written before is on disk by then, so that nobody pays for another.
  func fresh(_ name: String) throws -> URL {
    let folder = url.appending(path: name)
    if FileManager.default.fileExists(atPath: folder.path) { try FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    sync()
    return folder
  }
}

/// Tells what is going on, beside the figures.
func say(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}

/// What a page answers: where, with what, and what came of it.
struct Report<Results: Encodable>: Encodable {
  let command: String
  let machine: Machine
  let data: String
  let results: Results
  /// Of Touchlog's stores, where there were any.
  let promptness: Promptness?
  /// Nil of ordinary builds.
  let unsealedBuild = warning

  private static var warning: String? {
    Store.sealsPayloads
      ? nil
      : "UNSEALED BUILD, FOR BENCHMARKS ALONE: payloads are neither encrypted nor hashed, and there is no tree. No figure of it is Touchlog's."
  }

  /// Prints the figures with all that belongs to them.
  func print(_ options: PageOptions, grids: [(title: String, grid: Grid)], notes: [String]) throws {
    if options.json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      Swift.print(String(decoding: try encoder.encode(self), as: UTF8.self))
      return
    }
    let bullet = options.markdown ? "- " : "  "
    if let warning = Report.warning { Swift.print(options.markdown ? "**\(warning)**\n" : warning) }
    Swift.print("\(bullet)Machine: \(machine.description)\n\(bullet)Data: \(data)")
    Swift.print(options.markdown ? "- Command: `\(command)`" : "  Command: \(command)")
    for (title, grid) in grids {
      Swift.print("\n\(title)\n\n\(grid.text(isMarkdown: options.markdown))")
    }
    if !notes.isEmpty { Swift.print("\n" + notes.map { bullet + $0 }.joined(separator: "\n")) }
  }
}

/// The command line as it was typed, with the tool's name only.
var commandLineText: String {
  (["touchlog-benchmarks"] + CommandLine.arguments.dropFirst()).joined(separator: " ")
}
