import Testing
import TouchlogTesting

@testable import TouchlogReplay

@Suite struct RowCodecTests {
  private func encoded(_ row: [UInt8], stride: Int) -> [UInt8] {
    var codec = RowCodec(stride: stride)
    defer { codec.free() }
    return row.withUnsafeBytes { Array(codec.encode($0)) }
  }

  private func decoded(_ bytes: [UInt8], stride: Int) -> [UInt8]? {
    var codec = RowCodec(stride: stride)
    defer { codec.free() }
    return bytes.withUnsafeBytes { codec.decode($0).map { Array($0) } }
  }

  @Test(arguments: [8, 16, 32, 72])
  func `what is encoded decodes to itself`(stride: Int) {
    var random = SplitMix64(seed: UInt64(stride))
    for round in 0..<200 {
      let count = round == 0 ? 500 : Int.random(in: 1...12, using: &random)
      let zeros = Int.random(in: 0...100, using: &random)
      let row = (0..<count * stride).map { _ in
        Int.random(in: 0..<100, using: &random) < zeros ? 0 : UInt8.random(in: 0...255, using: &random)
      }
      #expect(decoded(encoded(row, stride: stride), stride: stride) == row)
    }
  }

  @Test func `a value is a mask and the bytes that differ`() {
    var row: [UInt8] = [1, 0, 0, 7, 0, 0, 0, 0]
    row += [1, 2, 0, 7, 0, 0, 0, 9]
    #expect(encoded(row, stride: 8) == [0b0000_1001, 1, 7, 0b1000_0010, 2, 9])
  }

  @Test func `bytes that no row gives are refused, or another row`() {
    var random = SplitMix64(seed: 3)
    let row = (0..<96).map { _ in UInt8.random(in: 0...3, using: &random) }
    let bytes = encoded(row, stride: 32)
    for count in 1..<bytes.count { #expect(decoded(Array(bytes[..<count]), stride: 32) != row) }
    for _ in 0..<500 {
      var broken = bytes
      broken[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      let found = decoded(broken, stride: 32)
      #expect(found != row || broken == bytes)
      if let found { #expect(found.count.isMultiple(of: 32)) }
    }
  }
}
