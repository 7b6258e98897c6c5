import Foundation
import JSON
import Testing
import Touchlog
import TouchlogProof
import TouchlogStore

@testable import TouchlogCommand

/// A store in which `crm:42` (0) and `tel:+46701234567` (1) are one person, and `crm:99` (2) is somebody else.
enum ErasureWorld {
  static let secret = "the neighbour's dog Fenris"
  static let lines = [
    Sample.event("1", ["agent": "\"Ann\""]),
    fact("2", "identity.linked", "tel:+46701234567", #"{"other":"crm:42","evidence":"one address","confidence":0.9}"#),
    fact("3", "complaint.raised", "crm:42", #"{"severity":4,"text":"\#(secret)"}"#),
    fact("4", "promise.made", "crm:42", #"{"promise":"p1","kind":"callback"}"#),
    fact("5", "praise.given", "crm:99", #"{"severity":1,"text":"fine"}"#),
    Sample.event("6", ["subject": "\"crm:99\"", "interaction": "\"pbx-18\""]),
  ]

  static func fact(_ id: String, _ type: String, _ subject: String, _ data: String) -> String {
    Sample.event(
      id, ["type": "\"\(type)\"", "subject": "\"\(subject)\"", "data": data, "interaction": nil, "channel": nil])
  }

  static func made() throws -> Sandbox {
    let sandbox = try Sandbox.withStore()
    let outcome = try sandbox.touchlog("append", "-", "--quiet", input: lines.joined(separator: "\n"))
    try #require(outcome.status == 0, "\(outcome.errors)")
    return sandbox
  }

  /// The files below a folder that hold a text, by name.
  static func files(with text: String, in sandbox: Sandbox, _ folders: String...) throws -> [String] {
    let sought = Data(text.utf8)
    var found: [String] = []
    for folder in folders {
      let root = sandbox.folder.appending(path: folder)
      for name in try FileManager.default.subpathsOfDirectory(atPath: root.path) {
        let file = root.appending(path: name)
        guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
        if try Data(contentsOf: file).range(of: sought) != nil { found.append("\(folder)/\(name)") }
      }
    }
    return found
  }

  static func root(of sandbox: Sandbox, _ store: String = "store") throws -> JSONValue {
    try JSONValue(parsing: sandbox.touchlog("verify", "--json", "--quiet", "--store", store).output)
  }
}

@Suite struct `Erasing by command` {
  private static let keys = ".config/touchlog/keys"

  private static func verifierKey(in sandbox: Sandbox) throws -> VerifierKey {
    let line = try #require(try sandbox.touchlog("checkpoint", "--verifier-key").lines.first)
    return try VerifierKey(String(line))
  }

  @Test func `no file of the store holds the reference or its texts, and the log says that it was erased`() throws {
    let sandbox = try ErasureWorld.made()
    // The search finds what is there.
    #expect(try ErasureWorld.files(with: "crm:42", in: sandbox, "store", Self.keys).isEmpty == false)
    let outcome = try sandbox.touchlog("erase", "crm:42", "--reason", "request of May", "--yes")
    #expect(outcome.status == 0, "\(outcome.errors)")
    for text in ["crm:42", ErasureWorld.secret] {
      #expect(try ErasureWorld.files(with: text, in: sandbox, "store", Self.keys) == [], "\(text)")
    }
    #expect(!outcome.output.contains("crm:42") && !outcome.output.contains("request"))
    let timeline = try sandbox.touchlog("timeline", "number:0")
    #expect(timeline.status == 0 && timeline.output.hasPrefix("number:0 · "))
    #expect(timeline.output.contains("erased"))
    #expect(try sandbox.touchlog("timeline", "crm:42").status == 1)
    let read = try sandbox.touchlog("read", "--json").output
    #expect(read.contains("customer.erased") && read.contains("request of May"))
    for command in [["read"], ["customers"], ["service"], ["churn"], ["timeline", "tel:+46701234567"], ["stats"]] {
      let shown = try sandbox.run(Sandbox.binary, command)
      #expect(shown.status == 0 && !shown.output.contains("crm:42") && !shown.output.contains("Fenris"), "\(command)")
    }
    #expect(!read.contains("crm:42") && !read.contains("Fenris"))
    #expect(try sandbox.touchlog("verify").status == 0)
  }

  @Test func `the receipt is a signed note that names positions, time, head and root, and no customer`() throws {
    let sandbox = try ErasureWorld.made()
    let outcome = try sandbox.touchlog("erase", "crm:42", "--reason", "request 118", "--yes", "--all-links")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let note = try SignedNote(Array(outcome.output.utf8))
    let key = try Self.verifierKey(in: sandbox)
    try note.verify(by: key)
    let id = try Store.id(at: sandbox.path("store"))
    let verified = try ErasureWorld.root(of: sandbox)
    let events = try sandbox.touchlog("read", "--json", "--type", "customer.erased").lines
      .map { try JSONValue(parsing: String($0)) }
    let first = try #require(events.first { $0["customernumber"] == 0 })
    let second = try #require(events.first { $0["customernumber"] == 1 })
    guard case .string(let recorded)? = first["recordedat"], case .string(let root)? = verified["root"] else {
      Issue.record("\(events), \(verified)")
      return
    }
    func number(_ value: JSONValue?) -> String { if case .number(let text)? = value { text } else { "none" } }
    #expect(
      note.text == """
        touchlog-erasure/1
        log \(key.name)
        store \(id)
        customer 0 erased at \(number(first["position"]))
        customer 1 erased at \(number(second["position"]))
        recorded \(recorded)
        head \(number(verified["events"]))
        root \(root)

        """)
    // Neither the log nor whoever gets it may take it for a checkpoint.
    #expect(throws: ProofError.self) { try Checkpoint(of: note, by: key) }
    // A byte changed, and it is none.
    let forged = outcome.output.replacing("customer 1 ", with: "customer 2 ")
    #expect(throws: ProofError.self) { try SignedNote(Array(forged.utf8)).verify(by: key) }
  }

  @Test func `only the reference that is named goes, the others are told, and all go when asked`() throws {
    let sandbox = try ErasureWorld.made()
    let one = try sandbox.touchlog("erase", "tel:+46 70-123 45 67", "--reason", "request 118", "--yes")
    #expect(one.status == 0, "\(one.errors)")
    #expect(one.errors.contains("  tel:+46701234567, number:1\n    1 event, on 2025-03-01\n"))
    #expect(one.errors.contains("not erased; --all-links erases them too:\n  crm:42, number:0\n    3 events, on "))
    #expect(one.errors.contains("  #1 tel:+46701234567 and crm:42, confidence 0.9: one address\n"))
    #expect(one.errors.contains("Erased: number:1.\n"))
    #expect(try ErasureWorld.files(with: "+46701234567", in: sandbox, "store", Self.keys) == [])
    #expect(try sandbox.touchlog("timeline", "crm:42").output.contains("number:1"))
    // The link still holds, by number, so the rest of the person is found from either side.
    let rest = try sandbox.touchlog("erase", "number:1", "--all-links", "--reason", "request 118", "--yes")
    #expect(rest.status == 0, "\(rest.errors)")
    #expect(rest.errors.contains("Erased: number:0.\n") && rest.errors.contains("  1 promise not kept yet\n"))
    #expect(try ErasureWorld.files(with: "crm:42", in: sandbox, "store", Self.keys) == [])
    #expect(try sandbox.touchlog("read", "--customer", "crm:99").lines.count == 2)
  }

  @Test func `what was erased is a duplicate when it is sent again, and what is new is another customer's`() throws {
    let sandbox = try ErasureWorld.made()
    #expect(try sandbox.touchlog("erase", "crm:42", "--reason", "r", "--yes").status == 0)
    let again = try sandbox.touchlog("append", "-", "--json", input: ErasureWorld.lines.joined(separator: "\n"))
    let receipt = try JSONValue(parsing: again.output)
    #expect(again.status == 0 && receipt["duplicates"] == 6 && receipt["appended"] == 0, "\(again)")
    #expect(try ErasureWorld.files(with: "crm:42", in: sandbox, "store", Self.keys) == [])
    #expect(try sandbox.touchlog("append", "-", input: Sample.event("new")).status == 0)
    let timeline = try sandbox.touchlog("timeline", "crm:42", "--json")
    #expect(try JSONValue(parsing: timeline.output)["events"] == 1)
  }

  @Test func `somebody who was erased gets the receipt again, and is exported as what is left`() throws {
    let sandbox = try ErasureWorld.made()
    #expect(try sandbox.touchlog("export-person", "crm:42", "--only", "--out", "before").status == 0)
    #expect(try sandbox.read("before/events.ndjson").contains(ErasureWorld.secret))
    let first = try sandbox.touchlog("erase", "crm:42", "--reason", "r", "--yes")
    let again = try sandbox.touchlog("erase", "number:0")
    #expect(again.status == 0, "\(again.errors)")
    #expect(again.errors.contains("number:0 was erased already, at position "))
    #expect(again.output == first.output)
    #expect(try sandbox.touchlog("append", "-", input: Sample.event("new", ["subject": "\"crm:7\""])).status == 0)
    let later = try SignedNote(Array(try sandbox.touchlog("erase", "number:0").output.utf8))
    try later.verify(by: Self.verifierKey(in: sandbox))
    #expect(later.text.split(separator: "\n")[3...4] == first.output.split(separator: "\n")[3...4])
    let exported = try sandbox.touchlog("export-person", "number:0", "--only", "--out", "after")
    #expect(exported.status == 0, "\(exported.errors)")
    #expect(exported.errors.contains("erased, so that only times and types are left: number:0"))
    for name in PersonExport.FileName.allCases.map(\.rawValue) {
      let text = try sandbox.read("after/\(name)")
      #expect(!text.contains("crm:42") && !text.contains("Fenris"), "\(name)")
    }
    #expect(try sandbox.read("after/events.ndjson").split(separator: "\n").count == 4)
    #expect(try sandbox.read("after/README.txt").contains("  number:0  (erased)\n"))
    // The company's stream says of them that they were erased.
    #expect(try sandbox.read("after/mentions.ndjson").contains(#""type":"customer.erased""#))
  }

  @Test func `nothing is erased without a reason, or for one that tells who it was`() throws {
    let sandbox = try ErasureWorld.made()
    let root = try ErasureWorld.root(of: sandbox)
    #expect(try sandbox.touchlog("erase", "crm:42", "--yes").status == 64)
    #expect(try sandbox.touchlog("erase", "crm:42", "--yes", "--reason", " ").status == 64)
    #expect(try sandbox.touchlog("erase", "number:0", "--yes").status == 64)
    let telling = try sandbox.touchlog("erase", "tel:+46701234567", "--yes", "--reason", "call +46 70 123 45 67 back")
    #expect(telling.status == 1 && telling.errors.contains("the reason names number:1"), "\(telling.errors)")
    #expect(try sandbox.touchlog("erase", "crm:42", "--yes", "--reason", "x", "--wait", "-1").status == 64)
    #expect(try ErasureWorld.root(of: sandbox) == root)
  }

  @Test func `who cannot be erased is told, and so is a store that another writes`() throws {
    let sandbox = try ErasureWorld.made()
    func erase(_ reference: String) throws -> Sandbox.Outcome {
      try sandbox.touchlog("erase", reference, "--reason", "r", "--yes")
    }
    let company = try erase("company:self")
    #expect(company.status == 1 && company.errors.contains("company:self cannot be erased"))
    let unknown = try erase("crm:042")
    #expect(unknown.status == 1)
    #expect(try unknown.errors == sandbox.touchlog("timeline", "crm:042").errors)
    #expect(try erase("number:99").status == 1)
    #expect(try erase("nobody").status == 64)
    let store = try sandbox.open(.appending)
    let held = try sandbox.touchlog("erase", "crm:42", "--reason", "r")
    #expect(held.status == 2 && held.errors.contains("is being written by"), "\(held.errors)")
    #expect(!held.errors.contains("To be erased"))
    try store.close()
    #expect(try erase("crm:42").status == 0)
  }

  @Test func `without a signing key it says so before, and does without a receipt when told to`() throws {
    let sandbox = try ErasureWorld.made()
    let id = try Store.id(at: sandbox.path("store"))
    try FileManager.default.removeItem(atPath: sandbox.path("\(Self.keys)/\(id).signing"))
    let refused = try sandbox.touchlog("erase", "crm:42", "--reason", "r", "--yes")
    #expect(refused.status == 2 && refused.output.isEmpty)
    #expect(refused.errors.contains("Make one with: touchlog checkpoint --new-key"), "\(refused.errors)")
    #expect(try sandbox.touchlog("timeline", "crm:42").status == 0)
    let without = try sandbox.touchlog("erase", "crm:42", "--reason", "r", "--yes", "--no-receipt")
    #expect(without.status == 0 && without.output.isEmpty, "\(without)")
    #expect(try sandbox.touchlog("checkpoint", "--new-key").status == 0)
    let again = try sandbox.touchlog("erase", "number:0")
    try SignedNote(Array(again.output.utf8)).verify(by: Self.verifierKey(in: sandbox))
  }

  @Test func `the receipt goes to a new file, which is seen to before anybody is erased`() throws {
    let sandbox = try ErasureWorld.made()
    try sandbox.write("mine", to: "taken")
    func erase(_ file: String) throws -> Sandbox.Outcome {
      try sandbox.touchlog("erase", "crm:42", "--reason", "r", "--yes", "--receipt", file)
    }
    #expect(try erase("taken").status == 2)
    #expect(try erase("no/such/file").status == 2)
    #expect(try sandbox.read("taken") == "mine")
    #expect(try sandbox.touchlog("timeline", "crm:42").status == 0)
    let outcome = try erase("the.receipt")
    #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.errors.contains("Receipt: the.receipt\n"))
    try SignedNote(Array(try sandbox.read("the.receipt").utf8)).verify(by: Self.verifierKey(in: sandbox))
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "a file that takes nothing is Linux's"))
  func `a receipt that cannot be written is to be had again`() throws {
    let sandbox = try ErasureWorld.made()
    let full = try sandbox.shell("touchlog erase crm:99 --reason r --yes > /dev/full")
    #expect(full.status == 1 && full.errors.contains("touchlog: erased, but the receipt could not be written: "))
    #expect(full.errors.hasSuffix("Print it again with: touchlog erase number:2\n"))
    #expect(try sandbox.touchlog("erase", "number:2").output.contains("\ncustomer 2 erased at "))
    let both = try sandbox.shell("touchlog erase crm:42 --all-links --reason r --yes > /dev/full")
    #expect(both.errors.hasSuffix("Print it again with: touchlog erase number:0; touchlog erase number:1\n"))
  }

  @Test func `a reason that names the person by a linked reference is refused, too`() throws {
    let sandbox = try ErasureWorld.made()
    let told = try sandbox.touchlog("erase", "crm:42", "--reason", "asked for from +46 70 123 45 67", "--yes")
    #expect(told.status == 1 && told.errors.contains("the reason names number:1 by the reference"), "\(told)")
    #expect(try sandbox.touchlog("timeline", "crm:42").status == 0)
  }

  @Test func `whoever has an odd reference is shown harmlessly, and erased by number`() throws {
    let sandbox = try Sandbox.withStore()
    let long = "crm:" + String(repeating: "x", count: 470)
    let lines = [
      ErasureWorld.fact("1", "praise.given", #"crm:a\u202e24:mrc"#, #"{"severity":1}"#),
      ErasureWorld.fact("2", "praise.given", long, #"{"severity":1}"#),
      Sample.event("3", ["subject": nil, "interaction": "\"pbx-19\""]),
    ]
    #expect(try sandbox.touchlog("append", "-", input: lines.joined(separator: "\n")).status == 0)
    for number in 0..<3 {
      let asked = try sandbox.touchlog("erase", "number:\(number)", "--reason", "r")
      #expect(asked.status == 2)
      #expect(asked.errors.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && $0.value != 0x202E) })
      let outcome = try sandbox.touchlog("erase", "number:\(number)", "--reason", "r", "--yes")
      #expect(outcome.status == 0 && outcome.errors.contains("Erased: number:\(number).\n"), "\(outcome.errors)")
    }
    #expect(try ErasureWorld.files(with: long, in: sandbox, "store", Self.keys) == [])
    #expect(try ErasureWorld.files(with: "a\u{202E}24", in: sandbox, "store", Self.keys) == [])
    #expect(try sandbox.touchlog("verify").status == 0)
  }
}
