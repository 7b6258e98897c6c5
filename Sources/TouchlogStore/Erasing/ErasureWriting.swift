import LMDB
import Synchronization
import Touchlog

/// What the writer does to erase customers.
extension Writer {
  /// Makes a vault without the customers, and puts it in force by one commit of the log, which says so.
  ///
  /// - Throws: `ErasureError` and `StoreError` before the commit: nothing has happened then. `AppendError.failed` where
  ///   the commit fails.
  func erase(_ customers: [CustomerNumber], reason: String?) throws -> Erasure {
    let former = try log.vault
    let plan = try former.environment.read { try ErasurePlan(customers, reason: reason, in: former, $0) }
    let state = state.withLock { $0 }
    let company = try company(in: former, nextCustomer: state.nextCustomer)
    let listPath = log.vaults.erasureListPath
    // Before anything is done: it must be possible to tell of it.
    _ = try ErasureListFile(listPath)
    let vault = try log.vaults.make(former.generation.next, identifierKey: former.identifierKey) { vault in
      try vault.fill(from: former, without: plan.rows(from: state.head), company: company.isNew ? company.entry : nil)
    }
    let erasure: Erased
    do {
      erasure = try commit(plan, reason: reason, vault: vault, company: company, state)
    } catch {
      // The new vault is left alone, as the disk may have the commit that names it.
      throw fail(error)
    }
    let listFailure: StoreError?
    do {
      try log.completeErasureList()
      listFailure = nil
    } catch {
      listFailure = error
    }
    return Erasure(
      customers: erasure.customers, recordedAt: erasure.recordedAt, head: erasure.head,
      generation: vault.generation.number, listPath: listPath, listFailure: listFailure,
      formerVaults: FormerVaults(readers: [], failure: nil))
  }

  /// The company as the new vault has it: it may have had no event so far.
  private func company(
    in vault: Vault, nextCustomer: UInt32,
  ) throws(StoreError) -> (entry: KeyRing.Entry, isNew: Bool) {
    let known = try vault.environment.reading { (transaction) throws(StoreError) -> (CustomerNumber, DataKey)? in
      guard let number = try vault.number(of: .company, in: transaction),
        let customer = try vault.customer(number, in: transaction)
      else { return nil }
      return (number, customer.dataKey)
    }
    guard known != nil || nextCustomer < .max else { throw StoreError.exhausted(what: "customer") }
    let entry = KeyRing.Entry(
      reference: .company, dataKey: known?.1 ?? DataKey(number: 1), number: known?.0 ?? CustomerNumber(nextCustomer),
      generation: vault.generation.next)
    return (entry, known == nil)
  }

  private struct Erased {
    let customers: [Erasure.Customer]
    let recordedAt: Timestamp
    let head: Position
  }

  /// The point of no return: the events, and the name of the vault that is in force from now on, in one commit.
  private func commit(
    _ plan: ErasurePlan, reason: String?, vault: Vault, company: (entry: KeyRing.Entry, isNew: Bool), _ state: State,
  ) throws -> Erased {
    var state = state
    let recordedAt = max(clock(), state.lastRecordedAt)
    var transaction = try log.environment.beginWrite()
    var ids: [(own: String, companys: String)] = []
    for number in plan.customers {
      ids.append(
        (
          try log.unusedID("erased/\(number.value)", in: transaction),
          try log.unusedID("erasure/\(number.value)", in: transaction)
        ))
    }
    let events = ErasureEvents(
      customers: plan.customers, company: company.entry, reason: reason, time: recordedAt,
      generation: vault.generation, ids: ids)
    let prepared = events.prepared()
    let nextCustomer = state.nextCustomer + (company.isNew ? 1 : 0)
    var group = AppendGroup(
      log: log, vault: vault, head: state.head, recordedAt: recordedAt, nextCustomer: nextCustomer,
      nextName: state.nextName)
    let positions = try vault.environment.read { try group.add(prepared, transaction: transaction, vault: $0) }
    precondition(group.newCustomers.isEmpty, "everybody whom an erasure concerns has a number")
    try put(group, frontier: &state.frontier, in: &transaction)
    try transaction.put(
      vault.generation.number.littleEndianBytes, at: LogTables.MetaKey.vault, in: log.tables.meta)
    try transaction.commit()
    state.head = group.head
    state.lastRecordedAt = recordedAt
    state.nextName += UInt32(group.newNames.count)
    state.nextCustomer = nextCustomer
    let committed = state
    self.state.withLock { $0 = committed }
    log.vaults.replace(with: vault)
    log.keyRing.begin(vault.generation)
    log.names.keep(group.newNames)
    log.afterCommit()
    let tails = group.tails
    return Erased(
      customers: zip(plan.customers, positions).map { number, position in
        Erasure.Customer(number: number, position: position, streamVersion: tails[number]?.version ?? 0)
      }, recordedAt: recordedAt, head: group.head)
  }
}

extension Log {
  /// An id for an event of the log's own that is not in use: nobody is kept from sending events under the log's name.
  fileprivate func unusedID(
    _ beginning: String, in transaction: borrowing WriteTransaction,
  ) throws(StoreError) -> String {
    guard let source = try names.number(of: ErasureEvents.source, in: transaction) else { return beginning }
    var id = beginning
    var tries = 1
    while try isUsed(id, source: source, in: transaction) {
      tries += 1
      id = "\(beginning)/\(tries)"
    }
    return id
  }

  private func isUsed(
    _ id: String, source: NameNumber, in transaction: borrowing WriteTransaction,
  ) throws(StoreError) -> Bool {
    let key = Array(id.utf8).withUnsafeBytes { LogTables.identityKey(source: source, id: $0) }
    return try position(ofIdentity: key, in: transaction) != nil
  }
}
