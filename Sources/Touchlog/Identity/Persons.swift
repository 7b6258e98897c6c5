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
  /// Whom the customer at each place is part of.
  private let roots: [CustomerNumber]
  /// The customers at their places, those of one person together: by person, then by number.
  private let grouped: [CustomerNumber]
  /// Where the person of each place begins in `grouped`.
  private let starts: [UInt32]
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
    let customers = Persons.customers(of: inForce)
    places = CustomerPlaces(customers)
    let places = places
    roots = Persons.roots(of: customers, connecting: inForce, places: places)
    let order = zip(roots, customers).sorted { $0 < $1 }
    grouped = order.map(\.1)
    let anonymous = anonymous
    var starts = [UInt32](repeating: 0, count: order.count)
    var recognised = CustomerSet()
    var persons = 0
    var start = 0
    while start < order.count {
      let end = order[start...].firstIndex { $0.0 != order[start].0 } ?? order.count
      let isKnown = order[start..<end].contains { !anonymous.contains($0.1) }
      for (_, customer) in order[start..<end] {
        if let place = places[customer] { starts[place] = UInt32(start) }
        if isKnown, anonymous.contains(customer) { recognised.insert(customer) }
      }
      persons += 1
      start = end
    }
    self.starts = starts
    self.recognised = recognised
    linkedPersonCount = persons
  }

  /// The person that a reference is part of: the smallest number among theirs, so its own without links.
  public func person(of customer: CustomerNumber) -> CustomerNumber {
    places[customer].map { roots[$0] } ?? customer
  }

  /// Whether a link connects a reference with another.
  public func isLinked(_ customer: CustomerNumber) -> Bool { places[customer] != nil }

  /// All references of the person that a reference is part of, that one included, by number.
  public func members(of customer: CustomerNumber) -> [CustomerNumber] {
    guard let place = places[customer] else { return [customer] }
    let root = roots[place]
    let rest = grouped[Int(starts[place])...]
    return Array(rest.prefix { person(of: $0) == root })
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

  /// The customers with links, ascending.
  private static func customers(of links: [IdentityLink]) -> [CustomerNumber] {
    var customers: [CustomerNumber] = []
    customers.reserveCapacity(links.count * 2)
    for link in links {
      customers.append(link.lower)
      customers.append(link.upper)
    }
    customers.sort()
    var unique: [CustomerNumber] = []
    for customer in customers where unique.last != customer { unique.append(customer) }
    return unique
  }

  /// Union and find, on places: the smaller number becomes the root, and paths are halved.
  private static func roots(
    of customers: [CustomerNumber], connecting links: [IdentityLink], places: CustomerPlaces,
  ) -> [CustomerNumber] {
    var parents = Array(customers.indices)
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
    return customers.indices.map { customers[root(of: $0)] }
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
