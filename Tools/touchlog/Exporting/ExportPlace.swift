import Touchlog

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where an export goes: standard output, a file, or a folder with a file for each table. Nothing has its name before
/// all is written.
final class ExportPlace {
  /// Whether each table has a file.
  let isFolder: Bool
  private let path: String
  private let replaces: Bool
  private let isStandardOutput: Bool
  private var files: [UnfinishedFile] = []
  private var madeFolder = false

  /// Refuses a place that is taken, or none. Nothing is made yet: what is to be exported may take a while to find.
  ///
  /// - Parameter tables: which tables it is for.
  init(_ target: String, format: ExportFormat, tables: [String], replaces: Bool) throws {
    path = target
    self.replaces = replaces
    isStandardOutput = target == "-"
    isFolder = format == .csv && (target.hasSuffix("/") || ExportPlace.isFolder(target))
    if isFolder {
      for table in tables + ["provenance"] { try UnfinishedFile.check(file(of: table), replaces: replaces) }
      return
    }
    if format == .csv, tables.count > 1 {
      throw Failure(
        """
        a csv file holds one table, and there are \(tables.count): \(tables.joined(separator: ", ")). \
        Choose one with --table, or give a folder: \(target == "-" ? "tables" : target)/
        """, .impossible)
    }
    guard !isStandardOutput else { return }
    try UnfinishedFile.check(path, replaces: replaces)
    guard access(path.folderPart, W_OK) == 0 else { throw Failure(system: "making", path: path) }
  }

  deinit {
    // What is not finished is removed first, so that the folder is empty.
    files = []
    if madeFolder { rmdir(path) }
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private func file(of table: String) -> String { path + (path.hasSuffix("/") ? "" : "/") + table + ".csv" }

  /// Where lines go.
  func lineTarget() throws -> LineTarget {
    if isStandardOutput { return .standardOutput }
    guard isFolder else { return .file(try begin(path)) }
    return .files { table in
      if mkdir(self.path, 0o777) == 0 {
        self.madeFolder = true
      } else if errno != EEXIST {
        throw Failure(system: "making", path: self.path)
      }
      return try self.begin(self.file(of: table))
    }
  }

  /// The path of an empty file for a database.
  func databasePath() throws -> String { try begin(path).unfinishedPath }

  private func begin(_ path: String) throws -> UnfinishedFile {
    let file = try UnfinishedFile(path, replaces: replaces)
    files.append(file)
    return file
  }

  /// Gives all files their names; answers how many bytes they have.
  func finish() throws -> Int {
    var bytes = 0
    for file in files { bytes += try file.finish() }
    madeFolder = false
    return bytes
  }
}
