import Foundation
import JSON
import Testing

@Suite struct `The churn command` {
  /// A store with a simulated year, made once.
  private static let sandbox = Result {
    let sandbox = try Sandbox.withStore()
    let lines = try sandbox.touchlog("simulate", "--events", "40000", "--seed", "3").output
    try #require(try sandbox.touchlog("append", "-", "--quiet", input: lines).status == 0)
    return sandbox
  }

  @Test func `a report is the same from a view on disk as folded in memory, text, JSON and CSV`() throws {
    let sandbox = try Self.sandbox.get()
    let before = try sandbox.touchlog("churn", "--json", "--top", "30")
    try #require(before.status == 0, "\(before.errors)")
    try #require(try sandbox.touchlog("replay", "--quiet").status == 0)
    let stored = try sandbox.touchlog("churn", "--json", "--top", "30", "--jobs", "2")
    #expect(stored.output == before.output)

    let json = try JSONValue(parsing: stored.output)
    #expect(json["rankedBy"] == "hazard")
    #expect(json["provenance"]?["projection"] == "churn-risk" && json["provenance"]?["head"] == 40_000)
    guard case .array(let customers)? = json["customers"], let first = customers.first else {
      Issue.record("no customers in \(stored.output.prefix(300))")
      return
    }
    #expect(customers.count == 30)
    guard case .string(let reference)? = first["customer"] else {
      Issue.record("no reference of the first customer")
      return
    }
    let text = try sandbox.touchlog("churn", "--top", "3").output
    #expect(text.contains("Judged on what it could not know") && text.contains(reference))
    let csv = try sandbox.touchlog("churn", "--csv", "--top", "5").output
    #expect(csv.hasPrefix("customer,risk,lower,upper,alive,expected,recency,"))
    #expect(csv.split(separator: "\r\n").count == 6 && csv.contains("\r\n\(reference),"))

    // One customer's page: the events behind the reasons are the customer's own.
    let page = try JSONValue(parsing: try sandbox.touchlog("churn", reference, "--json").output)
    #expect(page["risk"]?["risk"] == first["risk"])
    #expect(try sandbox.touchlog("churn", reference).output.contains("What makes it"))
  }

  @Test func `what is refused is told in words, and gives no figure`() throws {
    let sandbox = try Sandbox.withStore()
    try #require(try sandbox.touchlog("append", "-", input: Sample.lines(3)).status == 0)
    let text = try sandbox.touchlog("churn")
    #expect(text.status == 0 && text.output.contains("\nNo hazard of leaving: nobody can leave"))
    let json = try JSONValue(parsing: try sandbox.touchlog("churn", "--json").output)
    #expect(json["hazard"]?["coefficients"] == nil && json["hazard"]?["refused"] != nil)
    #expect(json["rankedBy"] == "none" && json["customers"] == [])
    let csv = try sandbox.touchlog("churn", "--csv")
    #expect(csv.status != 0 && csv.output.isEmpty && csv.errors.contains("no hazard of leaving"))
    let unknown = try sandbox.touchlog("churn", "crm:nobody")
    #expect(unknown.status != 0 && unknown.errors.contains("nobody is known as crm:nobody"))
    let wrong = try sandbox.touchlog("churn", "--gone", "soon")
    #expect(wrong.status == 64 && wrong.errors.contains("expected former, or silent:"))
  }
}
