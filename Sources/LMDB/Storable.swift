/// What can be a key or a value of a ``Table``: something that lends its bytes.
///
/// Spans, raw buffers and byte arrays are taken as they are. `UInt64` and `UInt32` are keys of tables with integer keys
/// (``Table/Keys``); as values they are stored as their bytes in memory order, so convert with `littleEndian` where the
/// file may travel between machines of different byte order.
public protocol Storable: ~Copyable, ~Escapable {
  /// The kind of table that this type is a key of.
  static var keys: Table.Keys { get }

  /// Calls `body` with the bytes, which are valid until it returns, and answers what it answers.
  borrowing func lendBytes(_ body: (UnsafeRawBufferPointer) -> Int32) -> Int32
}

extension Storable where Self: ~Copyable & ~Escapable {
  @inlinable
  public static var keys: Table.Keys { .bytes }
}

extension UInt64: Storable {
  @inlinable
  public static var keys: Table.Keys { .uint64 }

  @inlinable
  public func lendBytes(_ body: (UnsafeRawBufferPointer) -> Int32) -> Int32 {
    withUnsafeBytes(of: self) { body($0) }
  }
}

extension UInt32: Storable {
  @inlinable
  public static var keys: Table.Keys { .uint32 }

  @inlinable
  public func lendBytes(_ body: (UnsafeRawBufferPointer) -> Int32) -> Int32 {
    withUnsafeBytes(of: self) { body($0) }
  }
}

extension UnsafeRawBufferPointer: Storable {
  @inlinable
  public func lendBytes(_ body: (UnsafeRawBufferPointer) -> Int32) -> Int32 { body(self) }
}

extension RawSpan: Storable {
  @inlinable
  public func lendBytes(_ body: (UnsafeRawBufferPointer) -> Int32) -> Int32 {
    withUnsafeBytes { body($0) }
  }
}

extension Span: Storable where Element == UInt8 {
  @inlinable
  public func lendBytes(_ body: (UnsafeRawBufferPointer) -> Int32) -> Int32 {
    withUnsafeBytes { body($0) }
  }
}

extension Array: Storable where Element == UInt8 {
  @inlinable
  public func lendBytes(_ body: (UnsafeRawBufferPointer) -> Int32) -> Int32 {
    withUnsafeBytes { body($0) }
  }
}
