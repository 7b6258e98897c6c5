import Foundation
import Testing
import Touchlog
import TouchlogStore

@testable import TouchlogProof

@Suite struct `A bundle that was tampered with` {
  private static let customers = 3

  /// Three customers, so that every third event is one of `crm:0`.
  private func filled(_ events: Int = 12) async throws -> ProofStore {
    let made = try ProofStore()
    try await made.append(events, customers: Self.customers)
    return made
  }

  /// What is found in lines, by line.
  private func faults(_ lines: [String], _ made: ProofStore) -> [Int: [String]] {
    Dictionary(grouping: made.verify(lines).faults, by: \.line).mapValues { $0.map(\.what) }
  }

  @Test func `in one bit of any byte is found, in its line`() async throws {
    let made = try await filled(6)
    let bytes = try made.bundle("crm:0").bytes
    #expect(made.verify(bytes).isProven)
    var line = 1
    var random: UInt64 = 7
    for index in bytes.indices {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      var flipped = bytes
      flipped[index] ^= 1 << UInt8(random >> 61)
      let faults = made.verify(flipped).faults
      #expect(!faults.isEmpty, "byte \(index), \(bytes[index]) as \(flipped[index])")
      if bytes[index] == UInt8(ascii: "\n") {
        line += 1
      } else if line > 1 {
        #expect(faults.contains { $0.line == line }, "byte \(index) of line \(line): \(faults)")
      }
    }
    #expect(line == 4)
  }

  @Test func `by leaving out an event is found where the next one is`() async throws {
    let made = try await filled()
    var lines = try made.bundle("crm:0").lines
    lines.remove(at: 2)
    let number = try made.number(of: "crm:0")
    #expect(
      faults(lines, made) == [
        1: ["it says that there are 4 events of \(number), and 3 follow"],
        3: ["the next event of \(number) is version 1, and this one is 2"],
      ])
    lines[0] = lines[0].replacing(#""events":4"#, with: #""events":3"#)
    #expect(faults(lines, made) == [3: ["the next event of \(number) is version 1, and this one is 2"]])
    lines.remove(at: 1)
    #expect(faults(lines, made)[2] == ["the next event of \(number) is version 0, and this one is 2"])
  }

  @Test func `by cutting the stream's end passes, once the first line says so as well, as nothing signed tells it`()
    async throws
  {
    let made = try await filled()
    var lines = try made.bundle("crm:0").lines
    lines.removeLast()
    #expect(faults(lines, made).keys.sorted() == [1])
    lines[0] = lines[0].replacing(#""events":4"#, with: #""events":3"#)
    let verification = made.verify(lines)
    #expect(verification.isProven && verification.events.map(\.streamVersion) == [0, 1, 2])
    lines = [lines[0].replacing(#""events":3"#, with: #""events":0"#)]
    #expect(faults(lines, made)[1]?.first?.contains("0 events") == true, "a bundle of nothing proves nothing")
  }

  @Test func `by swapping, doubling or adding events is found`() async throws {
    let made = try await filled()
    let lines = try made.bundle("crm:0").lines
    var swapped = lines
    swapped.swapAt(2, 3)
    #expect(faults(swapped, made)[4]?.contains("it stands behind position 6") == true)
    var doubled = lines
    doubled.insert(lines[2], at: 3)
    #expect(faults(doubled, made)[4]?.contains("it stands behind position 3") == true)
    var added = lines
    added.insert(try made.bundle("crm:1").lines[1], at: 2)
    #expect(
      faults(added, made)[3]?.contains(
        "it is an event of \(try made.number(of: "crm:1")), who is not among the customers of the first line") == true)
    #expect(faults(lines + [""], made)[6]?.first?.hasPrefix("it is no JSON") == true)
  }

  @Test func `with a record under another's position or path is found`() async throws {
    let made = try await filled()
    let lines = try made.bundle("crm:0").lines
    func part(_ name: String, _ line: String) throws -> String {
      let start = try #require(line.range(of: "\"\(name)\":"))
      let rest = line[start.lowerBound...]
      return String(rest.prefix { name == "path" ? $0 != "]" : $0 != "," })
    }
    for name in ["position", "header", "sealed", "path"] {
      var mixed = lines
      mixed[2] = lines[2].replacing(try part(name, lines[2]), with: try part(name, lines[3]))
      let found = faults(mixed, made)[3] ?? []
      #expect(
        found.contains(
          "the log that was signed does not have this record there: header, sealed payload or path is another"),
        "\(name): \(found)")
    }
    var beyond = lines
    beyond[4] = lines[4].replacing(#""position":9"#, with: #""position":12"#)
    #expect(faults(beyond, made)[5]?.contains("the log that was signed has 12 events, and none at that position") == true)
  }

  @Test func `with another event to be read, another name or another reference is found`() async throws {
    let made = try await filled()
    let lines = try made.bundle("crm:0").lines
    var read = lines
    read[3] = lines[3].replacing(#""direction":"inbound""#, with: #""direction":"outbound""#)
    #expect(faults(read, made)[4]?.first?.hasPrefix("its event is not what the record says, from byte") == true)
    var spaced = lines
    spaced[3] = lines[3].replacing(#","path""#, with: #", "path""#)
    #expect(faults(spaced, made)[4]?.first?.hasPrefix("it is not written as bundles are, from its byte") == true)
    var named = lines
    named[0] = lines[0].replacing("agent-0", with: "agent-9")
    #expect(faults(named, made).keys.sorted() == [2, 3, 4, 5])
    var referred = lines
    referred[0] = lines[0].replacing("crm:0", with: "crm:9")
    #expect(faults(referred, made).keys.sorted() == [2, 3, 4, 5])
    var source = lines.map { $0.replacing("/pbx", with: "/abc") }
    #expect(faults(source, made)[2] == ["the payload cannot be opened with its customer's key"], "sources are sealed along")
    source[0] = lines[0].replacing(#""text":"/pbx""#, with: #""text":"/pbx","more":1"#)
    #expect(faults(source, made)[1]?.first?.hasPrefix("it is not written as bundles are, from its byte") == true)
  }

  @Test func `with names or references that no event needs is found`() async throws {
    let made = try await filled()
    var lines = try made.bundle("crm:0").lines
    let head = lines[0]
    lines[0] = head.replacing("]}", with: #",{"number":99,"text":"x"}]}"#)
    #expect(faults(lines, made) == [1: ["no event needs the name 99"]])
    lines[0] = head.replacing(#""references":[]"#, with: #""references":[{"number":99,"reference":"crm:99"}]"#)
    #expect(faults(lines, made) == [1: ["no event needs the reference of number:99"]])
  }

  @Test func `with another's data key, or none, is found`() async throws {
    let made = try await filled()
    let lines = try made.bundle("crm:0").lines
    let other = try made.bundle("crm:1").lines
    func key(_ head: String) throws -> Substring {
      let start = try #require(head.range(of: #""key":""#))
      return head[start.upperBound...].prefix { $0 != "\"" }
    }
    var keyed = lines
    keyed[0] = lines[0].replacing(try key(lines[0]), with: try key(other[0]))
    #expect(faults(keyed, made)[2] == ["the payload cannot be opened with its customer's key"])
    keyed[0] = lines[0].replacing(#""keyNumber":1"#, with: #""keyNumber":2"#)
    #expect(faults(keyed, made)[2] == ["it is sealed under key 1, and the bundle has 2"])
    keyed[0] = try made.bundle("crm:0", isSealed: true).lines[0]
    #expect(faults(keyed, made)[2]?.first?.hasPrefix("there is more in the line than a sealed record") == true)
    keyed[0] = lines[0].replacing(#""key":""#, with: #""key":"AAAA"#)
    #expect(faults(keyed, made)[1]?.first?.hasSuffix("has a reference, and no key of 32 bytes") == true)
  }

  @Test func `under another log's checkpoint, or one of another time, is found`() async throws {
    let made = try await filled()
    let lines = try made.bundle("crm:0").lines
    let other = try await filled()
    let foreign = try other.bundle("crm:0").lines
    #expect(faults([foreign[0]] + lines.dropFirst(), made).values.first?.first == "the checkpoint: it is not signed by bank.example/touchlog")
    #expect(other.verify(lines).faults.map(\.line) == [1], "another log's key")
    try await made.append(1, customers: Self.customers)
    let later = try made.bundle("crm:0").lines
    #expect(faults([later[0]] + lines.dropFirst(), made).keys.sorted() == [1, 2, 3, 4, 5])
  }

  @Test(arguments: ["", "\n", "x", "{}\n", "[]\n", #"{"format":"touchlog-bundle/2"}"# + "\n", "{\"format\":\"touchlog-bundle/1\"}\n"])
  func `into something else is no bundle`(text: String) async throws {
    let faults = try await filled(1).verify(Array(text.utf8)).faults
    #expect(faults.count == 1 && faults[0].line == 1)
  }

  @Test func `by cutting it anywhere is found`() async throws {
    let made = try await filled(3)
    let bytes = try made.bundle("crm:0").bytes
    for count in stride(from: 0, to: bytes.count, by: 7) {
      #expect(!made.verify(Array(bytes.prefix(count))).isProven, "\(count) bytes")
    }
  }
}
