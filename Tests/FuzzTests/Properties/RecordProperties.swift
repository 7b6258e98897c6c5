import Touchlog

@testable import TouchlogStore

/// The store's own encodings: what is taken is within its bytes, and is written again as it was.
enum RecordProperties {
  static func take(header bytes: [UInt8]) throws(BrokenPromise) {
    let header = RecordedEvent(position: Position(7), bytes: bytes.span.bytes)?.header
    guard let header else { return }
    var written = header.encoded()
    try BrokenPromise.unless(written.count == bytes.count, "a header of \(bytes.count) bytes becomes \(written.count)")
    // The checksum is the store's, and a channel that is none becomes no channel.
    let checksum = bytes.count - RecordLayout.checksumSize
    written.replaceSubrange(checksum..., with: bytes[checksum...])
    if header.channel == nil { written[1] = bytes[1] }
    try BrokenPromise.unless(written == bytes, "a header is written otherwise")
    _ = bytes.withUnsafeBytes { Hashing.isIntact($0) }
  }

  static func take(payload bytes: [UInt8]) throws(BrokenPromise) {
    let parts: [UInt8]? = bytes.withUnsafeBytes { bytes in
      PayloadRecord.Parts(bytes).map { parts in
        Array(parts.leaf) + UInt16(parts.id.count).littleEndianBytes
          + UInt16(parts.interaction.count).littleEndianBytes + Array(parts.id) + Array(parts.interaction)
          + Array(parts.nonce) + Array(parts.ciphertext) + Array(parts.tag)
      }
    }
    if let parts { try BrokenPromise.unless(parts == bytes, "a payload's parts are not the payload") }
  }

  private static let storeKey = StoreKey(for: StoreID())

  static func take(row bytes: [UInt8]) throws(BrokenPromise) {
    let number = CustomerNumber(UInt32(truncatingIfNeeded: bytes.count))
    let isOpened = bytes.withUnsafeBytes { row in
      do throws(StoreError) {
        _ = try Vault.customer(number, row: row, storeKey: storeKey)
        return true
      } catch {
        return false
      }
    }
    try BrokenPromise.unless(!isOpened, "a key of this process has sealed what came from outside")
    let isKey = bytes.withUnsafeBytes { Vault.identifierKey(sealed: $0, storeKey: storeKey) != nil }
    try BrokenPromise.unless(!isKey, "a key of this process has sealed what came from outside")
  }

  static func take(frontier bytes: [UInt8]) throws(BrokenPromise) {
    guard var frontier = bytes.withUnsafeBytes({ MerkleFrontier(encoded: $0) }) else { return }
    try BrokenPromise.unless(frontier.encoded == bytes, "a frontier is written otherwise")
    _ = frontier.root
    guard frontier.size < .max else { return }
    frontier.append(leafHash: MerkleFrontier.Digest(repeating: 1)) { _ in }
    let again = frontier.encoded.withUnsafeBytes { MerkleFrontier(encoded: $0) }
    try BrokenPromise.unless(again == frontier, "a frontier that has grown is read otherwise")
  }
}
