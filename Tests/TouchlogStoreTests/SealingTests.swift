import Crypto
import Testing

@testable import TouchlogStore

/// Nettle's ciphers and hashes as they are used here, beside those of another library.
@Suite struct SealingTests {
  private static func bytes(_ count: Int, from first: Int = 0) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: first + $0 * 7) }
  }

  private static let sizes = [0, 1, 15, 16, 17, 31, 32, 63, 64, 65, 255, 256, 1000, 70_000]

  @Test(arguments: sizes, [0, 1, 16, 300])
  func `what is sealed here opens elsewhere, and the other way round`(count: Int, associatedCount: Int) throws {
    let (plaintext, associated) = (SealingTests.bytes(count), SealingTests.bytes(associatedCount, from: 3))
    let keyBytes = SealingTests.bytes(32, from: 5)
    let (key, otherKey) = (SecretKey(keyBytes), SymmetricKey(data: keyBytes))
    var sealing = Sealing()
    var sealed: [UInt8] = [0xEE]
    plaintext.withUnsafeBytes { plaintext in
      associated.withUnsafeBytes { sealing.seal(plaintext, associated: $0, key: key, appendingTo: &sealed) }
    }
    #expect(sealed.count == 1 + count + Sealing.overhead)
    let box = try AES.GCM.SealedBox(combined: sealed.dropFirst())
    #expect(Array(try AES.GCM.open(box, using: otherKey, authenticating: associated)) == plaintext)
    let combined = try #require(AES.GCM.seal(plaintext, using: otherKey, authenticating: associated).combined)
    let opened = Array(combined).withUnsafeBytes { combined in
      associated.withUnsafeBytes { sealing.open(combined: combined, associated: $0, key: key) }
    }
    #expect(opened == plaintext)
  }

  @Test func `any bit that changed keeps a seal shut`() {
    let key = SecretKey()
    var sealing = Sealing()
    var sealed: [UInt8] = []
    let associated: [UInt8] = [1, 2, 3]
    SealingTests.bytes(20).withUnsafeBytes { plaintext in
      associated.withUnsafeBytes { sealing.seal(plaintext, associated: $0, key: key, appendingTo: &sealed) }
    }
    func opens(_ sealed: [UInt8], _ associated: [UInt8], _ key: SecretKey) -> Bool {
      sealed.withUnsafeBytes { sealed in
        associated.withUnsafeBytes { Sealing.opened(sealed, associated: $0, key: key) } != nil
      }
    }
    #expect(opens(sealed, associated, key))
    for bit in 0..<sealed.count * 8 {
      var damaged = sealed
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!opens(damaged, associated, key), "bit \(bit)")
    }
    #expect(!opens(sealed, [1, 2], key))
    #expect(!opens(sealed, associated, SecretKey()))
    #expect(!opens(Array(sealed.dropLast()), associated, key))
    #expect(!opens([], associated, key))
  }

  @Test(arguments: sizes + [54, 55, 56, 57, 118, 119, 120, 127, 128])
  func `digests and keyed hashes are those of another library`(count: Int) {
    let bytes = SealingTests.bytes(count)
    let digest = bytes.withUnsafeBytes { TouchlogStore.SHA256.digest(of: $0) }
    #expect(digest.withBytes { Array($0) } == Array(Crypto.SHA256.hash(data: bytes)))
    let keyBytes = SealingTests.bytes(32, from: 9)
    var hash = KeyedHash(key: SecretKey(keyBytes))
    let code = HMAC<Crypto.SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: keyBytes))
    let expected = code.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) }
    // Twice, as the state is made ready for the next text.
    for _ in 0..<2 { #expect(bytes.withUnsafeBytes { hash.first64Bits(of: $0) } == expected) }
  }

  @Test func `keys are equal by their bytes, and drawn anew each time`() {
    let bytes = SealingTests.bytes(32)
    #expect(SecretKey(bytes).isEqual(to: SecretKey(bytes)))
    #expect(!SecretKey(bytes).isEqual(to: SecretKey(SealingTests.bytes(32, from: 1))))
    #expect(!SecretKey().isEqual(to: SecretKey()))
  }
}
