// A type's documentation is its `meaning`, which `Catalogue.markdown` prints: a comment would say it twice.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
/// The types of events that Touchlog understands.
///
/// An event of another type is stored and shown as well, and projections pass over it.
public enum Catalogue {
  public static let contactStarted = EventType(
    1, "contact.started", .interaction, "a contact begins", [Field.direction.required])
  public static let contactQueued = EventType(
    2, "contact.queued", .interaction, "the customer begins to wait", [Field.queue.optional])
  public static let contactAnswered = EventType(
    3, "contact.answered", .interaction, "somebody attends to the customer; `agent` says who")
  public static let contactHeld = EventType(4, "contact.held", .interaction, "the customer is put on hold")
  public static let contactResumed = EventType(5, "contact.resumed", .interaction, "the hold ends")
  public static let contactMessage = EventType(
    6, "contact.message", .interaction, "somebody writes", [Field.messageBy.required, Field.text.optional])
  public static let contactTransferred = EventType(
    7, "contact.transferred", .interaction, "the contact goes to another team, agent or channel",
    [Field.toTeam.optional, Field.toAgent.optional, Field.toChannel.optional],
    rules: [.atLeastOne([.toTeam, .toAgent, .toChannel])])
  public static let contactEnded = EventType(
    8, "contact.ended", .interaction, "the contact ends", [Field.outcome.required])
  public static let contactReopened = EventType(
    9, "contact.reopened", .interaction, "an ended contact goes on: a new episode")

  public static let visitScheduled = EventType(
    16, "visit.scheduled", .interaction, "a visit is arranged, or moved",
    [Field.windowStart.required, Field.windowEnd.required], rules: [.ascending(.windowStart, .windowEnd)])
  public static let visitArrived = EventType(17, "visit.arrived", .interaction, "the technician is there")
  public static let visitCompleted = EventType(
    18, "visit.completed", .interaction, "the visit ends", [Field.outcome.required])
  public static let visitMissed = EventType(
    19, "visit.missed", .interaction, "nobody came, or nobody was at home", [Field.reason.optional])

  public static let orderConfirmed = EventType(
    24, "order.confirmed", .customer, "an order is accepted", [Field.order.required])
  public static let orderDelivered = EventType(
    25, "order.delivered", .customer, "an order is delivered", [Field.order.required])

  public static let expectationStated = EventType(
    32, "expectation.stated", .customer, "what the customer expects",
    [Field.origin.required, Field.text.optional])

  public static let guideStarted = EventType(
    40, "guide.started", .interaction, "a decision tree is opened",
    [Field.guide.required, Field.guideVersion.optional])
  public static let guideStep = EventType(
    41, "guide.step", .interaction, "a step of a decision tree",
    [Field.guide.required, Field.guideVersion.optional, Field.node.required, Field.answer.optional])
  public static let guideFinished = EventType(
    42, "guide.finished", .interaction, "a decision tree is left",
    [Field.guide.required, Field.guideVersion.optional, Field.node.optional, Field.exit.required])

  public static let promiseMade = EventType(
    48, "promise.made", .customer, "something is promised",
    [Field.promise.required, Field.promiseKind.required, Field.dueAt.optional, Field.promiseBy.optional])
  public static let promiseRenegotiated = EventType(
    49, "promise.renegotiated", .customer, "a promise is changed with the customer's consent",
    [Field.promise.required, Field.promiseKind.optional, Field.dueAt.optional, Field.promiseBy.optional])
  public static let promiseKept = EventType(
    50, "promise.kept", .customer, "a promise is kept", [Field.promise.required, Field.reason.optional])
  public static let promiseBroken = EventType(
    51, "promise.broken", .customer, "a promise is broken", [Field.promise.required, Field.reason.optional])
  public static let promiseWaived = EventType(
    52, "promise.waived", .customer, "the customer waives a promise",
    [Field.promise.required, Field.reason.optional])

  public static let feedbackGiven = EventType(
    56, "feedback.given", .customer, "the customer answers a questionnaire",
    [
      Field.instrument.required, Field.score.required, Field.min.required, Field.max.required,
      Field.dimension.optional, Field.text.optional,
    ], rules: [.ascending(.min, .score), .ascending(.score, .max)])
  public static let beliefStated = EventType(
    57, "belief.stated", .company, "what the company believes that its customers feel",
    [
      Field.instrument.required, Field.score.required, Field.min.required, Field.max.required,
      Field.dimension.optional, Field.department.optional, Field.text.optional,
    ], rules: [.ascending(.min, .score), .ascending(.score, .max)])

  public static let complaintRaised = EventType(
    64, "complaint.raised", .customer, "the customer complains", [Field.severity.optional, Field.text.optional])
  public static let complaintResolved = EventType(
    65, "complaint.resolved", .customer, "a complaint is settled", [Field.severity.optional, Field.text.optional])
  public static let praiseGiven = EventType(
    66, "praise.given", .customer, "the customer praises", [Field.severity.optional, Field.text.optional])

  public static let standardDeclared = EventType(
    72, "standard.declared", .company, "the company sets itself a limit",
    [
      Field.standard.required, Field.metric.required, Field.standardChannel.optional,
      Field.thresholdSeconds.required, Field.targetShare.required, Field.from.optional,
    ])

  public static let identityLinked = EventType(
    80, "identity.linked", .customer, "two references name one person",
    [Field.other.required, Field.evidence.optional, Field.confidence.optional])
  public static let identityUnlinked = EventType(
    81, "identity.unlinked", .customer, "two references do not name one person",
    [Field.other.required, Field.evidence.optional, Field.confidence.optional])

  public static let relationshipChanged = EventType(
    88, "relationship.changed", .customer, "the customer comes, stays or goes",
    [Field.status.required, Field.reason.optional])
  public static let segmentAssigned = EventType(
    89, "segment.assigned", .customer, "the customer is put into a segment", [Field.segment.required])

  public static let purchaseMade = EventType(
    96, "purchase.made", .customer, "the customer buys",
    [Field.amount.required, Field.currency.required, Field.moneyKind.optional])
  public static let costIncurred = EventType(
    97, "cost.incurred", .customer, "serving the customer costs",
    [Field.amount.required, Field.currency.required, Field.moneyKind.optional])

  public static let termsRequested = EventType(
    104, "terms.requested", .customer, "the customer asks for time to pay",
    [Field.request.required, Field.amount.required, Field.currency.required, Field.days.optional])
  public static let termsDecided = EventType(
    105, "terms.decided", .customer, "the request is decided",
    [
      Field.request.required, Field.decision.required, Field.amount.optional, Field.currency.optional,
      Field.days.optional, Field.reviewer.optional, Field.reasons.optional, Field.factors.optional,
    ])
  public static let termsSettled = EventType(
    106, "terms.settled", .customer, "the term ends", [Field.request.required, Field.settled.required])

  public static let customerErased = EventType(
    112, "customer.erased", .log, "the customer is forgotten", [Field.customer.optional, Field.reason.optional])

  /// All types, by code.
  public static let all: [EventType] = [
    contactStarted, contactQueued, contactAnswered, contactHeld, contactResumed, contactMessage,
    contactTransferred, contactEnded, contactReopened,
    visitScheduled, visitArrived, visitCompleted, visitMissed,
    orderConfirmed, orderDelivered, expectationStated,
    guideStarted, guideStep, guideFinished,
    promiseMade, promiseRenegotiated, promiseKept, promiseBroken, promiseWaived,
    feedbackGiven, beliefStated, complaintRaised, complaintResolved, praiseGiven,
    standardDeclared, identityLinked, identityUnlinked, relationshipChanged, segmentAssigned,
    purchaseMade, costIncurred, termsRequested, termsDecided, termsSettled, customerErased,
  ]

  /// The code of every type outside the catalogue; the number of its name is in the header's slot 0.
  public static let foreignCode: UInt16 = 0

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
  private static let byCode = {
    var table = [EventType?](repeating: nil, count: 128)
    for type in all { table[Int(type.code)] = type }
    return table
  }()

  /// The type of that name; nil when the catalogue has none.
  public static func type(named name: String) -> EventType? { byName[name] }

  /// The type with that code; nil when the catalogue has none.
  public static func type(code: UInt16) -> EventType? { Int(code) < byCode.count ? byCode[Int(code)] : nil }
}
