#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where bytes come from, a piece at a time: an open file, a pipe, a body that arrives.
public struct ByteSource {
  /// Fills the front of a buffer, and answers how many bytes it put there; 0 at the end.
  public typealias Read = (UnsafeMutableRawBufferPointer) throws -> Int

  private let fill: Read

  /// Bytes that a closure puts into the buffer it is lent.
  public init(_ read: @escaping Read) {
    fill = read
  }

  /// The bytes of an open file or pipe, from where it stands. It is not closed.
  public init(fileDescriptor: Int32) {
    fill = { buffer in
      while true {
        let count = read(fileDescriptor, buffer.baseAddress, buffer.count)
        if count >= 0 { return count }
        guard errno == EINTR else { throw AdapterError(.reading(String(cString: strerror(errno)))) }
      }
    }
  }

  /// Bytes that are there already.
  public init(_ bytes: [UInt8]) {
    var rest = bytes[...]
    fill = { buffer in
      let count = min(buffer.count, rest.count)
      buffer.copyBytes(from: rest.prefix(count))
      rest = rest.dropFirst(count)
      return count
    }
  }

  /// Fills the front of `buffer`, which is not empty; 0 at the end.
  package func next(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try fill(buffer)
    precondition(count >= 0 && count <= buffer.count, "\(count) bytes put into a buffer of \(buffer.count)")
    return count
  }
}
