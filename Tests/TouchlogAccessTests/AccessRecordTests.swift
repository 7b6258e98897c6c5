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
    #expect(
      text.hasPrefix(
        #"{"time":"2025-03-14T12:00:00Z","token":"q2xw8rt5ab","name":"Åsa \"x\"","customer":17,"what":"#))
    #expect(text.hasSuffix(#","chain":"\#(findings.chain)"}"# + "\n"))
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
    let names = try FileManager.default.contentsOfDirectory(atPath: store.path + "/access").filter { $0.hasSuffix("ndjson") }
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
    let second = try #require(whole.firstIndex(of: UInt8(ascii: "\n"))) + 1
    for length in second + 1..<whole.count {
      try store.write(Array(whole[..<length]), to: file)
      let torn = try store.looks()
      #expect(torn.customers == [1] && torn.findings.breaks.isEmpty)
      #expect(torn.findings.unfinished.map(\.line) == [2], "\(length)")
      try await store.look(try AccessRecord(ofStoreAt: store.path), at: 3)
      let next = try store.looks()
      // All but the end of the line was written: then it is a look, as nobody can tell it from one.
      let isComplete = length == whole.count - 1
      #expect(next.customers == (isComplete ? [1, 2, 3] : [1, 3]) && next.findings.breaks.isEmpty)
      #expect(next.findings.unfinished.map(\.line) == (isComplete ? [] : [2]))
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
    var changed = lines
    changed[2] = changed[2].replacing("\"customer\":3", with: "\"customer\":9")
    #expect(try breaks(changed) == [3])
    changed[2] = "x" + changed[2]
    #expect(try breaks(changed) == [3], "what is no line any more is none that was never finished")
    changed = lines
    changed.remove(at: 2)
    #expect(try breaks(changed) == [3], "the line after the gap")
    changed = lines
    changed.insert(lines[1], at: 2)
    #expect(try breaks(changed) == [3, 4], "what was put in, and the line after it")
    changed = lines
    changed.swapAt(1, 2)
    #expect(try breaks(changed) == [2, 3, 4])
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
