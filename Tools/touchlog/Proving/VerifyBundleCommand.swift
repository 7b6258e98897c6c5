import ArgumentParser
import JSON
import Touchlog
import TouchlogAdapters
import TouchlogProof
import TouchlogStore

struct VerifyBundleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-bundle",
    abstract: "Verify a bundle that touchlog prove has made, without the store.",
    discussion: """
      Ends with 0 where all is proven, and says what that is, and what remains the log's word. Ends with 1 where \
      anything is not as it was signed; then nothing counts as proven, and each fault is told on a line of its own.

      The key is the log's verifier key, or a file with it: touchlog checkpoint --verifier-key prints it. It must come \
      from the log's owner by another way than the bundle.

      Examples:
        touchlog verify-bundle crm-42.bundle --key bank.vkey
        touchlog verify-bundle crm-42.bundle --key bank.vkey --events
        touchlog verify-bundle - --key bank.example/touchlog+1c2d3e4f+Aa… --json < crm-42.bundle
      """)

  @Argument(help: ArgumentHelp("The bundle; - is standard input.", valueName: "file"), completion: .file())
  var bundle: String

  @Option(
    help: ArgumentHelp("The log's verifier key, or a file with it.", valueName: "key|file"), completion: .file())
  var key: String

  @Flag(help: "Print the events, too, as touchlog read does.")
  var events = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if json, events { throw ValidationError("--json has the events by itself; leave --events out.") }
  }

  func run() throws {
    let verifier = try VerifierKey.named(key)
    let bytes = try InputFile(
      bundle, as: "a bundle", compressedHint: "gunzip -c \(bundle) | touchlog verify-bundle - --key KEY"
    ).wholeContents()
    let verification = TimelineBundle.verify(bytes, by: verifier)
    var output = Output()
    if json {
      try output.write(BundleText.json(verification, by: verifier) + [UInt8(ascii: "\n")])
    } else if verification.isProven {
      if events { try print(verification.events, to: &output) }
      let terminal = Terminal(standardOutput)
      try output.write(
        BundleText.render(verification, by: verifier, width: terminal.isTerminal ? terminal.width : nil))
    } else {
      for fault in verification.faults { try output.writeLine(fault.description.inert) }
    }
    try output.flush()
    guard let first = verification.faults.first else { return }
    let name = bundle == "-" ? "the bundle" : bundle
    throw Failure(
      "not proven: \(verification.faults.count.counted("fault")) in \(name), the first in line \(first.line)", .found)
  }

  private func print(_ events: [ProvenEvent], to output: inout Output) throws {
    for event in events {
      try output.writeLine(event.opened.map { EventLine.separated($0) } ?? BundleText.sealedLine(event))
    }
    try output.writeLine("")
  }
}

extension VerifierKey {
  /// A key on the command line: its text, or a file with it.
  static func named(_ argument: String, option: String = "--key") throws -> VerifierKey {
    do {
      return try VerifierKey(argument)
    } catch {
      // A path is told by there being something.
      guard OwnersFile.exists(argument) else {
        throw Failure("\(option): \(error), or a file with it; there is no file \(argument.inert)", .usage)
      }
    }
    let bytes = try InputFile(argument, as: "a verifier key", compressedHint: "gunzip \(argument)").wholeContents()
    do {
      return try VerifierKey(String(decoding: VerifierKey.withoutMargins(bytes), as: UTF8.self))
    } catch {
      throw Failure("\(option): \(argument.inert) is no file of a verifier key: \(error)", .usage)
    }
  }
}

extension VerifierKey {
  /// Without what mail and editors put around a line: white space, ends of lines of all systems, a byte order mark.
  private static func withoutMargins(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let line = bytes.dropFirst(bytes.starts(with: mark) ? mark.count : 0).drop(while: isMargin)
    return line.dropLast(line.reversed().prefix(while: isMargin).count)
  }

  private static func isMargin(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

extension InputFile {
  /// All that is in it.
  func wholeContents() throws -> [UInt8] {
    let source = bytes
    var contents: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = try piece.withUnsafeMutableBytes { try source.next(into: $0) }
      if count == 0 { return contents }
      contents.append(contentsOf: piece[..<count])
    }
  }
}
