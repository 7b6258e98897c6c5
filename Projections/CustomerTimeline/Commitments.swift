import Touchlog

/// Follows what is agreed under a number (promises, orders, requests for time to pay) from its making to its end, over
/// all interactions: a number identifies it within the customer's stream.
struct Commitments {
  /// By the place among the moments that were asked about.
  private(set) var facts: [Int: Facts] = [:]

  private struct Key: Hashable {
    let field: Field
    let number: String
  }

  private struct Agreement {
    var made: Timestamp?
    var due: Timestamp?
  }

  init(of moments: [Moment]) {
    var agreements: [Key: Agreement] = [:]
    var untimely: [Key: [Int]] = [:]
    for (index, moment) in moments.enumerated() {
      guard let (key, isMaking) = Commitments.part(of: moment) else { continue }
      if isMaking {
        if agreements[key]?.made == nil {
          agreements[key, default: Agreement()].made = moment.occurredAt
          for early in untimely.removeValue(forKey: key) ?? [] where moments[early].occurredAt < moment.occurredAt {
            let ahead = moment.occurredAt.duration(since: moments[early].occurredAt)
            facts[early, default: Facts()].contradiction = "\(ahead.words) before it was made"
          }
        }
      } else if let made = agreements[key]?.made {
        facts[index, default: Facts()].after = moment.occurredAt.duration(since: made)
      } else {
        untimely[key, default: []].append(index)
      }
      if let due = moment.fields.time(.dueAt) {
        agreements[key, default: Agreement()].due = due
      } else {
        facts[index, default: Facts()].due = agreements[key]?.due
      }
    }
  }

  /// What an event is about, and whether it begins that.
  private static func part(of moment: Moment) -> (key: Key, isMaking: Bool)? {
    func part(_ field: Field, isMaking: Bool) -> (Key, Bool)? {
      moment.fields.text(field).map { (Key(field: field, number: $0), isMaking) }
    }
    return switch moment.type {
    case Catalogue.promiseMade: part(.promise, isMaking: true)
    case Catalogue.promiseRenegotiated, Catalogue.promiseKept, Catalogue.promiseBroken, Catalogue.promiseWaived:
      part(.promise, isMaking: false)
    case Catalogue.orderConfirmed: part(.order, isMaking: true)
    case Catalogue.orderDelivered: part(.order, isMaking: false)
    case Catalogue.termsRequested: part(.request, isMaking: true)
    case Catalogue.termsDecided, Catalogue.termsSettled: part(.request, isMaking: false)
    default: nil
    }
  }
}
