import Touchlog

@testable import TouchlogStore

/// Good inputs, from which bad ones are made.
extension FuzzTarget {
  var seeds: [[UInt8]] {
    switch self {
    case .json: (FuzzSeeds.json + FuzzSeeds.lines).map { Array($0.utf8) }
    case .ndjson:
      [Array((FuzzSeeds.lines.joined(separator: "\n") + "\n").utf8)] + FuzzSeeds.lines.map { Array($0.utf8) }
    // A control character in a key, and a flow that is not closed: both have been in errors as they were.
    case .mapping: [MappingProperties.mapping, "a\tb: /o", "a: ["].map { Array($0.utf8) }
    case .delimited: [Array(MappingProperties.table.utf8)]
    case .header: FuzzSeeds.headers
    case .payload: FuzzSeeds.payloads
    case .vault: [[UInt8](repeating: 1, count: 4 + 60 + 6), [UInt8](repeating: 0, count: 60)]
    case .frontier: [0, 1, 2, 3, 255, 256, 1000].map { FuzzSeeds.frontier(of: $0).encoded }
    case .pages: [[0, 0, 0x20, 10, 1], [0, 1, 0, 0, 255, 0, 2, 0, 12, 4]]
    }
  }
}

enum FuzzSeeds {
  static let json = [
    #"{"a":[1,-2.5e3,true,false,null,"\u00e5\ud83c\udf89"],"b":{"":{}},"c":"\\\"\n"}"#, "[[[[0]]]]", "\"\"", "1e400",
    "12345678901234567890.5",
  ]

  static let lines = [
    #"{"specversion":"1.0","id":"1","source":"/pbx","type":"contact.started","time":"2025-03-01T09:15:00Z","#
      + #""subject":"crm:42","channel":"phone","interaction":"pbx-17","data":{"direction":"inbound"}}"#,
    #"{"specversion":"1.0","id":"2","source":"/crm","type":"identity.linked","time":"2025-03-01T09:15:00.5+01:00","#
      + #""subject":"tel:+46701234567","data":{"other":"mailto:A@example.org","confidence":0.5,"evidence":"x"}}"#,
    #"{"specversion":"1.0","id":"3","source":"/survey","type":"feedback.given","time":"2025-03-01T09:15:00Z","#
      + #""subject":"mailto:a@b.se","traceparent":"00-1","data":{"instrument":"csat","score":4.5,"min":1,"max":5}}"#,
    #"{"specversion":"1.0","id":"4","source":"/x","type":"my.own","time":"2025-03-01T09:15:00Z","data":[1,{"a":null}]}"#,
  ]

  static var headers: [[UInt8]] {
    var header = RecordHeader(typeCode: 1, occurredAt: Timestamp(microseconds: 1_740_820_500_000_000))
    var all = [header.encoded()]
    header.channel = .phone
    header.agent = NameNumber(1)
    header.topic = NameNumber(2)
    header.interaction = Hashing.interactionKey("call-1")
    header.previous = Position(5)
    for slots in [0, 3, RecordLayout.maximumSlots] {
      header.slots = RecordSlots((0..<slots).map { Int64($0) })
      all.append(header.encoded())
    }
    return all
  }

  static var payloads: [[UInt8]] {
    [(0, 0, 0), (4, 6, 20), (480, 480, 1000)].map { id, interaction, ciphertext in
      [UInt8](repeating: 7, count: 32) + UInt16(id).littleEndianBytes + UInt16(interaction).littleEndianBytes
        + [UInt8](repeating: 1, count: id + interaction + 12 + ciphertext + 16)
    }
  }

  static func frontier(of size: Int) -> MerkleFrontier {
    var frontier = MerkleFrontier()
    for leaf in 0..<size { frontier.append(leafHash: MerkleFrontier.Digest(repeating: UInt64(leaf))) { _ in } }
    return frontier
  }
}
