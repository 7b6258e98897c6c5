import Testing
import Touchlog
import TouchlogTesting

struct AnonymousOwnersTests {
  /// A call whose first events name nobody, and the later ones each of `customers`.
  private func call(_ name: String, naming customers: [Int]) -> [Event] {
    let call = Samples.call(name, of: nil)
    let named = customers.flatMap { customer in
      Samples.call(name, of: Samples.customer(customer)).suffix(1).map { event in
        event.with { $0.id += "/\(customer)" }
      }
    }
    return call.dropLast() + named
  }

  private func owners(_ events: [Event]) throws -> [String: String] {
    let log = try SampleLog(events)
    let view = try log.view(of: Links.self)
    let persons = try log.persons()
    let owners = try AnonymousOwners(in: view, Links.interactions, persons: persons)
    var found: [String: String] = [:]
    var keys: [RowKey] = []
    try view.forEachRow(in: Links.interactions) { key, _ in
      keys.append(key)
      let owner = try owners.owner(of: key).flatMap { try log.reference(of: $0) }?.text
      if let customer = try log.reference(of: key.customer)?.text { found[customer] = owner ?? "nobody" }
    }
    let again = AnonymousOwners(ContiguousArray(keys.reversed()), persons: persons)
    for key in keys { #expect(again.owner(of: key) == owners.owner(of: key)) }
    return found
  }

  @Test func `anonymous events count as the one customer's whom the interaction names`() throws {
    let events = call("a", naming: [1]) + call("b", naming: [1, 2]) + call("c", naming: [])
    #expect(
      try owners(events) == [
        "crm:1": "crm:1", "crm:2": "crm:2", "anon:a": "crm:1", "anon:b": "nobody", "anon:c": "nobody",
      ])
  }

  @Test func `two references of one person are one, whichever is named first`() throws {
    let link = Samples.link("l", of: Samples.customer(2), with: "crm:1")
    for customers in [[1, 2], [2, 1]] {
      #expect(try owners([link] + call("b", naming: customers))["anon:b"] == "crm:2")
    }
    #expect(try owners([link] + call("b", naming: [1, 2, 3]))["anon:b"] == "nobody")
  }

  @Test func `the company owns nothing, and its events are nobody's`() throws {
    let declared = Samples.event(
      "s", "standard.declared", of: nil, interaction: "a",
      data: ["standard": "wait", "metric": "wait", "thresholdSeconds": 20, "targetShare": 0.8])
    let found = try owners(call("a", naming: []) + [declared])
    #expect(found == ["anon:a": "nobody", "company:self": "nobody"])
  }

  @Test func `many interactions find their own`() throws {
    let events = (0..<200).flatMap { call("pbx:\($0)", naming: $0 % 3 == 0 ? [] : [$0 % 7]) }
    let found = try owners(events)
    for number in 0..<200 {
      #expect(found["anon:pbx:\(number)"] == (number % 3 == 0 ? "nobody" : "crm:\(number % 7)"))
    }
  }
}
