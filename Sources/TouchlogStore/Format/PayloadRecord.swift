import Touchlog

/// The bytes of a record's other part, the payload, format version 1. All numbers are little-endian.
///
/// ```
///   0                                     32       34       36
///   ├─────────────────────────────────────┼────────┼────────┼─────────┬─────────────┬─────────┬────────────┬───────┐
///   │ leaf hash: SHA-256(0 ‖ header ‖     │ id     │ inter- │ id      │ interaction │ nonce   │ ciphertext │ tag   │
///   │ SHA-256(all that follows it here))  │ length │ action │ UTF-8   │ UTF-8       │ 12      │            │ 16    │
///   │                                     │ 2      │ length │         │             │         │            │       │
///   └─────────────────────────────────────┴────────┴────────┴─────────┴─────────────┴─────────┴────────────┴───────┘
/// ```
///
/// What follows the leaf hash is called the *sealed payload*. The id and the interaction's name stay readable, so
/// that the identity index can be checked, and built anew, when the customer is forgotten. The leaf hash is the
/// payload's checksum, and, with the header's bytes, what the Merkle tree is made of.
///
/// The ciphertext is AES-256-GCM under the customer's data key, of this plaintext:
///
/// ```
///   ├────────┬───────────────────┬──────────────────────────────────┤
///   │ length │ data, JSON as     │ extensions, a JSON object;       │
///   │ 4      │ it came           │ nothing where there are none     │
///   └────────┴───────────────────┴──────────────────────────────────┘
/// ```
///
/// A length of all ones says that there is no `data`. A reference inside `data` is an empty text there: the header
/// has the customer's number in its stead. The associated data are what is known of the record before the commit:
/// the header's first 16 bytes, then the id, the interaction's name and the source's, each text with its length
/// before it, as two bytes.
enum PayloadRecord {
  static let leafSize = 32
  static let lengthsSize = 4
  /// Bytes of the plaintext that tell how long `data` is.
  static let dataLengthSize = 4
  static let nonceSize = 12
  static let tagSize = 16
  static let noData = UInt32.max

  /// The id in a payload record that is known to be whole.
  static func id(in record: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let length = Int(UInt16(littleEndian: record.loadUnaligned(fromByteOffset: leafSize, as: UInt16.self)))
    let offset = leafSize + lengthsSize
    return UnsafeRawBufferPointer(rebasing: record[offset..<offset + length])
  }

  /// `data` and the extensions of a plaintext; nil when it is shorter than it says.
  static func split(_ plaintext: [UInt8]) -> (data: [UInt8]?, extensions: [UInt8])? {
    guard plaintext.count >= dataLengthSize else { return nil }
    let length = plaintext.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)) }
    let rest = plaintext.dropFirst(dataLengthSize)
    if length == noData { return (nil, Array(rest)) }
    guard Int(length) <= rest.count else { return nil }
    return (Array(rest.prefix(Int(length))), Array(rest.dropFirst(Int(length))))
  }

  /// The parts of a payload record, in place.
  struct Parts {
    let leaf: UnsafeRawBufferPointer
    /// All that the leaf's inner hash is made of.
    let sealed: UnsafeRawBufferPointer
    let id: UnsafeRawBufferPointer
    let interaction: UnsafeRawBufferPointer
    let nonce: UnsafeRawBufferPointer
    let ciphertext: UnsafeRawBufferPointer
    let tag: UnsafeRawBufferPointer

    /// The parts of a record that was made in this process.
    init(whole bytes: UnsafeRawBufferPointer) {
      guard let parts = Parts(bytes) else { preconditionFailure("a record is as long as it says") }
      self = parts
    }

    /// The parts as an older version has them.
    init(
      leaf: UnsafeRawBufferPointer, sealed: UnsafeRawBufferPointer, id: UnsafeRawBufferPointer,
      interaction: UnsafeRawBufferPointer, nonce: UnsafeRawBufferPointer, ciphertext: UnsafeRawBufferPointer,
      tag: UnsafeRawBufferPointer,
    ) {
      self.leaf = leaf
      self.sealed = sealed
      self.id = id
      self.interaction = interaction
      self.nonce = nonce
      self.ciphertext = ciphertext
      self.tag = tag
    }

    /// Nil when the bytes are too short for what they say.
    init?(_ bytes: UnsafeRawBufferPointer) {
      let textsOffset = leafSize + lengthsSize
      guard bytes.count >= textsOffset + nonceSize + tagSize else { return nil }
      func slice(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
      }
      func length(at offset: Int) -> Int {
        Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
      }
      let idLength = length(at: leafSize)
      let interactionLength = length(at: leafSize + 2)
      let nonceOffset = textsOffset + idLength + interactionLength
      let ciphertextLength = bytes.count - nonceOffset - nonceSize - tagSize
      guard ciphertextLength >= 0 else { return nil }
      leaf = slice(0, leafSize)
      sealed = slice(leafSize, bytes.count - leafSize)
      id = slice(textsOffset, idLength)
      interaction = slice(textsOffset + idLength, interactionLength)
      nonce = slice(nonceOffset, nonceSize)
      ciphertext = slice(nonceOffset + nonceSize, ciphertextLength)
      tag = slice(bytes.count - tagSize, tagSize)
    }
  }
}
