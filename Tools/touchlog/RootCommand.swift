import ArgumentParser

/// `touchlog`: the subcommands, and what holds for all of them.
struct RootCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "touchlog",
    abstract: "A log of every contact between a company and its customers.",
    discussion: """
      Events are appended once and never change; a timeline, a count, a report is computed from them.

      A first walk:
        export TOUCHLOG_STORE=./store
        touchlog init
        touchlog simulate --events 100000 --seed 7 | touchlog append -
        touchlog stats
        touchlog read --type complaint.raised --limit 20

      Environment:
        TOUCHLOG_STORE   the store, where --store is not given
        TOUCHLOG_KEY     the file with the store's key, where --key is not given
        NO_COLOR         if set, nothing is coloured

      Exit codes:
      \(ExitStatus.table(indent: "  "))
      """,
    version: "0.1.0",
    subcommands: [
      InitCommand.self, AppendCommand.self, ImportCommand.self, ReadCommand.self, TimelineCommand.self,
      CustomersCommand.self, ServiceCommand.self, ChurnCommand.self,
      ReplayCommand.self, RebuildCommand.self, ProjectionsCommand.self, ExportCommand.self, ExportPersonCommand.self,
      StatsCommand.self, VerifyCommand.self, WalkCommand.self,
      CheckpointCommand.self, ProveCommand.self, VerifyBundleCommand.self, TileCommand.self, EraseCommand.self,
      ServeCommand.self, BackupCommand.self, RestoreCommand.self, TokenCommand.self, AccessCommand.self,
      DoctorCommand.self, SimulateCommand.self, TypesCommand.self,
    ])
}
