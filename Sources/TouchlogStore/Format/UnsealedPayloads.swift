/// Payloads in clear, in the form of sealed ones, nonce and tag zero, and no tree: a build that shows what it costs that
/// the log is sealed and can be proven, and is good for nothing else. All that is done besides is done: keys are made and
/// kept, records checked and indexed. Leaf hashes and the tree's nodes are zeros.
///
/// Package.swift asks for it where the environment says TOUCHLOG_UNSEALED_FOR_BENCHMARKS=1; see
/// `Tools/Benchmarks/unsealed`. Such a build's stores have a format of their own: it opens no others, and they are
/// opened by no other build.
enum UnsealedPayloads {
  #if UNSEALED_FOR_BENCHMARKS
    static let areBuilt = true
  #else
    static let areBuilt = false
  #endif

  /// The version that says so; no format of Touchlog gets so far.
  static let formatVersion = UInt32.max

  /// Refuses a log of the other kind of build.
  static func check(formatVersion found: UInt32, path: String) throws(StoreError) {
    let isUnsealed = found == formatVersion
    if isUnsealed, !areBuilt {
      throw StoreError.notAStore(
        path: path, reason: "a build for benchmarks has written it, which seals no payloads. Remove it")
    }
    if !isUnsealed, areBuilt {
      throw StoreError.notAStore(
        path: path,
        reason: "this build is for benchmarks: it seals no payloads, and opens its own stores alone. Use another build")
    }
  }

  /// Lays out a plaintext as `Sealing.seal` does a ciphertext.
  static func write(_ plaintext: UnsafeRawBufferPointer, into payload: UnsafeMutableRawBufferPointer) {
    let nonce = UnsafeMutableRawBufferPointer(rebasing: payload[..<PayloadRecord.nonceSize])
    let tag = UnsafeMutableRawBufferPointer(rebasing: payload[(PayloadRecord.nonceSize + plaintext.count)...])
    for zeros in [nonce, tag] { _ = zeros.initializeMemory(as: UInt8.self, repeating: 0) }
    UnsafeMutableRawBufferPointer(rebasing: payload[PayloadRecord.nonceSize...]).copyMemory(from: plaintext)
  }

  /// The plaintext of a payload; nil when it was not laid out by `write`.
  static func read(_ parts: PayloadRecord.Parts) -> [UInt8]? {
    guard parts.nonce.allSatisfy({ $0 == 0 }), parts.tag.allSatisfy({ $0 == 0 }) else { return nil }
    return Array(parts.ciphertext)
  }
}

extension MerkleFrontier {
  /// The frontier of a log that cannot be proven: zeros for roots.
  init(unprovenSize size: UInt64) {
    self.init(size: size, roots: Array(repeating: Digest(repeating: 0), count: size.nonzeroBitCount))
  }
}

extension Store {
  /// Whether this build seals payloads, and keeps a tree over them. False of a build for benchmarks alone, whose stores no other build opens.
  public static var sealsPayloads: Bool { !UnsealedPayloads.areBuilt }
}
