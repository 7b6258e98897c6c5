import LMDB

/// What an environment tells of itself.
struct EnvironmentFacts {
  let directory: String
  let addressSpace: Int
  let bytes: Int
  let freeBytes: Int
  let slots: Int
  /// Readers of other processes.
  let readers: [Environment.Reader]
  /// How many commits came after the oldest state that one of them sees.
  let commitsBehind: Int
  /// What cannot be used again because of that one.
  let heldBytes: Int

  init(of environment: Environment) throws {
    let information = try environment.information()
    directory = environment.directory
    addressSpace = environment.options.addressSpace
    bytes = information.bytes
    freeBytes = information.freePages * information.pageSize
    slots = information.maximumReaders
    readers = try environment.readers().filter { $0.process != SystemProcess.own }
    guard let oldest = readers.compactMap(\.transaction).min(), oldest < information.lastTransaction else {
      commitsBehind = 0
      heldBytes = 0
      return
    }
    commitsBehind = Int(information.lastTransaction - oldest)
    heldBytes = try environment.freePages(heldBy: oldest) * information.pageSize
  }
}

/// What the environments tell.
extension Examiner {
  static func size(log: EnvironmentFacts, vault: EnvironmentFacts) -> Finding {
    func percent(_ facts: EnvironmentFacts) -> Int { Int(Double(facts.bytes) / Double(facts.addressSpace) * 100) }
    let used = max(percent(log), percent(vault))
    let figures = [
      Figure("logBytes", log.bytes), Figure("logAddressSpaceBytes", log.addressSpace),
      Figure("vaultBytes", vault.bytes), Figure("vaultAddressSpaceBytes", vault.addressSpace),
      Figure("addressSpaceUsedPercent", used),
    ]
    let found = """
      the log takes \(log.bytes.mebibytes), the vault \(vault.bytes.mebibytes): \(used) % of the address space that is \
      reserved
      """
    if used < 80 { return Finding(.size, .ok, found, figures: figures) }
    return Finding(
      .size, used < 95 ? .notice : .problem, found, advice: "give all processes more, with --address-space",
      figures: figures)
  }

  private static let manyFreeBytes = 64 << 20

  static func freePages(log: EnvironmentFacts, vault: EnvironmentFacts) -> Finding {
    let figures = [Figure("logFreeBytes", log.freeBytes), Figure("vaultFreeBytes", vault.freeBytes)]
    let found =
      "\(log.freeBytes.mebibytes) in the log and \(vault.freeBytes.mebibytes) in the vault wait to be used again"
    guard log.freeBytes > max(log.bytes / 2, manyFreeBytes) else {
      return Finding(.freePages, .ok, found, figures: figures)
    }
    return Finding(
      .freePages, .notice, found,
      advice: "nothing, as the log grows into them; see whether a reader has stayed for long",
      figures: figures)
  }

  private static let muchHeldBytes = 1 << 30

  /// - Parameters:
  ///   - facts: of the log and the vault.
  ///   - living: which of their readers' processes live.
  ///   - hasWriter: whether somebody appends, and the file may grow.
  static func readers(of facts: [EnvironmentFacts], living: [Set<Int32>], hasWriter: Bool) -> Finding {
    let dead = zip(facts, living).flatMap { facts, living in
      facts.readers.map(\.process).filter { !living.contains($0) }
    }
    let count = facts.reduce(0) { $0 + $1.readers.count }
    let used = facts.map(\.readers.count).max() ?? 0
    let slots = facts.map(\.slots).min() ?? 0
    let heldBytes = facts.reduce(0) { $0 + $1.heldBytes }
    let behind = facts.map(\.commitsBehind).max() ?? 0
    let figures = [
      Figure("slots", slots), Figure("slotsUsed", used), Figure("readers", count), Figure("staleReaders", dead.count),
      Figure("oldestCommitsBehind", behind), Figure("heldBytes", heldBytes),
    ]
    let held =
      behind == 0
      ? "nothing is held back for them"
      : "the oldest sees it as it was \(behind) commit\(behind == 1 ? "" : "s") ago, and \(heldBytes.mebibytes) are held back"
    if let process = dead.first {
      return Finding(
        .readers, hasWriter ? .problem : .notice,
        "\(dead.count) of \(count) slots in use are of processes that died, as \(process); \(held)",
        advice: hasWriter
          ? "restart the process that appends: it clears them when it opens the store; until then the file grows"
          : "nothing: the next process that appends clears them", figures: figures)
    }
    if used * 10 >= slots * 9 {
      return Finding(
        .readers, .problem, "\(used) of \(slots) slots are in use",
        advice: "end some readers: without a slot, none is let in",
        figures: figures)
    }
    if heldBytes > muchHeldBytes {
      // Numbers of commits are an environment's own.
      let heldMost = facts.max { $0.heldBytes < $1.heldBytes }
      let oldest = heldMost?.readers.min { $0.transaction ?? .max < $1.transaction ?? .max }
      return Finding(
        .readers, .notice, "\(count) readers; \(held)",
        advice: "if process \(oldest.map { String($0.process) } ?? "") is stuck, end it: its pages are then used again",
        figures: figures)
    }
    return Finding(
      .readers, .ok,
      "\(used) of \(slots) slots in use, none by a process that has died" + (behind > 0 ? "; \(held)" : ""),
      figures: figures)
  }
}
