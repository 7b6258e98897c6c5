import ArgumentParser
import Touchlog
import TouchlogProof
import TouchlogStore

struct EraseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase",
    abstract: "Forget a customer for ever: who it is, and what was sealed of it.",
    discussion: """
      The reference and the key of the customer's texts go. The events stay, so figures and all proofs are as before; \
      the customer is number:17 from then on. It shows what there is, and asks: type the reference. Without a terminal \
      it needs --yes. It cannot be undone.

      Only the reference that is named is erased, as a link may be wrong, and what is erased cannot be brought back. \
      The others of the person are told; --all-links erases them too.

      A receipt is printed, signed with the key that signs checkpoints: numbers, positions, the time, the root, and \
      neither who it was nor why. The reason stays readable in the log, so it must not name anybody.

      Processes that read the store keep the former vault from being overwritten: it waits for them, then says which \
      they are, and ends with 1. The same with number:17 tries again, and prints the receipt once more.

      Backups that were made before bring the customer back, unless restore is given the list of erasures. Where that \
      lies is told; keep a copy of it where the copy of the key is.

      Examples:
        touchlog erase crm:42 --reason "request 118" --store ./store
        touchlog erase crm:42 --all-links --reason "request 118" > 118.receipt
        touchlog erase crm:42 --reason "request 118" --yes --receipt 118.receipt
        touchlog erase number:17 > again.receipt
      """)

  @Argument(
    help: ArgumentHelp("The customer's reference, or number:17.", valueName: "reference"),
    transform: { try Reference.parse($0) })
  var customer: Reference

  @OptionGroup var store: StoreOptions

  @Option(
    help: ArgumentHelp(
      "Why. Required; it stays readable in the log, and must not name them.", valueName: "text"))
  var reason: String?

  @Flag(help: "Erase all references that are the same person by the links in force.")
  var allLinks = false

  @Flag(help: "Do not ask.")
  var yes = false

  @Option(help: ArgumentHelp("How long to wait for readers of what is to be overwritten.", valueName: "seconds"))
  var wait = 10

  @Option(
    help: ArgumentHelp("Write the receipt to a new file, and not to standard output.", valueName: "file"),
    completion: .file())
  var receipt: String?

  @Flag(help: "Do without a receipt, where there is no signing key.")
  var noReceipt = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func validate() throws {
    guard (0...86_400).contains(wait) else {
      throw ValidationError("--wait: expected 0 to 86,400 seconds, found \(wait).")
    }
    // Of a number, it may turn out that there is nothing left to do that needs a reason.
    let isNeeded = CustomerNumber(naming: customer) == nil || reason != nil
    if isNeeded, reason?.allSatisfy(\.isWhitespace) ?? true { throw ValidationError(EraseCommand.reasonWords) }
    if receipt != nil, noReceipt { throw ValidationError("--receipt and --no-receipt exclude each other.") }
    if receipt?.isEmpty == true { throw ValidationError("--receipt: name the file to make") }
  }

  private static let reasonWords = "say why, without naming anybody, e.g. --reason \"request 2025-118\""

  func run() async throws {
    // Open for appending from the start: that somebody else writes is told before anybody is asked.
    var opened = try store.open(.appending)
    let key = try signingKey(of: opened)
    let plan = try plan(in: opened)
    if plan.numbers.isEmpty { return try await tellAgain(plan, in: opened, key: key) }
    guard let reason else { throw Failure(EraseCommand.reasonWords, .usage) }
    try check(plan, reason, in: opened)
    let file = try receipt.map { try UnfinishedFile($0, replaces: nil) }
    show(plan.paragraphs(of: opened.path))
    if !yes {
      // Whoever is asked may take a while, and need not keep others from appending.
      opened.stopAppending()
      try ask(plan)
      try opened.close()
      opened = try store.open(.appending)
      guard try self.plan(in: opened).numbers == plan.numbers else {
        throw Failure("the person's links have changed meanwhile, so nobody was erased. Run it again", .found)
      }
    }
    // Readers are waited for once it is said and shown that it is done.
    let erasure = try await opened.erase(plan.numbers, reason: reason, patience: .zero)
    show(["Erased: \(erasure.customers.map(\.number.description).joined(separator: ", "))."])
    let customers = erasure.customers.map { ($0.number, $0.position) }
    do {
      try print(customers, erasure.recordedAt, at: erasure.head, of: opened, key: key, to: file)
    } catch {
      let cause = error is BrokenPipe ? "nobody reads it" : Failure(explaining: error).message
      let again = plan.numbers.map { "touchlog erase \($0)" }.joined(separator: "; ")
      throw Failure("erased, but the receipt could not be written: \(cause). Print it again with: \(again)", .found)
    }
    let former = try await settled(erasure.formerVaults, of: plan.asked, in: opened)
    try tellOpenEnds(former, listPath: erasure.listPath, listFailure: erasure.listFailure, plan.asked)
  }

  private func plan(in store: Store) throws -> ErasurePlan {
    do {
      return try ReplayRun(isQuiet: quiet).run { progress in
        try ErasurePlan(for: customer, withLinks: allLinks, in: store, progress: progress)
      }
    } catch let failure as Failure where failure.status == .interrupted || failure.status == .terminated {
      throw Failure("interrupted. Nobody was erased", failure.status)
    }
  }

  /// What the log would refuse is told before anybody is asked.
  private func check(_ plan: ErasurePlan, _ reason: String, in store: Store) throws {
    try store.checkErasure(of: plan.numbers, reason: reason)
    // A reference that is spared now names the same person, and the reason would outlast its own erasure.
    for spared in plan.spared where spared.reference != .company {
      try store.checkErasure(of: [spared.number], reason: reason)
    }
  }

  /// The key for the receipt; nil where it is done without one.
  private func signingKey(of opened: Store) throws -> SigningKey? {
    if noReceipt { return nil }
    do {
      return try store.signingKey(of: opened)
    } catch ProofError.keyMissing(let path) {
      throw Failure(
        """
        there is no signing key at \(path), so there would be no receipt, and nobody was erased. Make one with: \
        touchlog checkpoint --new-key; or do without a receipt: --no-receipt
        """, .impossible)
    }
  }

  private func ask(_ plan: ErasurePlan) throws {
    guard Question.canBeAsked else {
      throw Failure("there is no terminal to ask at, so nobody was erased. Without a question: --yes", .impossible)
    }
    let answer: String?
    do {
      answer = try Question.ask("Type \(plan.password) to erase, anything else to leave all as it is: ")
    } catch let interruption as Interruption {
      writeWhole("\n", to: standardError)
      throw Failure("interrupted. Nobody was erased", interruption.status)
    }
    // The line was not ended by whoever was asked.
    if answer == nil { writeWhole("\n", to: standardError) }
    guard let answer, [plan.password, plan.asked.number.description].contains(answer) else {
      throw Failure("not confirmed. Nobody was erased", .found)
    }
  }

  /// Of somebody who was erased before: the receipt once more, and what is left to be overwritten.
  private func tellAgain(_ plan: ErasurePlan, in opened: Store, key: SigningKey?) async throws {
    let number = plan.asked.number
    guard let erasure = try opened.erasure(of: number) else {
      throw Failure("the vault does not know \(number), and no event says that it was erased", .found)
    }
    let file = try receipt.map { try UnfinishedFile($0, replaces: nil) }
    show(["\(number) was erased already, at position \(erasure.position), on \(erasure.recordedAt.readable)."])
    try print([(number, erasure.position)], erasure.recordedAt, at: nil, of: opened, key: key, to: file)
    let former = try await settled(opened.overwriteFormerVaults(patience: .zero), of: plan.asked, in: opened)
    try tellOpenEnds(former, listPath: opened.erasureListPath, listFailure: nil, plan.asked)
  }

  /// What is left of former vaults once nobody reads them any more, or the time to wait for that is over.
  private func settled(
    _ former: FormerVaults, of asked: ErasurePlan.Entry, in opened: Store,
  ) async throws -> FormerVaults {
    let end = ContinuousClock.now + .seconds(wait)
    var former = former
    while !former.readers.isEmpty, ContinuousClock.now < end {
      do {
        try Interruption.check()
      } catch {
        throw Failure(
          """
          interrupted. \(asked.number) is erased; what still knows who it was is overwritten once nobody reads it: \
          touchlog erase \(asked.number) tries again
          """, error.status)
      }
      former = try await opened.overwriteFormerVaults(patience: min(end - .now, .milliseconds(200)))
    }
    return former
  }

  /// Signs and prints the receipt.
  ///
  /// - Parameter head: the size of the log to tell the root of; its size now, where nil.
  private func print(
    _ customers: [(CustomerNumber, Position)], _ recordedAt: Timestamp, at head: Position?, of opened: Store,
    key: SigningKey?, to file: UnfinishedFile?,
  ) throws {
    guard let key else { return }
    let (size, root) = try opened.tree { tree in
      let size = head?.value ?? tree.size
      return (size, try tree.root(size: size).hexadecimal)
    }
    let receipt = ErasureReceipt(
      log: key.verifier.name, store: opened.id, customers: customers, recordedAt: recordedAt, head: Position(size),
      root: root)
    let note = try key.sign(receipt.text).encoded
    guard let file else { return try printNote(note) }
    do {
      var bytes = Array(note.utf8)
      try file.write(&bytes)
      _ = try file.finish()
      show(["Receipt: \(file.path)"])
    } catch {
      // It is done, and what shows it must not be lost.
      try printNote(note)
      throw error
    }
  }

  private func printNote(_ note: String) throws {
    var output = Output()
    try output.write(note)
    try output.flush()
  }

  /// What whoever has erased somebody has to look after.
  private func tellOpenEnds(
    _ former: FormerVaults, listPath: String, listFailure: StoreError?, _ asked: ErasurePlan.Entry,
  ) throws {
    if let listFailure {
      throw Failure(
        """
        erased, but the list of erasures \(listPath) does not say so yet: \(listFailure). Mend that; whoever appends \
        next writes it
        """, .found)
    }
    show(["List of erasures: \(listPath). Keep a copy where the copy of the key is, and never with the backups."])
    if let failure = former.failure {
      throw Failure(
        """
        erased, but the former vault, which knows who it was, could not be overwritten: \(failure). Mend that, and try \
        again with: touchlog erase \(asked.number)
        """, .found)
    }
    guard !former.areGone else { return }
    let readers = former.readers.map(String.init).joined(separator: ", ")
    throw Failure(
      """
      erased, but the former vault, which knows who it was, is still read by \
      process\(former.readers.count == 1 ? "" : "es") \(readers). It is overwritten when somebody appends once they \
      have let go. End them, and try at once with: touchlog erase \(asked.number)
      """, .found)
  }

  /// For people, on standard error: broken between words at a terminal's width.
  private func show(_ paragraphs: [String]) {
    let terminal = Terminal(standardError)
    let text = paragraphs.flatMap { terminal.isTerminal ? $0.broken(at: terminal.width) : [$0] }
    writeWhole(text.map { $0 + "\n" }.joined(), to: standardError)
  }
}

extension String {
  /// The text in rows of so many characters at most, but for longer words; each begins with the text's first spaces.
  func broken(at width: Int) -> [String] {
    let margin = String(prefix { $0 == " " })
    var rows: [String] = []
    var row = ""
    for word in dropFirst(margin.count).split(separator: " ") {
      if !row.isEmpty, margin.count + row.count + 1 + word.count > width {
        rows.append(margin + row)
        row = ""
      }
      row += (row.isEmpty ? "" : " ") + word
    }
    return rows + [margin + row]
  }
}
