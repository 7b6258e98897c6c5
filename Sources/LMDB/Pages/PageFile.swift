internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// An environment's data file, mapped for reading and given out page by page.
///
/// LMDB follows page numbers and offsets wherever they lead, so a damaged page may end the process. Here, nothing
/// outside the file is ever touched. What remains is a page that the disk cannot read, which the system tells by
/// SIGBUS: `lastTouched` then names it, and whoever tries again can leave it out.
package final class PageFile {
  /// The file's path.
  package let path: String
  private let bytes: UnsafeRawBufferPointer
  private let unreadable: Set<UInt64>
  private let mark: UInt64
  /// Bytes of a page; settled once a meta page was read.
  package internal(set) var pageSize: Int

  /// The page that was asked for last, in any file of the process, with the file's mark; for a handler of signals.
  package static var lastTouched: (mark: UInt8, page: UInt64) {
    let touched = touched.load(ordering: .relaxed)
    return (UInt8(touched >> 56), touched & (1 << 56 - 1))
  }
  private static let touched = Atomic<UInt64>(0)

  /// - Parameters:
  ///   - directory: the environment's.
  ///   - unreadable: pages to leave out, since they could not be read before.
  ///   - mark: by which `lastTouched` tells this file from others.
  /// - Throws: ``LMDBError`` where the file cannot be opened or mapped.
  package init(directory: String, unreadable: Set<UInt64> = [], mark: UInt8 = 0) throws(LMDBError) {
    self.mark = UInt64(mark) << 56
    path = directory + "/data.mdb"
    self.unreadable = unreadable
    pageSize = sysconf(Int32(_SC_PAGESIZE))
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw LMDBError(.system(errno), .open, path: directory) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw LMDBError(.system(errno), .open, path: directory) }
    let size = Int(status.st_size)
    if size == 0 {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let address = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0)
    guard let address, address != MAP_FAILED else { throw LMDBError(.system(errno), .open, path: directory) }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  deinit {
    if let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
  }

  /// How large the file is.
  package var byteCount: Int { bytes.count }

  /// Consecutive pages; nil where they are not all in the file, or one is to be left out.
  func pages(_ number: UInt64, count: Int = 1) -> UnsafeRawBufferPointer? {
    guard number < UInt64(bytes.count / pageSize), count > 0, count <= bytes.count / pageSize - Int(number) else {
      return nil
    }
    PageFile.touched.store(number | mark, ordering: .relaxed)
    if !unreadable.isEmpty, (number..<number + UInt64(count)).contains(where: { unreadable.contains($0) }) {
      return nil
    }
    return bytes.slice(Int(number) * pageSize, count * pageSize)
  }
}
