import Foundation
import LMDB
import Testing

@Suite struct `Errors` {
  @Test(
    arguments: [
      (.mapFull, .put, "Open it with a larger Options.addressSpace"),
      (.readersFull, .beginRead, "clearStaleReaders()"),
      (.mapResized, .beginRead, "Options.addressSpace as large as that of the writer"),
      (.corrupted, .get, "Restore a backup"),
      (.pageNotFound, .moveCursor, "MDB_PAGE_NOTFOUND"),
      (.versionMismatch, .open, "same version of liblmdb"),
      (.invalid, .open, "not an LMDB file"),
      (.panic, .beginWrite, "open it anew"),
      (.badTransaction, .put, "begin anew"),
      (.keyExists, .append, "Append keys in rising order"),
      (.notFound, .get, "no such entry"),
      (.transactionFull, .put, "Split it"),
      (.badValueSize, .put, "511 bytes"),
      (.tablesFull, .openTable, "Options.maximumTables"),
      (.badTable, .get, "Open tables before"),
      (.badReaderSlot, .beginRead, "lock file"),
      (.incompatible, .put, "does not fit"),
      (.tableMissing, .openTable, "createTable(named:keys:)"),
      (.keysMismatch(.uint32), .openTable, "its keys are .uint32"),
      (.environmentMissing, .open, "data.mdb was expected"),
      (.alreadyOpen, .open, "Share the one Environment"),
      (.usedAfterFork, .beginRead, "Open it in the child"),
      (.networkFileSystem("NFS"), .open, "it is on NFS"),
      (.closed, .beginRead, "Open it anew"),
      (.transactionsOpen(3), .close, "3 transactions"),
      (.readOnly, .beginWrite, "Access.readWrite"),
      (.targetNotEmpty, .copy, "empty or absent"),
      (.system(ENOSPC), .commit, "make room"),
      (.system(EDQUOT), .commit, "quota"),
      (.system(EIO), .commit, "the disk failed"),
      (.system(EACCES), .open, "lock.mdb writable"),
      (.system(EROFS), .open, "Access.readOnly"),
      (.system(ENOENT), .open, "Options.createDirectory"),
      (.system(ENOTDIR), .open, "not a directory"),
      (.system(EAGAIN), .open, "another process"),
      (.system(EBUSY), .open, "another process"),
      (.system(EMFILE), .open, "ulimit -n"),
      (.system(ENOMEM), .open, "Lower Options.addressSpace"),
      (.system(ENOMEM), .put, "smaller transactions"),
      (.system(EINTR), .sync, "errno \(EINTR)"),
      (.other(-1), .sync, "-1"),
    ] as [(LMDBError.Code, LMDBError.Operation, String)])
  func `each says what failed, where, and the way out`(
    code: LMDBError.Code, operation: LMDBError.Operation, advice: String
  ) {
    let text = LMDBError(code, operation, path: "/some/log").description
    #expect(text.hasPrefix("could not \(operation.rawValue)"))
    #expect(text.contains("/some/log"))
    #expect(text.contains(advice))
    #expect(text.hasSuffix("."))
  }

  @Test func `a table is named`() {
    let error = LMDBError(.mapFull, .put, path: "/some/log", table: "headers")
    #expect(error.description.hasPrefix("could not store a value (table \"headers\", /some/log): the environment has"))
    let missing = LMDBError(.tableMissing, .openTable, path: "/some/log", table: "headers")
    #expect(missing.description.hasPrefix("could not open the table \"headers\" in /some/log: there is no table"))
  }
}
