import Foundation
import JSON
import Testing
import Touchlog

@testable import TouchlogCommand

/// What `touchlog export-person` writes, held against what other commands say of the same store.
@Suite struct `Exporting a person` {
  private static let files = Set(PersonExport.FileName.allCases.map(\.rawValue))

  /// `crm:42` (0) is one person with `tel:+46701234567` (2); `mailto:b@example.se` (3) was taken for theirs and is
  /// not; `crm:99` (4) is somebody else.
  private static func world() throws -> Sandbox {
    let sandbox = try Sandbox.withStore()
    func fact(
      _ id: String, _ type: String, _ subject: String, _ data: String, _ more: [String: String?] = [:],
    ) -> String {
      Sample.event(
        id,
        ["type": "\"\(type)\"", "subject": "\"\(subject)\"", "data": data, "interaction": nil, "channel": nil]
          .merging(more) { $1 })
    }
    let lines = [
      Sample.event("1", ["agent": "\"Ann\""]),
      Sample.event("2", ["type": "\"contact.queued\"", "subject": nil, "data": #"{"queue":"billing"}"#]),
      fact("3", "identity.linked", "tel:+46701234567", #"{"other":"crm:42","evidence":"one street","confidence":0.9}"#),
      fact("4", "identity.linked", "mailto:b@example.se", #"{"other":"crm:42","evidence":"Bs secret"}"#),
      fact("5", "identity.unlinked", "mailto:b@example.se", #"{"other":"crm:42","evidence":"B says no"}"#),
      fact("6", "identity.linked", "crm:42", #"{"other":"crm:99"}"#),
      fact("7", "identity.unlinked", "crm:42", #"{"other":"crm:99","evidence":"another birthday"}"#),
      fact(
        "8", "feedback.given", "crm:42", #"{"instrument":"csat","score":4,"min":1,"max":5,"text":"\u001b[2J\u0007"}"#),
      fact("9", "promise.made", "crm:42", #"{"promise":"p1","kind":"callback"}"#),
      fact("10", "acme.note", "tel:+46701234567", #"{"any":[1,2]}"#, ["acmetag": "\"x\""]),
      fact("11", "praise.given", "crm:99", #"{"severity":1,"text":"not about them"}"#),
      Sample.event("12", ["subject": "\"crm:99\"", "interaction": "\"pbx-18\""]),
    ]
    let outcome = try sandbox.touchlog("append", "-", "--quiet", input: lines.joined(separator: "\n"))
    try #require(outcome.status == 0, "\(outcome.errors)")
    return sandbox
  }

  private static func names(in sandbox: Sandbox, _ folder: String) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: sandbox.path(folder)))
  }

  private static func permissions(_ sandbox: Sandbox, _ name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: sandbox.path(name))[.posixPermissions] as? Int
  }

  private static func positions(in sandbox: Sandbox, _ file: String) throws -> [Int] {
    try sandbox.read(file).split(separator: "\n").map { line in
      guard case .number(let text)? = try JSONValue(parsing: String(line))["position"] else { return -1 }
      return Int(text) ?? -1
    }
  }

  @Test func `events are those of all linked references, and the anonymous ones of their calls, as read prints them`()
    throws
  {
    let sandbox = try Self.world()
    let outcome = try sandbox.touchlog("export-person", "crm:42", "--out", "p")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.hasPrefix("8 events of 2 references in p, "))
    #expect(outcome.errors.hasPrefix("touchlog: one person by the links in force: crm:42, tel:+46701234567. "))
    #expect(outcome.errors.contains("2 events of the person's own name references that are not theirs"))
    #expect(outcome.errors.split(separator: "\n").count == 2)
    #expect(try Self.names(in: sandbox, "p") == Self.files)
    let all = try sandbox.touchlog("read", "--json").lines.map(String.init)
    let expected = [0, 1, 2, 5, 6, 7, 8, 9].map { all[$0] + "\n" }.joined()
    #expect(try sandbox.read("p/events.ndjson") == expected)
    // Whichever reference is named, it is the same person.
    #expect(try sandbox.touchlog("export-person", "tel:+46701234567", "--out", "q").status == 0)
    #expect(try sandbox.read("q/events.ndjson") == expected)
    #expect(try sandbox.read("q/mentions.ndjson") == sandbox.read("p/mentions.ndjson"))
  }

  @Test func `nothing of what others say is in it, but where they say it`() throws {
    let sandbox = try Self.world()
    #expect(try sandbox.touchlog("export-person", "crm:42", "--out", "p").status == 0)
    for name in Self.files {
      let text = try sandbox.read("p/\(name)")
      for secret in ["b@example.se", "Bs secret", "B says no", "not about them", "pbx-18"] {
        #expect(!text.contains(secret), "\(name) has \(secret)")
      }
    }
    let lines = try sandbox.read("p/mentions.ndjson").split(separator: "\n")
    let mentions = try lines.map { try JSONValue(parsing: String($0)) }
    #expect(mentions.map { $0["position"] } == [3, 4])
    #expect(mentions.map { $0["type"] } == ["identity.linked", "identity.unlinked"])
    for mention in mentions {
      guard case .object(let members) = mention else {
        Issue.record("no object: \(mention)")
        continue
      }
      #expect(members.map(\.key) == ["position", "type", "time", "recordedat", "field", "named"])
      #expect(mention["field"] == "other" && mention["named"] == 0)
    }
  }

  @Test func `the timeline is the one that timeline prints, and cannot move a cursor`() throws {
    let sandbox = try Self.world()
    #expect(try sandbox.touchlog("export-person", "crm:42", "--out", "p").status == 0)
    let text = try sandbox.read("p/timeline.txt")
    let printed = try sandbox.touchlog("timeline", "crm:42").output
    let spared = Array(text.split(separator: "\n"))
    let whole = Array(printed.split(separator: "\n"))
    let different = zip(spared, whole).filter { $0 != $1 }
    #expect(spared.count == whole.count)
    #expect(different.count == 2)
    for (spared, whole) in different {
      #expect(spared.hasPrefix("  2025") && spared.contains("number:3 ") && whole.contains("b@example.se"))
    }
    for name in ["timeline.txt", "README.txt"] {
      let scalars = try sandbox.read("p/\(name)").unicodeScalars
      #expect(scalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 }, "\(name)")
    }
    // Of whom nobody else says anything, it is the same to the letter.
    #expect(try sandbox.touchlog("export-person", "crm:99", "--out", "q").status == 0)
    #expect(try sandbox.read("q/mentions.ndjson").isEmpty == false)
    #expect(try sandbox.touchlog("export-person", "mailto:b@example.se", "--out", "r").status == 0)
    #expect(try sandbox.read("r/timeline.txt") == sandbox.touchlog("timeline", "mailto:b@example.se").output)
  }

  @Test func `the summary counts what the events are, and says on what the person rests`() throws {
    let sandbox = try Self.world()
    #expect(try sandbox.touchlog("export-person", "crm:42", "--out", "p").status == 0)
    let person = try JSONValue(parsing: sandbox.read("p/person.json"))
    #expect(person["format"] == "touchlog-person/1" && person["head"] == 12)
    #expect(person["events"] == 8 && person["anonymousEvents"] == 1 && person["interactions"] == 1)
    #expect(person["first"] == "2025-03-01T09:15:00Z")
    #expect(person["channels"] == ["phone": 2])
    #expect(person["types"]?["identity.linked"] == 2 && person["types"]?["acme.note"] == 1)
    guard case .array(let references)? = person["references"], case .array(let identity)? = person["identity"] else {
      Issue.record("\(person)")
      return
    }
    #expect(references.map { $0["customer"] } == ["crm:42", "tel:+46701234567"])
    #expect(references.map { $0["customernumber"] } == [0, 2])
    #expect(references.map { $0["events"] } == [5, 2])
    #expect(identity.map { $0["isInForce"] } == [true, false, false, false, false])
    #expect(identity[0]["evidence"] == "one street" && identity[0]["confidence"] == .number("0.9"))
    // What others said in streams of their own comes without their evidence; what stands in the person's is told.
    #expect(identity[1]["customer"] == "number:3" && identity[1]["evidence"] == nil)
    #expect(identity[4]["customer"] == "crm:42" && identity[4]["evidence"] == "another birthday")
    #expect(person["mentions"] == 2 && person["namesOthers"] == [5, 6])
    #expect(identity.count == 5 && "\(person)".contains(#""promise":"p1""#))
  }

  @Test func `views have the lines that export has of these customers`() throws {
    let sandbox = try Self.world()
    #expect(try sandbox.touchlog("export-person", "crm:42", "--out", "p").status == 0)
    let views = try JSONValue(parsing: sandbox.read("p/views.json"))
    guard case .array(let projections)? = views["projections"] else {
      Issue.record("\(views)")
      return
    }
    #expect(views["position"] == 12)
    #expect(projections.map { $0["projection"] } == ["customer-timeline", "service-consistency", "churn-risk"])
    for projection in projections {
      guard case .string(let name)? = projection["projection"], case .array(let rows)? = projection["rows"] else {
        Issue.record("\(projection)")
        continue
      }
      let exported = try sandbox.touchlog("export", name, "--format", "ndjson", "-", "--quiet").lines
        .map { try JSONValue(parsing: String($0)) }.filter { $0["customer"] == 0 || $0["customer"] == 2 }
      #expect(rows == exported && rows.count > 5, "\(name)")
    }
    #expect(!FileManager.default.fileExists(atPath: sandbox.path("store/views")))
  }

  @Test func `one reference alone leaves the others out, and says whom`() throws {
    let sandbox = try Self.world()
    let outcome = try sandbox.touchlog("export-person", "crm:42", "--only", "--out", "p")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("left out, though the same person by the links in force: tel:+46701234567. "))
    #expect(try Self.positions(in: sandbox, "p/events.ndjson") == [0, 1, 5, 6, 7, 8])
    // What the other reference's stream says of it, is another's now.
    #expect(try Self.positions(in: sandbox, "p/mentions.ndjson") == [2, 3, 4])
    for name in Self.files.subtracting(["person.json", "README.txt"]) {
      #expect(!(try sandbox.read("p/\(name)").contains("+46701234567")), "\(name)")
    }
    let person = try JSONValue(parsing: sandbox.read("p/person.json"))
    #expect(person["leftOut"] == .array([["customer": "tel:+46701234567", "customernumber": 2]]))
    #expect(try sandbox.read("p/README.txt").contains("left out: tel:+46701234567"))
  }

  @Test func `the folder is its owner's alone, named by number, and takes no other's place`() throws {
    let sandbox = try Self.world()
    #expect(try sandbox.touchlog("export-person", "tel:+46 70 123 45 67").status == 0)
    #expect(try Self.permissions(sandbox, "person-2") == 0o700)
    for name in Self.files { #expect(try Self.permissions(sandbox, "person-2/\(name)") == 0o600, "\(name)") }
    let again = try sandbox.touchlog("export-person", "tel:+46701234567")
    #expect(again.status == 2 && again.errors == "touchlog: person-2 exists already. Choose a path where nothing is\n")
    let inside = try sandbox.touchlog("export-person", "crm:42", "--out", "store/p")
    #expect(inside.status == 2 && inside.errors.contains("store/p is no place for it: it lies in the store. "))
    let nowhere = try sandbox.touchlog("export-person", "crm:42", "--out", "no/such/p")
    #expect(nowhere.status == 2 && nowhere.errors.contains("there is no folder "))
    #expect(try sandbox.touchlog("export-person", "crm:42", "--out", "").status == 64)
    // What a killed one left behind is cleared away; what it is not known to have made is not.
    try FileManager.default.createDirectory(atPath: sandbox.path("p.unfinished"), withIntermediateDirectories: true)
    try sandbox.write("half", to: "p.unfinished/events.ndjson")
    try FileManager.default.createDirectory(atPath: sandbox.path("p"), withIntermediateDirectories: true)
    #expect(try sandbox.touchlog("export-person", "crm:42", "--out", "p").status == 0)
    #expect(try Self.names(in: sandbox, "p") == Self.files)
    #expect(!FileManager.default.fileExists(atPath: sandbox.path("p.unfinished")))
    try FileManager.default.createDirectory(atPath: sandbox.path("q.unfinished"), withIntermediateDirectories: true)
    try sandbox.write("mine", to: "q.unfinished/mine.txt")
    #expect(try sandbox.touchlog("export-person", "crm:42", "--out", "q").status == 2)
    #expect(try sandbox.read("q.unfinished/mine.txt") == "mine")
  }

  @Test func `who is unknown is told as by timeline, and the company is no person`() throws {
    let sandbox = try Self.world()
    let unknown = try sandbox.touchlog("export-person", "crm:042", "--out", "p")
    #expect(unknown.status == 1)
    #expect(unknown.errors == (try sandbox.touchlog("timeline", "crm:042")).errors)
    #expect(try sandbox.touchlog("export-person", "nobody", "--out", "p").status == 64)
    let company = try sandbox.touchlog("export-person", "company:self", "--out", "p")
    #expect(company.status == 1 && company.errors == "touchlog: company:self is the company itself, and no person\n")
    #expect(!FileManager.default.fileExists(atPath: sandbox.path("p")))
    #expect(!FileManager.default.fileExists(atPath: sandbox.path("p.unfinished")))
  }

  @Test func `the text for people says from where and when it is, and what is not in it`() throws {
    let sandbox = try Self.world()
    #expect(try sandbox.touchlog("export-person", "crm:42", "--out", "p").status == 0)
    let text = try sandbox.read("p/README.txt")
    for name in Self.files.subtracting(["README.txt"]) { #expect(text.contains("  \(name) "), "\(name)") }
    #expect(text.contains("  crm:42\n  tel:+46701234567\n"))
    #expect(text.contains("from the first 12 events of the company's log,\n"))
    #expect(text.contains("\nof which it recorded the last, at position 11, on 2"))
    #expect(text.contains("8 events of the person's.\n  Among them 1 without a name"))
    #expect(text.contains("name the person 2 times."))
    for line in text.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
  }

  @Test func `identity events are all that names customers by number, and erasures in the company's stream`() {
    let naming = Catalogue.all.filter { type in type.fields.contains { $0.field.kind == .reference } }
    #expect(Set(naming.map(\.name)) == ["identity.linked", "identity.unlinked", "customer.erased"])
    for type in naming {
      let fields = type.fields.map(\.field).filter { $0.kind == .reference }
      #expect(fields == [type.name == "customer.erased" ? .customer : .other])
    }
  }
}
