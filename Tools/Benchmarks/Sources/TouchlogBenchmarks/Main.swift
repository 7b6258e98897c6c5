import ArgumentParser

/// Touchlog beside its peers, on one machine, in one run, on the same bytes: see `README.md`.
@main
struct Benchmarks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "touchlog-benchmarks",
    abstract: "Touchlog beside raw LMDB and SQLite, in one run, on the same bytes.",
    discussion: """
      Figures are ratios within one run: absolute ones are those of a machine and its mood. Nothing here fails for \
      being slow; a contestant that loses an event does, and a store that takes more than 50 ms from being opened to \
      finding the last event.

      Examples:
        swift run -c release --package-path Tools/Benchmarks touchlog-benchmarks append
        swift run -c release --package-path Tools/Benchmarks touchlog-benchmarks append --events 100000 --only touchlog
      """,
    subcommands: [
      AppendPage.self, SinglePage.self, AppendersPage.self, ReadPage.self, ScanPage.self, ReplayPage.self,
      GrowthPage.self, ProofPage.self,
      DataCommand.self, Child.self,
    ])
}
