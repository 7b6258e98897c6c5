import Foundation
import Testing
import Touchlog

@testable import TouchlogProof

/// Bundles that were handed out must verify for ever: a file for each version of the format.
@Suite struct `A bundle of format 1` {
  private static func golden(_ name: String) throws -> [UInt8] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)")
    return Array(try Data(contentsOf: file))
  }

  @Test func `is verified to the last byte, and says what it said`() throws {
    let key = try VerifierKey(String(decoding: try Self.golden("bundle-1.vkey").dropLast(), as: UTF8.self))
    let verification = TimelineBundle.verify(try Self.golden("bundle-1.ndjson"), by: key)
    #expect(verification.faults == [])
    #expect(verification.checkpoint?.origin == "golden.example/touchlog" && verification.checkpoint?.size == 5)
    #expect(verification.events.map(\.position.value) == [0, 1, 3, 4])
    #expect(
      verification.events.map(\.type) == ["contact.started", "shop.visited", "identity.linked", "identity.unlinked"])
    let first = try #require(verification.events[0].opened)
    #expect(first.event.subject == Reference(normalised: "crm:42") && first.event.location == "Borås")
    #expect(first.event.extensions == ["zone": "north"] && first.event.interaction == "call-1")
    #expect(first.recordedAt.rfc3339 == "2026-11-24T14:03:41.623476Z")
    let data = verification.events.map { $0.opened?.event.data.map { String(decoding: $0, as: UTF8.self) } }
    #expect(data[0] == #"{"direction":"inbound"}"# && data[3] == #"{"other":"mailto:a@b.se"}"#)
  }
}
