import Touchlog

extension Wording {
  /// What is promised and ordered, and what becomes of it.
  var agreementWords: String? {
    let promise = ["promise", text(.promise)].compactMap { $0 }.joined(separator: " ")
    let order = ["order", text(.order)].compactMap { $0 }.joined(separator: " ")
    switch moment.type {
    case Catalogue.promiseMade:
      return promise + promiseTerms
    case Catalogue.promiseRenegotiated:
      return "\(promise) renegotiated" + (promiseTerms.isEmpty ? "" : ":\(promiseTerms)")
    case Catalogue.promiseKept:
      return "\(promise) kept\(punctuality)" + tail(.reason)
    case Catalogue.promiseBroken:
      return "\(promise) broken" + wasDue + tail(.reason)
    case Catalogue.promiseWaived:
      return "\(promise) waived by the customer" + wasDue + tail(.reason)
    case Catalogue.orderConfirmed:
      return "\(order) confirmed"
    case Catalogue.orderDelivered:
      return "\(order) delivered" + (facts.after.map { " \($0.words) after it was confirmed" } ?? "")
    default:
      return nil
    }
  }

  /// ` (callback) due 3 Mar 14:00, by agent`: what of it is there.
  private var promiseTerms: String {
    let kind = text(.promiseKind).map { " (\($0))" } ?? ""
    let due = time(.dueAt).map { " due \($0)" } ?? ""
    let author = text(.promiseBy).map { $0 == "agent" ? actor ?? $0 : $0 }
    return kind + due + (author.map { ", by \($0)" } ?? "")
  }

  private var punctuality: String {
    guard let due = facts.due else { return "" }
    return moment.occurredAt > due ? " \(moment.occurredAt.duration(since: due).words) late" : " in time"
  }

  private var wasDue: String { facts.due.map { ", due \(short($0))" } ?? "" }

  /// What is bought, what it costs, and when it is paid.
  var moneyWords: String? {
    let request = ["request", text(.request)].compactMap { $0 }.joined(separator: " ")
    switch moment.type {
    case Catalogue.purchaseMade:
      return "bought" + tail(.moneyKind, after: " ") + (amount.map { " for \($0)" } ?? "")
    case Catalogue.costIncurred:
      return "cost" + (amount.map { " \($0)" } ?? " incurred") + tail(.moneyKind, after: " for ")
    case Catalogue.termsRequested:
      return "asked for \(term ?? "time") to pay" + (amount.map { " \($0)" } ?? "")
        + tail(.request, after: ", request ")
    case Catalogue.termsDecided:
      let granted = [amount, term.map { "for \($0)" }].compactMap { $0 }.joined(separator: " ")
      return "\(request) \(text(.decision).map(decisionWords) ?? "decided")" + tail(.reviewer, after: " by ")
        + (granted.isEmpty ? "" : ", \(granted)") + tail(.reasons)
    case Catalogue.termsSettled:
      switch text(.settled) {
      case "onTime": return "\(request) paid on time"
      case "late": return "\(request) paid late"
      case "defaulted": return "\(request) not paid"
      case let word: return "\(request) settled" + (word.map { ", \(spaced($0))" } ?? "")
      }
    default:
      return nil
    }
  }

  private func decisionWords(_ word: String) -> String {
    switch word {
    case "partial": "granted in part"
    case "staggered": "granted in instalments"
    default: spaced(word)
    }
  }

  private var amount: String? {
    moment.fields.number(.amount).map { money($0, currency: text(.currency)) }
  }

  private var term: String? { moment.fields.number(.days).map { counted(Int($0), "day") } }
}
