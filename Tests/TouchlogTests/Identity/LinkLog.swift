import JSON
import Touchlog
import TouchlogTesting

/// The least that a projection with links is.
struct Links: Projection, ~Copyable {
  static let name = "links"
  static let version: UInt32 = 1
  static let links = TableName<Mark>("links")
  static let interactions = TableName<Mark>("interactions")

  var links = MarkTable()
  var interactions = MarkTable()

  mutating func apply(_ event: borrowing RecordedEvent) throws(FoldFault) {
    if links.addLink(event) { return }
    guard let interaction = event.interaction else { return }
    interactions.add(Mark(event), of: event.customer, thing: interaction.thing)
  }

  mutating func visitTables(_ visit: (String, inout FoldTable) throws -> Void) rethrows {
    try visit(Links.links.name, &links.table)
    try visit(Links.interactions.name, &interactions.table)
  }
}

/// One statement about two references.
struct LinkStatement {
  var one: Int
  var other: Int
  var links: Bool
  var minute: Int

  func event(_ id: String) -> Event {
    Samples.event(
      id, links ? "identity.linked" : "identity.unlinked", of: Samples.customer(one),
      data: ["other": .string(Samples.customer(other).text), "confidence": 0.5]
    ).with { $0.occurredAt = Samples.minute(minute) }
  }

  static func events(_ statements: [LinkStatement]) -> [Event] {
    statements.enumerated().map { $1.event("link \($0)") }
  }
}

extension SampleLog {
  func persons(bounds: Bounds = Bounds(), through latest: Timestamp? = nil) throws -> Persons {
    try Persons(in: view(of: Links.self, bounds: bounds), links: Links.links, through: latest)
  }

  /// The references that are one person with each of `customers`, as texts.
  func groups(_ persons: Persons, of customers: Range<Int>) throws -> [[String]] {
    try customers.map { customer in
      guard let number = try number(of: Samples.customer(customer)) else { return [Samples.customer(customer).text] }
      return try persons.members(of: number).map { try reference(of: $0)?.text ?? "erased" }.sorted()
    }
  }
}
