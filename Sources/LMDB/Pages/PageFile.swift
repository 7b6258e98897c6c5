internal import CLMDB
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
  /// Which of the threads that read at the same time uses it.
  private let reader: Int
  /// The file whose mapping this one reads; nil where it is its own.
  private let owner: PageFile?
  /// Bytes of a page; settled once a meta page was read.
  package internal(set) var pageSize: Int

  /// - Parameters:
  ///   - directory: the environment's.
  ///   - unreadable: pages to leave out, since they could not be read before.
  ///   - mark: by which `lastTouched` tells this file from others.
  /// - Throws: ``LMDBError`` where the file cannot be opened or mapped.
  package init(directory: String, unreadable: Set<UInt64> = [], mark: UInt8 = 0) throws(LMDBError) {
    self.mark = UInt64(mark) << 56
    reader = 0
    owner = nil
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

  /// The same file for another thread.
  ///
  /// - Parameter reader: which thread, from 1 up to and without `mostReaders`; the file as it was opened is for thread 0.
  private init(_ owner: PageFile, reader: Int) {
    path = owner.path
    bytes = owner.bytes
    unreadable = owner.unreadable
    mark = owner.mark
    pageSize = owner.pageSize
    self.reader = reader
    self.owner = owner
  }

  /// The file as a thread is to use it that reads beside others, from 0 up to and without `mostReaders`.
  func read(by reader: Int) -> PageFile {
    precondition((0..<PageFile.mostReaders).contains(reader), "so many threads cannot be told apart")
    return reader == 0 ? self : PageFile(self, reader: reader)
  }

  deinit {
    if owner != nil { return }
    if let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
  }

  /// How large the file is.
  package var byteCount: Int { bytes.count }

  /// Consecutive pages; nil where they are not all in the file, or one is to be left out.
  func pages(_ number: UInt64, count: Int = 1) -> UnsafeRawBufferPointer? {
    guard number < UInt64(bytes.count / pageSize), count > 0, count <= bytes.count / pageSize - Int(number) else {
      return nil
    }
    TouchedPages.slots[reader].page.store(number | mark, ordering: .relaxed)
    if !unreadable.isEmpty, (number..<number + UInt64(count)).contains(where: { unreadable.contains($0) }) {
      return nil
    }
    return bytes.slice(Int(number) * pageSize, count * pageSize)
  }
}

extension PageFile {
  /// Has a page fetched into the processor's caches, as it is soon to be read. Nothing of it is read: it may be any page.
  func prefetch(_ number: UInt64) {
    guard number < UInt64(bytes.count / pageSize), let address = bytes.baseAddress else { return }
    touchlog_prefetch(address + Int(number) * pageSize, pageSize)
  }
}

// MARK: What threads are reading

extension PageFile {
  /// How many threads can read a file at the same time, and be told apart.
  package static let mostReaders = TouchedPages.count

  /// The page that the calling thread has asked for last, in any file of the process, with the file's mark; where it has
  /// asked for none, that of another thread which is reading. For a handler of signals.
  package static var lastTouched: (mark: UInt8, page: UInt64) {
    let here = currentThread()
    var found = 0
    for reader in 0..<TouchedPages.count {
      let thread = TouchedPages.slots[reader].thread.load(ordering: .relaxed)
      if thread == 0 { continue }
      found = reader
      if thread == here { break }
    }
    let touched = TouchedPages.slots[found].page.load(ordering: .relaxed)
    return (UInt8(touched >> 56), touched & (1 << 56 - 1))
  }

  /// Says that the calling thread is the one that uses this file.
  package func beginReading() {
    TouchedPages.slots[reader].thread.store(currentThread(), ordering: .relaxed)
  }

  /// Says that no page of the file is being read, as where a thread waits for others.
  package func endReading() {
    TouchedPages.slots[reader].thread.store(0, ordering: .relaxed)
  }
}

/// Which pages the threads of this process are reading: in fixed memory, as a handler of signals looks at it.
private enum TouchedPages {
  struct Slot: ~Copyable {
    let thread = Atomic<UInt>(0)
    let page = Atomic<UInt64>(0)
  }

  static let count = 64
  static let slots = InlineArray<64, Slot> { _ in Slot() }
}
