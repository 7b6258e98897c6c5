import Testing

@testable import TouchlogStore

@Suite struct NoncesTests {
  @Test func `no nonce is given out twice, nor by two givers`() {
    var one = Nonces()
    var other = Nonces()
    var seen: Set<[UInt8]> = []
    for _ in 0..<1000 {
      seen.insert(Array(one.next()))
      seen.insert(Array(other.next()))
    }
    #expect(seen.count == 2000)
    #expect(seen.allSatisfy { $0.count == PayloadRecord.nonceSize })
  }
}
