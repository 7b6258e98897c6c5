/// The catalogue's types, but `customer.erased`, which only the log itself writes.
enum EventKind: UInt8, CaseIterable {
  case contactStarted, contactQueued, contactAnswered, contactHeld, contactResumed, contactMessage
  case contactTransferred, contactEnded, contactReopened
  case visitScheduled, visitArrived, visitCompleted, visitMissed
  case guideStarted, guideStep, guideFinished
  case orderConfirmed, orderDelivered, purchaseMade
  case expectationStated
  case promiseMade, promiseRenegotiated, promiseKept, promiseBroken, promiseWaived
  case feedbackGiven, beliefStated
  case complaintRaised, complaintResolved, praiseGiven
  case standardDeclared
  case identityLinked, identityUnlinked, relationshipChanged, segmentAssigned
  case costIncurred, termsRequested, termsDecided, termsSettled
  /// Not written: a customer's next purchase falls due.
  case purchaseDue

  var word: StaticString {
    switch self {
    case .contactStarted: "contact.started"
    case .contactQueued: "contact.queued"
    case .contactAnswered: "contact.answered"
    case .contactHeld: "contact.held"
    case .contactResumed: "contact.resumed"
    case .contactMessage: "contact.message"
    case .contactTransferred: "contact.transferred"
    case .contactEnded: "contact.ended"
    case .contactReopened: "contact.reopened"
    case .visitScheduled: "visit.scheduled"
    case .visitArrived: "visit.arrived"
    case .visitCompleted: "visit.completed"
    case .visitMissed: "visit.missed"
    case .guideStarted: "guide.started"
    case .guideStep: "guide.step"
    case .guideFinished: "guide.finished"
    case .orderConfirmed: "order.confirmed"
    case .orderDelivered: "order.delivered"
    case .purchaseMade: "purchase.made"
    case .expectationStated: "expectation.stated"
    case .promiseMade: "promise.made"
    case .promiseRenegotiated: "promise.renegotiated"
    case .promiseKept: "promise.kept"
    case .promiseBroken: "promise.broken"
    case .promiseWaived: "promise.waived"
    case .feedbackGiven: "feedback.given"
    case .beliefStated: "belief.stated"
    case .complaintRaised: "complaint.raised"
    case .complaintResolved: "complaint.resolved"
    case .praiseGiven: "praise.given"
    case .standardDeclared: "standard.declared"
    case .identityLinked: "identity.linked"
    case .identityUnlinked: "identity.unlinked"
    case .relationshipChanged: "relationship.changed"
    case .segmentAssigned: "segment.assigned"
    case .costIncurred: "cost.incurred"
    case .termsRequested: "terms.requested"
    case .termsDecided: "terms.decided"
    case .termsSettled: "terms.settled"
    case .purchaseDue: "purchase.due"
    }
  }

  /// Begins the ids and the `source` of the system that reports this; `nil`: the channel's own system.
  var system: StaticString? {
    switch self {
    case .orderConfirmed, .orderDelivered, .purchaseMade: "shop"
    case .promiseMade, .promiseRenegotiated, .promiseKept, .promiseBroken, .promiseWaived: "care"
    case .complaintRaised, .complaintResolved, .praiseGiven, .expectationStated: "care"
    case .feedbackGiven: "survey"
    case .beliefStated, .standardDeclared: "board"
    case .identityLinked, .identityUnlinked, .relationshipChanged, .segmentAssigned: "crm"
    case .costIncurred, .termsRequested, .termsDecided, .termsSettled: "ledger"
    default: nil
    }
  }
}
