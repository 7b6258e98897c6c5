/// Who is whom: the references that the links in force connect are one person.
///
/// ```swift
/// let persons = try Persons(in: view, links: ServiceConsistency.links)
/// try view.forEachRow(in: ServiceConsistency.interactions) { key, marks in
///   let person = persons.person(of: key.customer)
///   …
/// }
/// ```
///
/// A link has no direction. For each pair of references the latest event by occurredAt, then position, decides, so one
/// unlink undoes a link however often it was stated. Links hold for all events, earlier ones too. Nothing is re-keyed:
/// rows stay under the customer of their event, and reports join them.
///
/// Only customers with links cost memory. A link with `company:self`, or of a reference with itself, says nothing.
public struct Persons: Sendable {
  private let places: CustomerPlaces
  /// The customers with links, at their places: by number.
  private let customers: [CustomerNumber]
  /// The place of the person's smallest number, for each place.
  private let roots: [Int]
  /// All places, those of one person together.
  private let grouped: [Int]
  /// Where the places of a person begin in `grouped`, for the root's place.
  private let starts: [Int]
  private let anonymous: CustomerSet
  /// Of the anonymous those who are linked with somebody who is not.
  private let recognised: CustomerSet
  private let company: CustomerNumber?
  /// How many links are in force, each pair counted once.
  public let linkCount: Int
  /// How many persons have several references.
  public let linkedPersonCount: Int

  /// Reads the links of a view.
  ///
  /// - Parameters:
  ///   - view: whose links, under its own bounds.
  ///   - links: the table that `MarkTable.addLink` filled.
  ///   - latest: what is dated later says nothing; all of the view counts, where nil.
  ///   - position: what the log took from there on says nothing; all of the view counts, where nil.
  /// - Throws: what the view throws.
  public init(
    in view: some View, links: TableName<Mark>, through latest: Timestamp? = nil, until position: Position? = nil,
  ) throws {
    company = try view.number(of: .company)
    anonymous = try view.anonymousCustomers()
    let company = company
    let inForce = try IdentityLink.inForce(in: view, links, through: latest, until: position).filter {
      $0.lower != $0.upper && $0.lower != company && $0.upper != company
    }
    linkCount = inForce.count
    let places = CustomerPlaces(inForce.lazy.flatMap { [$0.lower, $0.upper] })
    self.places = places
    customers = places.customers
    roots = Persons.roots(connecting: inForce, places: places)
    (grouped, starts) = Persons.groups(roots)
    let roots = roots
    linkedPersonCount = roots.indices.count { roots[$0] == $0 }
    // A person is known where one reference is.
    var isKnown = [Bool](repeating: false, count: customers.count)
    for (place, customer) in customers.enumerated() where !anonymous.contains(customer) { isKnown[roots[place]] = true }
    var recognised = CustomerSet()
    for (place, customer) in customers.enumerated() where isKnown[roots[place]] && anonymous.contains(customer) {
      recognised.insert(customer)
    }
    self.recognised = recognised
  }

  /// The person that a reference is part of: the smallest number among theirs, so its own without links.
  public func person(of customer: CustomerNumber) -> CustomerNumber {
    places[customer].map { customers[roots[$0]] } ?? customer
  }

  /// Whether a link connects a reference with another.
  public func isLinked(_ customer: CustomerNumber) -> Bool { places[customer] != nil }

  /// All references of the person that a reference is part of, that one included, by number.
  public func members(of customer: CustomerNumber) -> [CustomerNumber] {
    guard let place = places[customer] else { return [customer] }
    let root = roots[place]
    return grouped[starts[root]...].prefix { roots[$0] == root }.map { customers[$0] }
  }

  /// Whether a customer is somebody: neither anonymous, unless linked with a reference that is not, nor the company.
  public func isKnown(_ customer: CustomerNumber) -> Bool {
    customer != company && !isAnonymous(customer)
  }

  /// Whether a customer is nobody by name, and linked with nobody who has one.
  public func isAnonymous(_ customer: CustomerNumber) -> Bool {
    anonymous.contains(customer) && !recognised.contains(customer)
  }

  /// How many persons, and how many that are known, some customers are together.
  public func coverage(of customers: some Sequence<CustomerNumber>) -> IdentityCoverage {
    var coverage = IdentityCoverage()
    var seen = CustomerSet()
    for customer in customers where customer != company {
      coverage.customers += 1
      guard isKnown(customer) else { continue }
      coverage.knownCustomers += 1
      seen.insert(person(of: customer))
    }
    coverage.persons = seen.count
    return coverage
  }

  /// Union and find, on places: the smaller number becomes the root, and paths are halved.
  private static func roots(connecting links: [IdentityLink], places: CustomerPlaces) -> [Int] {
    var parents = Array(0..<places.count)
    func root(of place: Int) -> Int {
      var place = place
      while parents[place] != place {
        parents[place] = parents[parents[place]]
        place = parents[place]
      }
      return place
    }
    for link in links {
      guard let lower = places[link.lower], let upper = places[link.upper] else { continue }
      let (one, other) = (root(of: lower), root(of: upper))
      parents[max(one, other)] = min(one, other)
    }
    return parents.indices.map { root(of: $0) }
  }

  /// Places by person, through counting, which keeps their order within a person.
  private static func groups(_ roots: [Int]) -> (grouped: [Int], starts: [Int]) {
    var starts = [Int](repeating: 0, count: roots.count + 1)
    for root in roots { starts[root + 1] += 1 }
    for place in roots.indices { starts[place + 1] += starts[place] }
    var ends = starts
    var grouped = [Int](repeating: 0, count: roots.count)
    for (place, root) in roots.enumerated() {
      grouped[ends[root]] = place
      ends[root] += 1
    }
    return (grouped, starts)
  }
}

/// How many customers are known by name, and how many persons those are.
public struct IdentityCoverage: Hashable, Sendable {
  /// All customers, anonymous ones included; the company is none.
  public var customers = 0
  /// Those who are known.
  public var knownCustomers = 0
  /// How many persons those are, linked references counted once.
  public var persons = 0

  /// Nobody.
  public init() {}

  /// The known among all, 0 to 1; nil where there are no customers.
  public var share: Double? { customers == 0 ? nil : Double(knownCustomers) / Double(customers) }
}
