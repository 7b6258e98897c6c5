import Testing
import Touchlog
import TouchlogTesting

struct PersonsTests {
  private static let customers = 0..<12

  private func groups(_ statements: [LinkStatement], through latest: Timestamp? = nil) throws -> [[String]] {
    let log = try SampleLog(LinkStatement.events(statements))
    return try log.groups(log.persons(through: latest), of: PersonsTests.customers)
  }

  /// The same by the words alone: the latest statement about each pair, then whoever can be reached.
  private func expectedGroups(_ statements: [LinkStatement], through latest: Int = .max) -> [[String]] {
    var latestOfPair: [Set<Int>: (minute: Int, place: Int, links: Bool)] = [:]
    for (place, statement) in statements.enumerated() where statement.minute <= latest {
      let pair: Set = [statement.one, statement.other]
      if let known = latestOfPair[pair], (known.minute, known.place) > (statement.minute, place) { continue }
      latestOfPair[pair] = (statement.minute, place, statement.links)
    }
    let pairs = latestOfPair.filter(\.value.links).keys
    return PersonsTests.customers.map { customer in
      var reached: Set = [customer]
      while let pair = pairs.first(where: { !$0.isSubset(of: reached) && !$0.isDisjoint(with: reached) }) {
        reached.formUnion(pair)
      }
      return reached.map { Samples.customer($0).text }.sorted()
    }
  }

  private func statements(_ count: Int, using random: inout SplitMix64) -> [LinkStatement] {
    (0..<count).map { _ in
      // Few minutes, so that many are dated alike and the position decides.
      LinkStatement(
        one: .random(in: PersonsTests.customers, using: &random),
        other: .random(in: PersonsTests.customers, using: &random), links: .random(using: &random),
        minute: .random(in: 0..<6, using: &random))
    }
  }

  @Test func `codes are the catalogue's, and slot 0 is the other reference`() throws {
    let log = try SampleLog([Samples.link("1", of: Samples.customer(1), with: "crm:2")])
    var found: [(key: RowKey, mark: Mark)] = []
    try log.view(of: Links.self).forEachRow(in: Links.links) { found.append(($0, $1.first)) }
    let link = try #require(found.first)
    #expect(found.count == 1)
    #expect(try log.reference(of: link.key.customer) == Samples.customer(1))
    #expect(try log.reference(of: CustomerNumber(UInt32(link.key.thing))) == Samples.customer(2))
    #expect(link.mark.typeCode == Catalogue.identityLinked.code)
    #expect(Catalogue.identityLinked.place(of: .other) == .slot(0))
    #expect(Catalogue.identityUnlinked.place(of: .other) == .slot(0))
    let unlinked = LinkStatement(one: 1, other: 2, links: false, minute: 1).event("2")
    found = []
    try SampleLog([unlinked]).view(of: Links.self).forEachRow(in: Links.links) { found.append(($0, $1.first)) }
    #expect(found.map(\.mark.typeCode) == [Catalogue.identityUnlinked.code])
  }

  @Test func `persons are what the latest statements about each pair connect`() throws {
    var random = SplitMix64(seed: 11)
    for count in [0, 1, 3, 8, 8, 15, 15, 30, 60] {
      let statements = statements(count, using: &random)
      #expect(try groups(statements) == expectedGroups(statements), "\(statements)")
      #expect(
        try groups(statements, through: Samples.minute(3)) == expectedGroups(statements, through: 3), "\(statements)")
    }
  }

  @Test func `linked and unlinked is the same as never linked, in any order of arrival`() throws {
    var random = SplitMix64(seed: 23)
    for _ in 0..<12 {
      var undone: [LinkStatement] = []
      let pairs = (0..<3).map { _ in [Int](PersonsTests.customers.shuffled(using: &random).prefix(2)) }
      for pair in pairs {
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let minute = Int.random(in: 0..<50, using: &random)
          undone.append(LinkStatement(one: pair[0], other: pair[1], links: true, minute: minute))
        }
        // Said of the pair the other way round, later than all links.
        undone.append(LinkStatement(one: pair[1], other: pair[0], links: false, minute: 50))
      }
      let others = statements(10, using: &random).filter { statement in
        !pairs.contains { Set($0) == [statement.one, statement.other] }
      }
      #expect(try groups((others + undone).shuffled(using: &random).sortedByMinuteTies(as: others)) == groups(others))
    }
  }

  @Test func `links hold for earlier events, and under as-of only those that are dated by then`() throws {
    let log = try SampleLog(
      LinkStatement.events([
        LinkStatement(one: 1, other: 2, links: true, minute: 10),
        LinkStatement(one: 2, other: 1, links: false, minute: 20),
      ]))
    let number = try #require(try log.number(of: Samples.customer(1)))
    func isLinked(_ minute: Int) throws -> Bool {
      try log.persons(bounds: Bounds(asOf: Samples.minute(minute))).members(of: number).count == 2
    }
    #expect(try [9, 10, 19, 20].map(isLinked) == [false, true, true, false])
    let view = try log.view(of: Links.self)
    let known = try (0...2).map { head in
      try Persons(in: view, links: Links.links, until: Position(head)).members(of: number).count == 2
    }
    #expect(known == [false, true, false])
  }

  @Test func `who is linked with a name is known, and the company is nobody's`() throws {
    let calls = Samples.call("pbx:1", of: nil) + Samples.call("pbx:2", of: nil) + Samples.call("pbx:3")
    let log = try SampleLog(
      calls + [
        Samples.link("1", of: Samples.customer(1), with: "anon:pbx:1"),
        Samples.link("2", of: Samples.customer(1), with: "company:self"),
      ])
    let persons = try log.persons()
    func number(_ text: String) throws -> CustomerNumber {
      try #require(try log.number(of: Reference(normalised: text)))
    }
    let all = try ["anon:pbx:1", "anon:pbx:2", "crm:1", "company:self"].map(number)
    #expect(all.map(persons.isKnown) == [true, false, true, false])
    #expect(persons.linkCount == 1)
    #expect(persons.linkedPersonCount == 1)
    let coverage = persons.coverage(of: all)
    #expect(coverage.customers == 3)
    #expect(coverage.knownCustomers == 2)
    #expect(coverage.persons == 1)
    #expect(IdentityCoverage().share == nil)
  }
}

extension [LinkStatement] {
  /// The statements in this order of arrival, but those of `others` among themselves as they were: of two that are dated
  /// alike the later in the log decides, and that is not to change here.
  fileprivate func sortedByMinuteTies(as others: [LinkStatement]) -> [LinkStatement] {
    var rest = others[...]
    return map { statement in
      let isOther = others.contains { $0.key == statement.key }
      return isOther ? rest.popFirst() ?? statement : statement
    }
  }
}

extension LinkStatement {
  fileprivate var key: [Int] { [one, other, links ? 1 : 0, minute] }
}
