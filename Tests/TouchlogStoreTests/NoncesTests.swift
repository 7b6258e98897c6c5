import Testing

@testable import TouchlogStore

@Suite struct NoncesTests {
  @Test func `no nonce is given out twice, nor by two givers`() {
    var one = Nonces()
    var other = Nonces()
    var seen: Set<[UInt8]> = []
    for _ in 0..<1000 {
      seen.insert(NoncesTests.next(of: &one))
      seen.insert(NoncesTests.next(of: &other))
    }
    #expect(seen.count == 2000)
    #expect(seen.allSatisfy { $0.count == PayloadRecord.nonceSize })
  }

  private static func next(of nonces: inout Nonces) -> [UInt8] {
    var nonce = [UInt8](repeating: 0, count: PayloadRecord.nonceSize)
    nonce.withUnsafeMutableBytes { nonces.next(into: $0) }
    return nonce
  }
}
