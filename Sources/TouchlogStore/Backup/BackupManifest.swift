import JSON
public import Touchlog

/// What a backup says of itself, in its file `backup.json`: enough to tell whether it is whole, without any key.
///
/// ```json
/// {"format":1,"store":"0b5f…","madeAt":"2025-03-01T09:15:00Z","head":200000,"root":"5d41…",
///  "files":[{"name":"log.mdb","bytes":104857600,"sha256":"9e10…"},{"name":"vault.mdb","bytes":1048576,"sha256":"77c2…"}],
///  "digest":"c3ab…"}
/// ```
///
/// It is one line; `digest` is the SHA-256 of all that stands before `,"digest":`.
public struct BackupManifest: Sendable, Hashable {
  /// The store that was copied.
  public let store: StoreID
  /// When, by the clock of whoever made the copy.
  public let madeAt: Timestamp
  /// How many events it holds.
  public let head: Position
  /// The root of the Merkle tree over them: 64 hexadecimal digits, as `touchlog verify` tells it.
  public let root: String
  /// What else lies in the backup's folder.
  public let files: [File]

  /// A file of a backup.
  public struct File: Sendable, Hashable {
    /// Its name in the backup's folder.
    public let name: String
    /// Its length.
    public let bytes: Int
    /// SHA-256 of its bytes: 64 hexadecimal digits, as `sha256sum` tells it.
    public let sha256: String
  }

  static let formatVersion: UInt32 = 1
  static let name = "backup.json"
  static let logName = "log.mdb"
  static let vaultName = "vault.mdb"

  private static let digestMember = #","digest":""#
}

extension BackupManifest {
  /// The file's bytes.
  var encoded: [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.key("format")
      object.integer(BackupManifest.formatVersion)
      object.key("store")
      object.string("\(store)")
      object.key("madeAt")
      object.string(madeAt.rfc3339)
      object.key("head")
      object.integer(head.value)
      object.key("root")
      object.string(root)
      object.key("files")
      object.array { array in
        for file in files {
          array.object { object in
            object.key("name")
            object.string(file.name)
            object.key("bytes")
            object.integer(file.bytes)
            object.key("sha256")
            object.string(file.sha256)
          }
        }
      }
    }
    let content = writer.bytes.dropLast()
    return content + Array("\(BackupManifest.digestMember)\(BackupManifest.digest(of: content))\"}\n".utf8)
  }

  /// Reads the manifest of a backup.
  ///
  /// - Parameter folder: the backup's folder.
  /// - Throws: `StoreError`, where there is no backup, its making was cut short, or the manifest is not what was written.
  public init(of folder: String) throws(StoreError) {
    let path = "\(folder)/\(BackupManifest.name)"
    guard SystemFile.exists(path) else {
      let reason =
        SystemFile.exists(folder) ? "there is no \(BackupManifest.name) in it" : "there is nothing at that path"
      throw StoreError.notABackup(path: folder, reason: reason)
    }
    func damaged(_ what: String) -> StoreError { StoreError.backupDamaged(path: folder, what: what) }

    let text = String(decoding: try SystemFile.contents(path), as: UTF8.self)
    // `try?`: where in the text it is broken is no help to anybody, as nobody writes it by hand.
    guard let manifest = try? JSONValue(parsing: text) else {
      throw damaged("\(BackupManifest.name) is no JSON: was it cut short?")
    }
    if let format = manifest["format"]?.count, format > Int(BackupManifest.formatVersion) {
      throw StoreError.newerFormat(
        path: folder, found: UInt32(clamping: format), supported: BackupManifest.formatVersion)
    }
    guard let end = text.ranges(of: BackupManifest.digestMember).last,
      manifest["digest"] == .string(BackupManifest.digest(of: text.utf8[..<end.lowerBound]))
    else { throw damaged("\(BackupManifest.name) was changed: it does not have the digest that it tells") }
    guard let store = manifest["store"]?.words.flatMap({ StoreID(text: $0) }),
      let madeAt = manifest["madeAt"]?.words.flatMap({ Timestamp(rfc3339: $0) }),
      let head = manifest["head"]?.count, let root = manifest["root"]?.words,
      case .array(let files)? = manifest["files"]
    else { throw damaged("\(BackupManifest.name) lacks what a manifest has") }
    self.store = store
    self.madeAt = madeAt
    self.head = Position(UInt64(head))
    self.root = root
    self.files = try files.map { (file) throws(StoreError) in
      guard let name = file["name"]?.words, let bytes = file["bytes"]?.count, let sha256 = file["sha256"]?.words
      else { throw damaged("\(BackupManifest.name) lacks what a file has") }
      return File(name: name, bytes: bytes, sha256: sha256)
    }
  }

  private static func digest(of content: some Sequence<UInt8>) -> String {
    var hasher = SHA256()
    Array(content).withUnsafeBytes { hasher.update($0) }
    return hasher.digest().hexadecimal
  }

  /// A file by its name.
  func file(_ name: String, in folder: String) throws(StoreError) -> File {
    guard let file = files.first(where: { $0.name == name }) else {
      throw StoreError.backupDamaged(path: folder, what: "\(BackupManifest.name) does not name \(name)")
    }
    return file
  }
}

extension JSONValue {
  /// A string's text; nil for anything else.
  fileprivate var words: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// A whole number from 0; nil for anything else.
  fileprivate var count: Int? {
    guard case .number(let text) = self, let number = Int(text), number >= 0 else { return nil }
    return number
  }
}
