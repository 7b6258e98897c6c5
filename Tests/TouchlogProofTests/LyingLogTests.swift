import JSON
import Testing
import Touchlog
import TouchlogTesting

@testable import TouchlogProof
@testable import TouchlogStore

@Suite struct `A log that lies` {
  /// A log of one record, signed as if it were any other, and its bundle.
  private func bundle(_ header: [UInt8], _ sealed: [UInt8], _ head: BundleHead, by key: SigningKey) throws -> [UInt8] {
    let inner = sealed.withUnsafeBytes { PayloadRecord.digest(ofSealed: $0) }
    let leaf = header.withUnsafeBytes { MerkleFrontier.leafHash($0, inner) }
    var head = head
    head.checkpoint = try key.sign(Checkpoint(origin: key.verifier.name, size: 1, root: leaf))
    var writer = JSONWriter()
    writer.object { line in
      line.key("position")
      line.integer(0)
      line.key("header")
      line.string(Base64.encode(header))
      line.key("sealed")
      line.string(Base64.encode(sealed))
      line.key("path")
      line.array { _ in }
    }
    return head.line + [UInt8(ascii: "\n")] + writer.bytes + [UInt8(ascii: "\n")]
  }

  @Test func `cannot make the verifier fall over, whatever it signs`() async throws {
    let made = try ProofStore()
    _ = try await made.store.append([
      ProofStore.event(0, of: "crm:0", type: "identity.linked", data: #"{"other":"crm:1"}"#, extensions: ["a": 1])
    ])
    let lines = try made.bundle("crm:0").lines
    var parser = JSONParser()
    let head = try BundleHead(parsing: Array(lines[0].utf8)[...], with: &parser)
    let record = try BundledRecord(parsing: Array(lines[1].utf8)[...], number: 2, with: &parser).record
    var random = SplitMix64(seed: 7)
    var proven = 0
    var unproven = 0
    for round in 0..<3000 {
      var header = record.header
      var sealed = record.sealed
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        header[Int.random(in: 0..<header.count - 4, using: &random)] = .random(in: 0...255, using: &random)
      }
      if round % 5 == 0 {
        sealed[Int.random(in: 0..<sealed.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      header.withUnsafeMutableBytes { Hashing.setChecksum(of: $0) }
      var told = head
      if round.isMultiple(of: 2) {
        let sealedOnly = BundledCustomer(number: head.customers[0].number, events: 1, identity: nil)
        told = BundleHead(checkpoint: head.checkpoint, customers: [sealedOnly])
      }
      let verification = made.verify(try bundle(header, sealed, told, by: made.key))
      if verification.isProven { proven += 1 } else { unproven += 1 }
    }
    // What stays sealed is proven as it is; what can be read lacks its event here.
    #expect(proven > 0 && unproven > 1500)
  }
}
