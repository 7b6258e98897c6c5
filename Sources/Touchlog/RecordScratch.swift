/// Memory for one header that was brought from an older layout into the current one.
///
/// It is asked for when the first such header comes: without one, a scratch costs nothing.
public struct RecordScratch: ~Copyable {
  private var memory: UnsafeMutableRawBufferPointer?

  /// No memory yet.
  public init() {}

  deinit { memory?.deallocate() }

  /// The bytes of a header in the current layout, their checksum zero: it is the stored bytes that have one.
  @_lifetime(&self)
  mutating func encode(_ header: RecordHeader) -> RawSpan {
    let memory =
      self.memory ?? UnsafeMutableRawBufferPointer.allocate(byteCount: RecordLayout.maximumSize, alignment: 8)
    self.memory = memory
    let bytes = UnsafeMutableRawBufferPointer(rebasing: memory[..<RecordLayout.size(presence: header.presence)])
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
    header.encode(into: bytes)
    // Proof: the memory is this value's own, and neither changes nor goes while the span borrows the value.
    return _overrideLifetime(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(bytes)), mutating: &self)
  }
}

extension RecordedEvent {
  /// Lends a header that was read from an older layout, as if the log had it in the current one.
  @_lifetime(&scratch)
  public init?(position: Position, header: RecordHeader, in scratch: inout RecordScratch) {
    self.init(position: position, bytes: scratch.encode(header))
  }
}
