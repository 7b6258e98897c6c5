import ArgumentParser

/// Starts the command: reads the arguments, runs the subcommand, and ends with its status.
///
/// ArgumentParser's own `main` prints errors its way; here every error is one line after `touchlog:`.
@main
enum Main {
  static func main() async {
    StandardDescriptors.reserve()
    BrokenPipe.ignoreSignal()
    DamagedPage.watch()
    do {
      var command = try RootCommand.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch is BrokenPipe {
      // Whoever read the output has seen enough, as `head` has.
      ExitStatus.success.exit()
    } catch {
      end(with: error)
    }
  }

  private static func end(with error: any Error) -> Never {
    let code = RootCommand.exitCode(for: error)
    if code == .success {
      // Help, the version, a completion script.
      writeWhole(RootCommand.fullMessage(for: error) + "\n", to: standardOutput)
      ExitStatus.success.exit()
    }
    if code == .validationFailure {
      let message = RootCommand.fullMessage(for: error)
      let text = message.hasPrefix("Error: ") ? String(message.dropFirst(7)) : message
      writeWhole("touchlog: \(text)\n", to: standardError)
      ExitStatus.usage.exit()
    }
    let failure = Failure(explaining: error)
    writeWhole("touchlog: \(failure.message)\n", to: standardError)
    failure.status.exit()
  }
}
