import LMDB
public import Touchlog

extension Store {
  /// How many customers one call erases at most.
  public static let customersPerErasure = 50_000
  /// How many bytes of UTF-8 a reason may have.
  public static let erasureReasonBytes = 4096

  /// Forgets customers, for ever: their references and the keys of their payloads.
  ///
  /// Their events stay, as numbers: positions, times, types and figures are as before, and so are the Merkle tree and
  /// all proofs. What was sealed cannot be opened by anybody any more, and each customer is `number:17` from then on.
  /// One commit of the log does it, for all of them at once: it adds a `customer.erased` to each stream, and one to
  /// that of `company:self`, with the reason. Before it, nothing has happened; after it, an erasure that was cut short
  /// is completed when the store is opened for appending the next time. Appends wait meanwhile.
  ///
  /// The vault without the customers is a new one, written row by row. The former one is overwritten and removed as
  /// soon as nobody reads it: in the background of later appends, where that is not within `patience`. An event that
  /// was prepared before and is appended later belongs to a new customer with a new key; an event that was stored, and
  /// is sent again, is recognised and brings nothing back.
  ///
  /// What cannot be promised, e.g. of disks that keep what was overwritten, is told in <doc:The-log-on-disk>.
  ///
  /// - Parameters:
  ///   - customers: by number, see `number(of:)`; each once, and none who was erased before. Whoever is one person by
  ///     links is several of them.
  ///   - reason: stays readable in the company's stream, so it must not name them.
  ///   - patience: how long to wait for readers of the former vault, in this process and others.
  /// - Throws: `ErasureError`, `AppendError.failed` and `.closed`, or `StoreError`, e.g. `.readOnly`; nobody is erased
  ///   then. Only after `failed`, they may be all the same: the next opening of the store shows it.
  public func erase(
    _ customers: [CustomerNumber], reason: String?, patience: Duration = .seconds(10),
  ) async throws -> Erasure {
    var erasure = try await onWriter { writer in try writer.erase(customers, reason: reason) }
    do {
      erasure.formerVaults = try await overwriteFormerVaults(patience: patience)
    } catch {
      // The customers are erased, and that is what is answered.
      erasure.formerVaults = FormerVaults(readers: [], failure: error)
    }
    return erasure
  }

  /// Sees whether `erase(_:reason:patience:)` would refuse to erase these customers, and erases nobody.
  ///
  /// - Throws: `ErasureError`, `StoreError`.
  @available(*, noasync, message: "a transaction must not live across an await")
  package func checkErasure(of customers: [CustomerNumber], reason: String?) throws {
    try log.read { _, vault, vaultTransaction in
      _ = try ErasurePlan(customers, reason: reason, in: vault, vaultTransaction)
    }
  }

  /// Overwrites and removes the vaults that were in force before somebody was erased, and are still there since
  /// somebody read them. Erasing does it, and so does appending now and then; this is for whoever wants to know.
  ///
  /// - Parameter patience: how long to wait for readers.
  /// - Throws: `StoreError`, when a file cannot be written or removed; `AppendError.closed`.
  public func overwriteFormerVaults(patience: Duration = .seconds(10)) async throws -> FormerVaults {
    let end = ContinuousClock.now + patience
    while true {
      let former = try await onWriter { writer in try writer.log.overwriteFormerVaults() }
      if former.areGone || ContinuousClock.now >= end { return former }
      do {
        try await Task.sleep(for: Store.pauseForReaders)
      } catch {
        // Whoever cancels wants to wait no longer.
        return former
      }
    }
  }

  /// Most readers are done with a page within less.
  private static let pauseForReaders = Duration.milliseconds(10)

  /// When a customer was erased, and by which event; nil for one who was not, and for a number that nobody has.
  public func erasure(of customer: CustomerNumber) throws -> (position: Position, recordedAt: Timestamp)? {
    try log.read { transaction, vault, vaultTransaction in
      guard let row = try vault.erasure(of: customer, in: vaultTransaction) else { return nil }
      return (row.position, try log.recordedAt(row.position, in: transaction))
    }
  }

  /// The file that names erased customers by number, beside the store's key: `STORE-ID.erasures`. It is there once
  /// somebody was erased.
  public var erasureListPath: String { log.vaults.erasureListPath }
}
