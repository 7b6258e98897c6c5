import LMDB
package import Touchlog

/// What a store that is being written looks like now, for whoever watches over it.
package struct StoreGauges: Sendable {
  /// How many events there are.
  package let head: Position
  /// Events that wait for the writer.
  package let queuedEvents: Int
  /// Requests that wait for room in the writer's queue.
  package let queuedRequests: Int
  /// Bytes of the log's file and the vault's, as far as they are used.
  package let fileBytes: Int
  /// Bytes of pages that are free to be used again.
  package let freeBytes: Int
  /// Read transactions that are open now, in any process.
  package let readers: Int
  /// How many commits of the log the oldest of them has not seen: it keeps the pages of all of them.
  package let oldestReaderCommits: UInt64
}

extension Store {
  /// Looks at the store without reading its events; what it takes grows with the number of free pages.
  @available(*, noasync, message: "it reads the list of free pages")
  package func gauges() throws -> StoreGauges {
    let depth = queueDepth
    let readers = try log.environment.readers()
    return try log.read { transaction, vault, _ in
      let information = try log.environment.information()
      let vaultInformation = try vault.environment.information()
      let oldest = readers.compactMap(\.transaction).min() ?? information.lastTransaction
      return StoreGauges(
        head: try log.head(in: transaction), queuedEvents: depth.events, queuedRequests: depth.waiting,
        fileBytes: information.bytes + vaultInformation.bytes,
        freeBytes: information.freePages * information.pageSize
          + vaultInformation.freePages * vaultInformation.pageSize,
        readers: readers.count,
        oldestReaderCommits: information.lastTransaction - min(oldest, information.lastTransaction))
    }
  }
}
