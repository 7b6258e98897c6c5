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
  private var files: [UnfinishedFile] = []
  private var madeFolder = false

  /// Takes the place, and refuses one that is taken.
  ///
  /// - Parameter tables: which tables it is for.
  init(_ target: String, format: ExportFormat, tables: [String], replaces: Bool) throws {
    path = target
    self.replaces = replaces
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
    if target != "-" { files = [try UnfinishedFile(target, replaces: replaces)] }
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
  var lines: LineTarget {
    if isFolder {
      return .files { table in
        if mkdir(self.path, 0o777) == 0 {
          self.madeFolder = true
        } else if errno != EEXIST {
          throw Failure(system: "making", path: self.path)
        }
        let file = try UnfinishedFile(self.file(of: table), replaces: self.replaces)
        self.files.append(file)
        return file
      }
    }
    return files.first.map { .file($0) } ?? .standardOutput
  }

  /// The path of a database that is being written.
  var databasePath: String {
    guard let file = files.first else { preconditionFailure("a database has a file") }
    return file.unfinishedPath
  }

  /// Gives all files their names; answers how many bytes they have.
  func finish() throws -> Int {
    var bytes = 0
    for file in files { bytes += try file.finish() }
    madeFolder = false
    return bytes
  }
}
