import Touchlog

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The file of an `ErasureList`, to which one writer at a time adds lines.
struct ErasureListFile: ~Copyable {
  private let path: String
  private let file: Int32

  /// Opens the file for adding to it, and makes it, for its owner only, where it is not there.
  init(_ path: String) throws(StoreError) {
    self.path = path
    let isNew = !SystemFile.exists(path)
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw StoreError(system: "opening the list of erasures", path: path) }
    // A file whose name is lost in a power cut would be lost with its lines.
    if isNew { try SystemFile.sync(directory: SystemFile.parent(of: path)) }
  }

  deinit {
    close(file)
  }

  /// Adds lines behind the last whole one, and brings them to disk.
  func append(_ list: ErasureList) throws(StoreError) {
    let whole = try SystemFile.wholeContents(path)
    let end = whole.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    // What was cut off is not part of any line, and would spoil the next one.
    if end < whole.count, ftruncate(file, off_t(end)) != 0 {
      throw StoreError(system: "writing the list of erasures", path: path)
    }
    guard lseek(file, off_t(end), SEEK_SET) >= 0 else {
      throw StoreError(system: "writing the list of erasures", path: path)
    }
    try SystemFile.write(list.encoded, to: file, path: path)
    guard fsync(file) == 0 else { throw StoreError(system: "syncing the list of erasures", path: path) }
  }
}

extension SystemFile {
  /// Reads a file of any length whole.
  static func wholeContents(_ path: String) throws(StoreError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw StoreError(system: "opening", path: path) }
    defer { close(file) }
    return try contentsToEnd(of: file, path: path)
  }

  /// Reads what is left of an opened file.
  ///
  /// - Parameter path: for errors.
  static func contentsToEnd(of file: Int32, path: String) throws(StoreError) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = piece.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
      if count == 0 { return bytes }
      if count > 0 {
        bytes.append(contentsOf: piece[..<count])
      } else if errno != EINTR {
        throw StoreError(system: "reading", path: path)
      }
    }
  }
}
