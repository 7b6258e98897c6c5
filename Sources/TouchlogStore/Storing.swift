import LMDB

/// Runs a call to LMDB, and gives its error as the store's.
func stored<Result>(_ body: () throws(LMDBError) -> Result) throws(StoreError) -> Result {
  do {
    return try body()
  } catch {
    throw StoreError.storage(error)
  }
}

extension Environment {
  /// Calls `body` with a read transaction; as `read`, with the store's errors.
  @available(*, noasync, message: "a transaction must not live across an await")
  func reading<Result>(
    _ body: (borrowing ReadTransaction) throws(StoreError) -> Result,
  ) throws(StoreError) -> Result {
    do {
      return try read { try body($0) }
    } catch let error as StoreError {
      throw error
    } catch let error as LMDBError {
      throw StoreError.storage(error)
    } catch {
      preconditionFailure("reading throws nothing else: \(error)")
    }
  }
}
