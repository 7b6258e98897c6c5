import Simulation
import Testing

@Suite struct CatalogueTests {
  let lines: [Line]

  init() throws { lines = try texts(.init(events: 40_000, seed: 11)).map(line) }

  @Test func `every line is valid under the catalogue`() {
    for line in lines {
      guard let rules = catalogue[line.type] else {
        Issue.record("unknown type \(line.type)")
        continue
      }
      let complaints = faults(of: line, under: rules)
      #expect(complaints.isEmpty, "\(line.type) \(line.id): \(complaints)")
    }
  }

  private func faults(of line: Line, under rules: TypeRules) -> [String] {
    var faults: [String] = []
    for (name, rule) in rules.required where !(line.data[name].map(rule.accepts) ?? false) { faults.append(name) }
    for (name, value) in line.data where rules.required[name] == nil {
      if !(rules.optional[name]?.accepts(value) ?? false) { faults.append(name) }
    }
    if !rules.needsOneOf.isEmpty, !rules.needsOneOf.contains(where: { line.data[$0] != nil }) {
      faults.append("one of \(rules.needsOneOf)")
    }
    if let score = line.data["score"] as? Int, let least = line.data["min"] as? Int,
      let most = line.data["max"] as? Int,
      !(least...most).contains(score)
    {
      faults.append("score")
    }
    if (line.data["instrument"] as? String == "servqual") != (line.data["dimension"] != nil) {
      faults.append("dimension")
    }
    return faults
  }

  @Test func `every line is a CloudEvent with the attributes of the design`() {
    let known: Set = [
      "specversion", "id", "source", "type", "time", "subject", "channel", "interaction", "agent", "team", "location",
      "topic", "correlationid", "data",
    ]
    for line in lines {
      #expect(line.object["specversion"] as? String == "1.0")
      #expect(Set(line.object.keys).isSubset(of: known))
      #expect(!line.id.isEmpty && line.source.hasPrefix("https://"))
      let group = line.type.prefix { $0 != "." }
      if ["contact", "visit", "guide"].contains(group) {
        #expect(line.channel != nil && line.interaction != nil, "\(line.type) \(line.id)")
      }
      if let channel = line.channel { #expect(catalogueChannels.contains(channel)) }
      for (name, value) in line.object where name != "data" {
        #expect((value as? String).map { !$0.isEmpty } ?? false, "\(name) of \(line.id)")
      }
    }
  }

  @Test func `references are normal, and their values occur in no name`() {
    for line in lines {
      guard let subject = line.subject else { continue }
      #expect(isReference(subject), "\(subject)")
      if subject.hasPrefix("crm:") { continue }
      let value = String(subject.drop { $0 != ":" }.dropFirst())
      #expect(!line.id.contains(value) && !(line.interaction ?? "").contains(value))
    }
  }

  @Test func `events about the company name no customer, all that is not about a contact names one`() {
    for line in lines {
      if ["belief.stated", "standard.declared"].contains(line.type) {
        #expect(line.subject == nil)
      } else if line.interaction == nil, line.object["correlationid"] == nil {
        #expect(line.subject != nil, "\(line.type) \(line.id)")
      }
    }
  }

  @Test func `all types occur but the one that only the log writes`() {
    #expect(Set(lines.map(\.type)) == Set(catalogue.keys))
  }

  @Test func `all channels occur`() {
    #expect(Set(lines.compactMap(\.channel)) == catalogueChannels)
    #expect(Set(SimulatedChannel.allCases.map(\.name)) == catalogueChannels)
    #expect(SimulatedChannel(name: "inperson") == .inperson)
    #expect(SimulatedChannel(name: "fax") == nil)
  }

  @Test func `lines are 300 to 350 bytes on average`() throws {
    let size = try bytes(.init(events: 40_000, seed: 11)).count / 40_000
    #expect((300...350).contains(size))
  }

  @Test func `ids are unique within their source`() {
    #expect(Set(lines.map { "\($0.source) \($0.id)" }).count == lines.count)
  }
}
