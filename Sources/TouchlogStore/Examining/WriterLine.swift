#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What `writer.lock` tells: who appends to a store, or who did when it was killed.
struct WriterLine {
  /// What the writer wrote of itself; nil where it has left in order, or never was.
  let holder: String?
  /// Whether it lives, and holds the lock.
  let isHeld: Bool

  init(of store: String) {
    let file = open(store + "/writer.lock", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      holder = nil
      isHeld = false
      return
    }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
    let line = String(decoding: bytes[..<max(0, count)], as: UTF8.self).split(separator: "\n").first
    holder = line.map(String.init)
    // A lock cannot be asked about, only taken, which could turn a writer away that begins at this very moment: it is
    // tried only where somebody has left a line.
    isHeld = line != nil && flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }
}

/// This process.
enum SystemProcess {
  static var own: Int32 { getpid() }
}

extension SystemFile {
  /// Whether this process may write a file.
  static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }
}
