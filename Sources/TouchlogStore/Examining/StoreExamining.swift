import LMDB
import Touchlog

extension Store {
  /// Looks a store over: who reads and writes it, how it grows, its clock, key and permissions.
  ///
  /// It needs neither a writer nor the key, and a store that does not open is told as a finding. Nothing is written but
  /// what each reader writes, its line in the registers of readers. This process must not have the store open.
  ///
  /// - Parameters:
  ///   - path: the store's directory.
  ///   - options: address space and clock, as the store is opened with them.
  ///   - wording: how an error is told in a line.
  ///   - signingKey: what there is to say of the signing key, which is not the store's to read; nil for nothing.
  ///   - keyPath: where the key should be, given the store's id; nil where nobody can tell.
  /// - Throws: `StoreError`, when there is no store at the path at all.
  public static func examine(
    _ path: String, options: Options = Options(), wording: (any Error) -> String = { "\($0)" },
    signingKey: (StoreID) -> Examination.Finding? = { _ in nil }, keyPath: (StoreID) -> String?,
  ) throws(StoreError) -> Examination {
    try checkDirectory(path)
    let network = networkFileSystem(at: path)
    let writer = WriterLine(of: path)
    var findings = [Examiner.fileSystem(network), Examiner.permissions(of: path), Examiner.writer(writer, of: path)]
    if let free = SystemFile.freeBytes(at: path), let bytes = SystemFile.byteCount(path + "/log/data.mdb") {
      findings.append(Examiner.disk(freeBytes: free, logBytes: bytes))
    }
    // Where locks and maps are not reliable, looking would be a risk by itself.
    if network == nil {
      findings += Examiner.findings(of: path, options: options, writer: writer, wording: wording) { examiner in
        [examiner.key(at: keyPath(examiner.id), wording: wording), signingKey(examiner.id)].compactMap { $0 }
      }
    }
    let order = Examination.Check.allCases
    return Examination(findings: order.flatMap { check in findings.filter { $0.check == check } })
  }
}

/// An opened store that is looked over, without its key.
struct Examiner {
  let path: String
  let options: Store.Options
  let log: Environment
  let tables: LogTables
  let id: StoreID
  let generation: VaultGeneration
  let vault: Environment
  let vaultTables: VaultTables

  init(opening path: String, options: Store.Options) throws(StoreError) {
    self.path = path
    self.options = options
    log = try Store.openEnvironment(at: path, options: options, access: .reading)
    try Examiner.checkLength(of: log)
    (tables, id) = try Store.checkFormat(of: log, path: path, options: options)
    let (log, tables) = (log, tables)
    let generation = try log.reading { (transaction) throws(StoreError) in try tables.vaultGeneration(in: transaction) }
    self.generation = generation
    let vault = try stored { () throws(LMDBError) in
      try Environment(directory: "\(path)/\(generation.folder)", options: options.vault(.readOnly))
    }
    try Examiner.checkLength(of: vault)
    vaultTables = try stored { () throws(LMDBError) in try VaultTables(opening: vault) }
    self.vault = vault
  }

  /// What an opened store tells, or why it does not open. Where somebody is erased meanwhile, it is looked at again: the
  /// vault that was looked at may be gone.
  static func findings(
    of path: String, options: Store.Options, writer: WriterLine, wording: (any Error) -> String,
    keys: (Examiner) -> [Examination.Finding],
  ) -> [Examination.Finding] {
    var findings: [Examination.Finding] = []
    for _ in 0..<Examiner.looks {
      let before = generation(of: path, options: options)
      do {
        let examiner = try Examiner(opening: path, options: options)
        findings = examiner.findings(writer: writer, wording: wording, keys: keys)
      } catch {
        findings = [Examiner.unopened(error, wording: wording)]
      }
      if before == generation(of: path, options: options) { break }
    }
    return findings
  }

  private static let looks = 3

  /// Which vault is in force; nil where the log cannot be read, which the findings tell.
  private static func generation(of path: String, options: Store.Options) -> VaultGeneration? {
    do {
      let log = try Store.openEnvironment(at: path, options: options, access: .reading)
      try checkLength(of: log)
      let tables = try Store.checkFormat(of: log, path: path, options: options).tables
      return try log.reading { (transaction) throws(StoreError) in try tables.vaultGeneration(in: transaction) }
    } catch {
      return nil
    }
  }

  /// Refuses a file that was cut short, before a page is touched that is not there: the system would end the process.
  private static func checkLength(of environment: Environment) throws(StoreError) {
    let path = environment.directory + "/data.mdb"
    let written = try stored { () throws(LMDBError) in try environment.bytesUpToLastPage() }
    let there = SystemFile.byteCount(path) ?? 0
    // A few pages at the end may never have been written.
    guard there < written - max(written / 20, 1 << 18) else { return }
    throw StoreError.damaged(position: nil, what: "\(path) has \(there) bytes, and \(written) were written")
  }

  /// All that can be told; a part that cannot be read is a finding as well. The environments are closed at the end.
  func findings(
    writer: WriterLine, wording: (any Error) -> String, keys: (Examiner) -> [Examination.Finding],
  ) -> [Examination.Finding] {
    var findings: [Examination.Finding] = []
    func attempt(_ check: () throws -> [Examination.Finding]) {
      do {
        findings += try check()
      } catch {
        findings.append(Examiner.unread(error, wording: wording))
      }
    }
    attempt { [try contents(), try versions()] }
    attempt { [try clock(), try indexes()] }
    attempt { [try vaultAge()] }
    findings += keys(self)
    attempt {
      let facts = [try EnvironmentFacts(of: log), try EnvironmentFacts(of: vault)]
      // Whoever lives can only be told when they are closed.
      try log.close()
      try vault.close()
      let living = try facts.map {
        try Environment.livingProcesses(among: $0.readers.map(\.process), inDirectory: $0.directory)
      }
      return [
        Examiner.size(log: facts[0], vault: facts[1]), Examiner.freePages(log: facts[0], vault: facts[1]),
        Examiner.readers(of: facts, living: living, hasWriter: writer.isHeld),
      ]
    }
    return findings
  }
}
