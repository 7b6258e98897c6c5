/// Indexes of the catalogue's enumerations into ``Words``.
enum Outcome: UInt8 { case resolved, unresolved, abandoned, followUp }
enum Speaker: UInt8 { case customer, agent, bot }
enum Exit: UInt8 { case solved, handedOver, abandoned }
enum PromiseKind: UInt8 { case callback, delivery, repair, refund, answer, other }
enum PromiseMaker: UInt8 { case agent, marketing, standard }
enum Instrument: UInt8 { case csat, nps, ces, servqual }
enum Metric: UInt8 { case wait, firstReply, handle, resolution, visitLateness }
enum Status: UInt8 { case prospect, active, former }
enum LeavingReason: UInt8 { case brokenPromise, unresolved, waiting, price, moved, competitor, joined, interest }
enum PromiseReason: UInt8 { case fulfilled, delayed, forgotten, noCapacity, customerCancelled }

/// Every word and text that occurs in the stream, ready for JSON. Index 0 of the attributes' tables is "absent".
enum Words {
  static let outcomes: [StaticString] = ["resolved", "unresolved", "abandoned", "followUp"]
  static let speakers: [StaticString] = ["customer", "agent", "bot"]
  static let exits: [StaticString] = ["solved", "handedOver", "abandoned"]
  static let promiseKinds: [StaticString] = ["callback", "delivery", "repair", "refund", "answer", "other"]
  static let promiseMakers: [StaticString] = ["agent", "marketing", "standard"]
  static let promiseReasons: [StaticString] = [
    "fulfilled", "delayed in transit", "forgotten", "no capacity", "cancelled by the customer",
  ]
  static let instruments: [StaticString] = ["csat", "nps", "ces", "servqual"]
  static let dimensions: [StaticString] = ["reliability", "assurance", "tangibles", "empathy", "responsiveness"]
  static let metrics: [StaticString] = ["wait", "firstReply", "handle", "resolution", "visitLateness"]
  static let statuses: [StaticString] = ["prospect", "active", "former"]
  static let statusReasons: [StaticString] = [
    "brokenPromise", "unresolved", "waiting", "price", "moved", "competitor", "contract", "interest",
  ]
  static let origins: [StaticString] = ["experience", "marketing", "wordOfMouth", "industry", "review"]
  static let segments: [StaticString] = ["consumer", "family", "business"]
  static let evidence: [StaticString] = ["login", "orderForm", "callerId", "agentConfirmed", "sameAddress"]
  static let departments: [StaticString] = ["service", "sales", "billing", "field", "logistics", "digital", "board"]
  static let costKinds: [StaticString] = ["handling", "travel", "postage", "goodwill"]
  static let purchaseKinds: [StaticString] = ["goods", "subscription", "spareParts", "installation"]
  static let decisions: [StaticString] = ["granted", "partial", "staggered", "denied"]
  static let settlements: [StaticString] = ["onTime", "late", "defaulted"]
  static let termReasons: [StaticString] = ["paymentHistory", "seasonalSales", "exposureLimit", "openDisputes"]
  static let missedReasons: [StaticString] = ["nobodyHome", "technicianIll", "partMissing", "noAccess"]

  static let teams: [StaticString] = ["", "care", "billing", "technical", "orders", "retention", "field"]
  static let topics: [StaticString] = [
    "", "invoice", "payment", "delivery", "returns", "outage", "installation", "contract", "moving", "account",
    "advice",
  ]
  /// The team (an index into ``teams``) that answers for each topic.
  static let teamOfTopic: [UInt8] = [0, 2, 2, 4, 4, 3, 3, 5, 1, 1, 1]
  static let locations: [StaticString] = [
    "", "stockholm-city", "stockholm-syd", "uppsala", "göteborg-nordstan", "göteborg-frölunda", "malmö-triangeln",
    "lund", "linköping", "örebro", "västerås", "umeå", "luleå",
  ]
  static let guides: [StaticString] = ["outage", "invoice", "returns", "installation", "contract"]
  static let answers: [StaticString] = ["yes", "no"]

  static let fromCustomer: [StaticString] = [
    "Hi, my invoice is higher than last month and I do not understand why.",
    "The connection drops every evening around eight. I have restarted everything.",
    "Where is my parcel? The tracking page has said \\\"in transit\\\" for a week.",
    "Jag flyttar till Malmö den första. Kan ni flytta abonnemanget?",
    "I would like to return the router, it does not fit the socket.",
    "Can somebody call me back this afternoon?",
    "I paid twice by mistake. How do I get the money back?",
    "Thanks, that worked!",
    "Det är tredje gången jag skriver om samma sak.",
    "Could you confirm the time for the technician on Thursday?",
    "The app shows error 502\\nwhen I log in.",
    "ok 👍",
  ]
  static let fromStaff: [StaticString] = [
    "Hello! Let me have a look at that for you.",
    "I can see the invoice now. The difference is the one-off fee for the installation.",
    "I have started a line test; it takes about two minutes.",
    "Your parcel left the terminal this morning and should arrive tomorrow.",
    "Tack för att du väntade. Jag har flyttat abonnemanget till den nya adressen.",
    "I have ordered a return label; you will get it by e-mail.",
    "A colleague from the technical team will take over from here.",
    "Is there anything else I can do for you?",
  ]
  static let fromBot: [StaticString] = [
    "Welcome! Tell me in a few words what it is about.",
    "I did not understand that. Shall I connect you with a colleague?",
  ]
  static let remarks: [StaticString] = [
    "Quick and friendly.", "Had to explain everything twice.", "Nobody could tell me when it would be fixed.",
    "Bra hjälp, tack!", "The technician was on time and knew what to do.", "Too long in the queue.",
    "Promised a call that never came.", "Smidigt att byta tid i appen.",
  ]
  static let expectations: [StaticString] = [
    "Answer within a minute, as last time.", "Delivery the next day, as the advertisement said.",
    "Friends told me that you fix it in one visit.", "Others in the business answer around the clock.",
    "The reviews speak of refunds within a week.",
  ]

  static let givenNames: [StaticString] = [
    "anna", "erik", "maria", "lars", "karin", "anders", "sara", "johan", "eva", "nils", "lena", "per", "ingrid", "olof",
    "emma", "gustav", "elin", "mohammed", "fatima", "ali", "sofia", "oskar", "linnea", "hugo", "astrid", "axel", "maja",
    "viktor", "ida", "filip", "amira", "stefan",
  ]
  static let familyNames: [StaticString] = [
    "andersson", "johansson", "karlsson", "nilsson", "eriksson", "larsson", "olsson", "persson", "svensson",
    "gustafsson", "pettersson", "jonsson", "jansson", "hansson", "bengtsson", "lindberg", "lindstrom", "berg", "holm",
    "nystrom", "sandberg", "hassan", "ahmed", "nguyen", "kowalski", "virtanen", "lund", "ek", "dahl", "strand",
  ]
}
