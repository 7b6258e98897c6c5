public import LMDB
public import Touchlog

/// Why a view cannot be made, opened or read; each says what to do.
public enum ReplayError: Error, Sendable {
  /// No projection has that name.
  case unknownProjection(String, known: [String])
  /// Another process is writing the view.
  case viewBusy(projection: String, holder: String)
  /// What lies at the path was written by another version of the engine, for another store, or for other tables.
  case foreignView(path: String, reason: String)
  /// The view has folded more events than the log has: it is another log's, or the log was set back.
  case viewAhead(projection: String, checkpoint: Position, head: Position)
  /// A view's bytes are not what was written.
  case viewDamaged(path: String, what: String)
  /// The view's environment failed.
  case storage(path: String, LMDBError)
  /// A call to the system failed.
  case system(operation: String, path: String, reason: String)
  /// There is no such table.
  case unknownTable(String, projection: String, known: [String])
}

extension ReplayError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownProjection(let name, let known):
      "there is no projection “\(name)”. There are: \(known.joined(separator: ", "))"
    case .viewBusy(let projection, let holder):
      "the view of \(projection) is being written by \(holder). Wait for it, or end it"
    case .foreignView(let path, let reason):
      "\(path): \(reason). A view can always be made anew: touchlog rebuild"
    case .viewAhead(let projection, let checkpoint, let head):
      """
      the view of \(projection) has folded \(checkpoint) events, and the log has \(head): it was made from another log, \
      or the log was set back. Make it anew: touchlog rebuild \(projection)
      """
    case .viewDamaged(let path, let what):
      "\(path): \(what). A view can always be made anew: touchlog rebuild"
    case .storage(_, let error):
      // It names the path itself.
      "\(error)"
    case .system(let operation, let path, let reason):
      "\(operation) \(path): \(reason)"
    case .unknownTable(let name, let projection, let known):
      "\(projection) has no table “\(name)”. It has: \(known.joined(separator: ", "))"
    }
  }
}

/// Runs a call to LMDB on a view, and gives its error as the engine's.
func viewed<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as LMDBError {
    guard let what = ReplayError.damage(error) else { throw ReplayError.storage(path: path, error) }
    throw ReplayError.viewDamaged(path: path, what: what)
  }
}

extension ReplayError {
  /// What is wrong with a view's file; nil where the fault is not the file's. LMDB's own words advise to restore a
  /// backup, which a view does not need.
  fileprivate static func damage(_ error: LMDBError) -> String? {
    switch error.code {
    case .invalid: "data.mdb is not an LMDB file, or its head is damaged"
    case .corrupted: "a page of data.mdb is not what it should be"
    case .pageNotFound: "a page of data.mdb is missing"
    default: nil
    }
  }

  /// What is wrong, without what to do.
  var finding: String {
    switch self {
    case .foreignView(_, let reason): reason
    case .viewDamaged(_, let what): what
    case .viewAhead(_, let checkpoint, let head): "it has folded \(checkpoint) events, and the log has \(head)"
    default: description
    }
  }

  /// Whether it is the view at a path that is damaged, foreign, or ahead of the log.
  func isOfTheLiveView(_ live: String) -> Bool {
    switch self {
    case .foreignView(let path, _), .viewDamaged(let path, _): path == live
    case .viewAhead: true
    default: false
    }
  }

  /// Whether a view's file is at fault, so that making it anew helps.
  var isOfTheFile: Bool {
    switch self {
    case .foreignView, .viewDamaged: true
    default: false
    }
  }
}
