import ArgumentParser
import JSON
import TouchlogProof
import TouchlogStore

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look a store over, and tell what to do.",
    discussion: """
      Who reads and who writes, how the file grows, room on the disk, the clock, permissions, and the keys: each is ok, a \
      notice, or a problem with what to do about it. Ends with 1 where there is a problem. It needs neither the keys nor \
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
      signingKey: { id in signingKey(of: id, storePath: path) },
      keyPath: { id in
        // Without a home there is no place to look at, which is told as a finding.
        try? store.opening.keyPath(for: { () throws(StoreError) in id })
      })
    try report(examination, path)
  }

  /// What there is to say of the signing key; nil where nobody can tell its place, which the store key's finding says.
  private func signingKey(of id: StoreID, storePath: String) -> Examination.Finding? {
    // Without a home, the store key's finding says so.
    guard let keyPath = try? store.opening.keyPath(for: { () throws(StoreError) in id }) else { return nil }
    let place = SigningKeyPlace.path(beside: keyPath)
    do {
      let key = try SigningKey(contentsOf: place)
      try SigningKeyPlace.check(key, at: place, isOf: id)
      guard !OwnersFile.isInside(place, folder: storePath) else {
        return Examination.Finding(
          .signingKey, .problem, "it lies in the store that it signs, at \(place)",
          advice: "move it elsewhere, and the store's key with it: there, it goes with every copy of the store")
      }
      return Examination.Finding(
        .signingKey, .ok, "it signs for \(key.verifier.name), and is its owner's alone: \(place)")
    } catch ProofError.keyMissing {
      return Examination.Finding(
        .signingKey, .notice, "there is none at \(place), so there are no checkpoints, proofs and receipts",
        advice: "bring it back from where you keep it safe; where there never was one: touchlog checkpoint --new-key")
    } catch {
      return Examination.Finding(
        .signingKey, .problem, Failure(explaining: error).message,
        advice: "put the right key in its place, for its owner alone")
    }
  }

  private func report(_ examination: Examination, _ path: String) throws {
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
