/// What the design's catalogue demands of each type's `data`, written independently of the simulator.
enum Rule {
  case text
  case oneOf(Set<String>)
  case integer(ClosedRange<Int>)
  case share
  case time
  case texts
  case factors
  case reference
  case currency
}

struct TypeRules {
  var required: [String: Rule]
  var optional: [String: Rule] = [:]
  var needsOneOf: [String] = []
}

private let outcome = Rule.oneOf(["resolved", "unresolved", "abandoned", "followUp"])
private let queue = TypeRules(required: ["queue": .text])
private let order = TypeRules(required: ["order": .text])
private let severity = TypeRules(required: ["severity": .integer(1...5), "text": .text])
private let settledPromise = TypeRules(required: ["promise": .text, "reason": .text])
private let promise = TypeRules(
  required: [
    "promise": .text, "kind": .oneOf(["callback", "delivery", "repair", "refund", "answer", "other"]),
    "by": .oneOf(["agent", "marketing", "standard"]),
  ], optional: ["dueAt": .time])
private let scoreFields: [String: Rule] = [
  "instrument": .oneOf(["csat", "nps", "ces", "servqual"]), "score": .integer(0...10), "min": .integer(0...1),
  "max": .integer(5...10),
]
private let money: [String: Rule] = ["amount": .integer(0...Int.max), "currency": .currency]
private let moneyOfKind = TypeRules(required: money.merging(["kind": .text]) { $1 })
private let link = TypeRules(required: ["other": .reference, "evidence": .text, "confidence": .share])
private let terms = money.merging(["request": .text, "days": .integer(1...365)]) { $1 }
private let guide: [String: Rule] = ["guide": .text, "guideVersion": .text]
private let channels: Set<String> = [
  "phone", "chat", "video", "kiosk", "field", "inperson", "web", "app", "email", "social", "sms", "mail", "other",
]

let catalogueChannels = channels

let catalogue: [String: TypeRules] = [
  "contact.started": TypeRules(required: ["direction": .oneOf(["inbound", "outbound"])]),
  "contact.queued": queue, "contact.answered": queue, "contact.held": queue, "contact.resumed": queue,
  "contact.message": TypeRules(required: ["by": .oneOf(["customer", "agent", "bot"]), "text": .text]),
  "contact.transferred": TypeRules(
    required: [:], optional: ["toTeam": .text, "toAgent": .text, "toChannel": .oneOf(channels)],
    needsOneOf: ["toTeam", "toAgent", "toChannel"]),
  "contact.ended": TypeRules(required: ["outcome": outcome]), "contact.reopened": TypeRules(required: [:]),
  "visit.scheduled": TypeRules(required: ["windowStart": .time, "windowEnd": .time]),
  "visit.arrived": TypeRules(required: [:]), "visit.completed": TypeRules(required: ["outcome": outcome]),
  "visit.missed": TypeRules(required: ["reason": .text]),
  "order.confirmed": order, "order.delivered": order,
  "expectation.stated": TypeRules(required: [
    "origin": .oneOf(["experience", "marketing", "wordOfMouth", "industry", "review"]), "text": .text,
  ]),
  "guide.started": TypeRules(required: guide),
  "guide.step": TypeRules(required: guide.merging(["node": .text, "answer": .text]) { $1 }),
  "guide.finished": TypeRules(
    required: guide.merging(["node": .text, "exit": .oneOf(["solved", "handedOver", "abandoned"])]) { $1 }),
  "promise.made": promise, "promise.renegotiated": promise,
  "promise.kept": settledPromise, "promise.broken": settledPromise, "promise.waived": settledPromise,
  "feedback.given": TypeRules(required: scoreFields, optional: ["dimension": .text, "text": .text]),
  "belief.stated": TypeRules(required: scoreFields.merging(["department": .text]) { $1 }, optional: ["text": .text]),
  "complaint.raised": severity, "complaint.resolved": severity, "praise.given": severity,
  "standard.declared": TypeRules(required: [
    "standard": .text, "metric": .oneOf(["wait", "firstReply", "handle", "resolution", "visitLateness"]),
    "channel": .oneOf(channels), "thresholdSeconds": .integer(1...Int.max), "targetShare": .share, "from": .time,
  ]),
  "identity.linked": link, "identity.unlinked": link,
  "relationship.changed": TypeRules(required: ["status": .oneOf(["prospect", "active", "former"]), "reason": .text]),
  "segment.assigned": TypeRules(required: ["segment": .text]),
  "purchase.made": moneyOfKind, "cost.incurred": moneyOfKind,
  "terms.requested": TypeRules(required: terms),
  "terms.decided": TypeRules(
    required: terms.merging([
      "decision": .oneOf(["granted", "partial", "staggered", "denied"]), "reasons": .texts, "reviewer": .text,
      "factors": .factors,
    ]) { $1 }),
  "terms.settled": TypeRules(required: terms.merging(["settled": .oneOf(["onTime", "late", "defaulted"])]) { $1 }),
]

extension Rule {
  func accepts(_ value: Any) -> Bool {
    switch self {
    case .text: (value as? String).map { !$0.isEmpty && $0.utf8.count <= 480 } ?? false
    case .oneOf(let words): (value as? String).map(words.contains) ?? false
    case .integer(let range): (value as? Int).map(range.contains) ?? false
    case .share: (value as? Double).map { (0...1).contains($0) } ?? false
    case .time: (value as? String).flatMap(Line.microseconds) != nil
    case .texts: (value as? [String]).map { !$0.isEmpty } ?? false
    case .factors: (value as? [String: Double]).map { !$0.isEmpty } ?? false
    case .reference: (value as? String).map(isReference) ?? false
    case .currency: value as? String == "SEK"
    }
  }
}

/// `crm:<n>`, `tel:` in E.164 or `mailto:` with a lower-case domain.
func isReference(_ text: String) -> Bool {
  text.wholeMatch(of: /crm:[1-9][0-9]{0,9}|tel:\+467[0-9]{8}|mailto:[a-z]+\.[a-z]+\.[0-9]+@example\.se/) != nil
}
