import Foundation
import Testing
import Touchlog
import TouchlogServer
import TouchlogStore

@testable import TouchlogAccess

@Suite struct `The record of looks` {
  private let now = AccessStore.now
  private let file = "looks-2025-03.ndjson"

  @Test func `has a line for each look, as it was noted, in a file for its owner only`() async throws {
    let store = try AccessStore()
    #expect(try store.looks().findings == AccessFindings(), "of a store without a record")
    let record = try AccessRecord(ofStoreAt: store.path)
    let caller = Caller(name: "Åsa \"x\"", role: .auditor, tokenID: "q2xw8rt5ab")
    try await record.note(caller, customer: CustomerNumber(17), at: now, what: "GET /v1/customers/{reference}/timeline")
    try await store.look(record, at: 4_294_967_295)
    var looks: [Look] = []
    let findings = try AccessRecord.read(ofStoreAt: store.path) { looks.append($0) }
    #expect(
      looks.first
        == Look(
          time: now, tokenID: "q2xw8rt5ab", tokenName: "Åsa \"x\"", customer: CustomerNumber(17),
          what: "GET /v1/customers/{reference}/timeline"))
    #expect(looks.map(\.customer.value) == [17, 4_294_967_295])
    #expect(findings.looks == 2 && findings.breaks.isEmpty && findings.unfinished.isEmpty)
    #expect(try store.permissions(of: store.file(file)) == 0o600)
    let text = String(decoding: try store.bytes(file), as: UTF8.self)
    let (heading, lines) = (#"{"format":"touchlog-looks/1","after":"\#(Look.noChain)"}"#, text)
    #expect(
      lines.hasPrefix(
        heading + "\n"
          + #"{"time":"2025-03-14T12:00:00Z","token":"q2xw8rt5ab","name":"Åsa \"x\"","customer":17,"what":"#))
    #expect(lines.hasSuffix(#","chain":"\#(findings.chain)"}"# + "\n"))
  }

  @Test func `takes many at once, and none is lost or doubled`() async throws {
    let store = try AccessStore()
    let records = [try AccessRecord(ofStoreAt: store.path), try AccessRecord(ofStoreAt: store.path)]
    try await withThrowingTaskGroup { group in
      for number in 0..<200 {
        group.addTask { try await store.look(records[number % 2], at: UInt32(number)) }
      }
      try await group.waitForAll()
    }
    let (customers, findings) = try store.looks()
    #expect(customers.sorted() == Array(0..<200))
    #expect(findings.breaks.isEmpty && findings.unfinished.isEmpty)
  }

  @Test func `begins a new file with each month, goes on with its chain, and never goes back`() async throws {
    let store = try AccessStore()
    let record = try AccessRecord(ofStoreAt: store.path)
    let (april, may) = (now.adding(seconds: 30 * 86_400), now.adding(seconds: 60 * 86_400))
    try await store.look(record, at: 1, now)
    try await store.look(record, at: 2, april)
    // The clock was set back, here and in a service that begins anew.
    try await store.look(record, at: 3, now)
    try await store.look(try AccessRecord(ofStoreAt: store.path), at: 4, now)
    try await store.look(record, at: 5, may)
    let names = try FileManager.default.contentsOfDirectory(atPath: store.path + "/access").filter {
      $0.hasSuffix("ndjson")
    }
    #expect(names.sorted() == ["looks-2025-03.ndjson", "looks-2025-04.ndjson", "looks-2025-05.ndjson"])
    #expect(try store.looks().customers == [1, 2, 3, 4, 5])
    #expect(try store.looks().findings.breaks.isEmpty)
    #expect(try store.looks(since: april).customers == [2, 5])
    #expect(try store.looks(since: april).findings.chain == store.looks().findings.chain)
    // Old months may go.
    try FileManager.default.removeItem(atPath: store.file("looks-2025-03.ndjson"))
    #expect(try store.looks().findings.breaks.isEmpty)
    // One in the middle may not.
    try FileManager.default.removeItem(atPath: store.file("looks-2025-04.ndjson"))
    try await store.look(try AccessRecord(ofStoreAt: store.path), at: 6, may)
    #expect(try store.looks().findings.breaks.isEmpty, "May is the first now")
  }

  @Test func `a file in the middle that is gone is seen`() async throws {
    let store = try AccessStore()
    let record = try AccessRecord(ofStoreAt: store.path)
    for month in 0..<3 { try await store.look(record, at: 1, now.adding(seconds: Int64(month) * 30 * 86_400)) }
    try FileManager.default.removeItem(atPath: store.file("looks-2025-04.ndjson"))
    #expect(try store.looks().findings.breaks.map(\.description) == ["access/looks-2025-05.ndjson, line 1"])
  }

  @Test func `passes over a line that was never finished, and tells it`() async throws {
    let store = try AccessStore()
    try await store.look(try AccessRecord(ofStoreAt: store.path), at: 1)
    try await store.look(try AccessRecord(ofStoreAt: store.path), at: 2)
    let whole = try store.bytes(file)
    let end = UInt8(ascii: "\n")
    for length in 1..<whole.count {
      let part = Array(whole[..<length])
      try store.write(part, to: file)
      // A heading, and looks at 1 and 2.
      let ended = part.count { $0 == end }
      let isTorn = part.last != end
      let torn = try store.looks()
      #expect(torn.customers == Array([1, 2].prefix(max(0, ended - 1))) && torn.findings.breaks.isEmpty, "\(length)")
      #expect(torn.findings.unfinished.map(\.line) == (isTorn ? [ended + 1] : []), "\(length)")
      try await store.look(try AccessRecord(ofStoreAt: store.path), at: 3)
      let next = try store.looks()
      // Where only the end of the line is missing, it is a look: nobody can tell it from one.
      let isComplete = isTorn && whole[length] == end
      let looks = max(0, isComplete ? ended : ended - 1)
      #expect(next.customers == [1, 2].prefix(looks) + [3] && next.findings.breaks.isEmpty, "\(length)")
      #expect(next.findings.unfinished.map(\.line) == (isTorn && !isComplete ? [ended + 1] : []), "\(length)")
    }
  }

  @Test func `a change, a gap and an addition are seen, and where`() async throws {
    let store = try AccessStore()
    let record = try AccessRecord(ofStoreAt: store.path)
    for customer in 1...5 { try await store.look(record, at: UInt32(customer)) }
    let lines = String(decoding: try store.bytes(file), as: UTF8.self).split(separator: "\n").map { String($0) }
    func breaks(_ lines: [String]) throws -> [Int] {
      try store.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: file)
      return try store.looks().findings.breaks.map(\.line)
    }
    #expect(try breaks(lines) == [])
    for index in lines.indices {
      var changed = lines
      changed[index] = changed[index].replacing("2025-", with: "2024-").replacing(
        "\"after\":\"0", with: "\"after\":\"1")
      // What a heading says of the looks before shows in the first one after it.
      #expect(try breaks(changed) == [max(index + 1, 2)])
      changed[index] = "x" + lines[index]
      // A line that is none any more is not taken for one that was never finished. The last might be.
      #expect(try breaks(changed) == (index == lines.count - 1 ? [] : [index + 1]))
      changed.remove(at: index)
      #expect(try breaks(changed) == (index == lines.count - 1 ? [] : [index + 1]), "the line after the gap")
    }
    var changed = lines
    changed.insert(lines[2], at: 3)
    #expect(try breaks(changed) == [4], "what was put in")
    changed = lines
    changed.swapAt(2, 3)
    #expect(try breaks(changed) == [3, 4, 5])
    try #require(try breaks(lines) == [])
    // Whoever leaves out the end, or writes all anew, is seen by who has noted the chain alone.
    let noted = try store.looks().findings.chain
    #expect(try breaks(Array(lines.dropLast())) == [])
    #expect(try store.looks().findings.chain != noted)
  }

  @Test func `is not written where others may write it, or its end is no record's`() async throws {
    let store = try AccessStore()
    try await store.look(try AccessRecord(ofStoreAt: store.path), at: 1)
    let path = store.file(file)
    try store.setPermissions(0o620, of: path)
    await #expect(throws: AccessError.exposed(path: path, cure: "chmod go-w \(path)")) {
      try await store.look(try AccessRecord(ofStoreAt: store.path), at: 2)
    }
    try store.write([UInt8](repeating: UInt8(ascii: "x"), count: 100_000), to: file)
    await #expect(throws: AccessError.recordDamaged(path: path)) {
      try await store.look(try AccessRecord(ofStoreAt: store.path), at: 2)
    }
    try FileManager.default.removeItem(atPath: path)
    try await store.look(try AccessRecord(ofStoreAt: store.path), at: 3)
    #expect(try store.looks().customers == [3])
  }

  @Test func `goes on in a new file where the one it writes was moved away`() async throws {
    let store = try AccessStore()
    let record = try AccessRecord(ofStoreAt: store.path)
    try await store.look(record, at: 1)
    try FileManager.default.moveItem(atPath: store.file(file), toPath: store.file("kept"))
    try await store.look(record, at: 2)
    #expect(try store.looks().customers == [2])
  }
}
