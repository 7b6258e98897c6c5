import CustomerTimeline
import Touchlog
import TouchlogStore

/// Reads from a store what a customer's timeline is folded from.
struct TimelineSource {
  let store: Store

  /// The timeline of a customer; nil for a reference that the log does not know.
  func timeline(of customer: Reference, within bounds: Timeline.Bounds) throws -> Timeline? {
    // The head is read first: whatever is appended meanwhile is left out everywhere.
    let head = try store.head()
    var query = Query(until: min(bounds.until ?? head, head), recordedThrough: bounds.asKnownAt)
    query.customer = customer
    let own = try store.events(query)
    let number = try own.first?.customerNumber ?? store.number(of: customer)
    guard let number, try !own.isEmpty || isKnown(customer) else { return nil }
    let anonymous = try anonymousEvents(in: own, of: number, limits: query)
    let isNumber = customer.scheme == "number"
    let provenance = Timeline.Provenance(
      customer: isNumber ? own.first?.customer : customer, customerNumber: number, head: head, bounds: bounds)
    return Timeline(of: own + anonymous, provenance: provenance)
  }

  private func isKnown(_ customer: Reference) throws -> Bool {
    try store.streamVersion(of: customer) > 0
  }

  /// The events of the customer's interactions that name nobody, where the interaction names nobody else either.
  private func anonymousEvents(
    in own: [OpenedEvent], of number: CustomerNumber, limits: Query,
  ) throws -> [OpenedEvent] {
    var found: [String: [OpenedEvent]] = [:]
    for name in Set(own.compactMap(\.event.interaction)) {
      var query = limits
      query.customer = .anonymous(interaction: name)
      let events = try store.events(query)
      if !events.isEmpty { found[name] = events }
    }
    guard !found.isEmpty else { return [] }
    let shared = try interactionsNamingOthers(than: number, among: Set(found.keys), limits: limits)
    return found.filter { !shared.contains($0.key) }.flatMap(\.value)
  }

  /// Which interactions name somebody besides the customer. The log has no index of interactions, so all headers are
  /// looked at; which is why it is asked only for interactions that have an anonymous event.
  private func interactionsNamingOthers(
    than number: CustomerNumber, among names: Set<String>, limits: Query,
  ) throws -> Set<String> {
    var shared: Set<String> = []
    var query = limits
    query.customer = nil
    query.interactions = names
    try store.read(query) { opened in
      guard opened.customerNumber != number, opened.customer?.isAnonymous != true else { return }
      if let name = opened.event.interaction { shared.insert(name) }
    }
    return shared
  }

  /// References that differ in little from one that is not known, as far as looking them up is cheap.
  func similar(to reference: Reference) throws -> [Reference] {
    let value = String(reference.value)
    var values = [value.lowercased(), value.uppercased(), String(value.drop { $0 == "0" })]
    values += ["0", "00"].map { $0 + value }
    var schemes = [String(reference.scheme)]
    for scheme in ["crm", "tel", "mailto"] where !schemes.contains(scheme) { schemes.append(scheme) }
    var similar: [Reference] = []
    for scheme in schemes {
      for value in [value] + values where !value.isEmpty {
        let candidate = Reference(normalised: "\(scheme):\(value)")
        guard candidate != reference, !similar.contains(candidate) else { continue }
        if try isKnown(candidate) { similar.append(candidate) }
      }
    }
    return similar
  }
}
