/// Whom an event is about. The number means a customer of the company, or somebody who is none (a stranger).
enum SubjectScheme: UInt8 {
  case nobody, customer, customerPhone, customerMail, strangerPhone, strangerMail

  var isCustomer: Bool { self == .customer || self == .customerPhone || self == .customerMail }
}

/// What an event does to its customer in the simulation, when it happens.
enum Effect: UInt8 {
  case none, joined, brokenPromise, unresolvedContact, waitBeyondStandard, goodContact
}

/// An event before it is written: small, without references, so that millions can be planned ahead.
///
/// What the fields mean for a type is decided in one place, the writing of its line (`EventLines.swift`).
struct PlannedEvent {
  /// occurredAt, microseconds since 1970.
  var time: Int64
  /// A second time: due, begin of a window, begin of validity. 0: none.
  var moment: Int64 = 0
  /// Minor units of currency, or seconds.
  var amount: Int32 = 0
  /// Number of the interaction; 0: none.
  var interaction: UInt32 = 0
  /// Number of the promise, order, request, or (of a link) of the other reference.
  var thing: UInt32 = 0
  /// Number of the order that gave rise to the event, for `correlationid`; 0: none.
  var order: UInt32 = 0
  /// Number of the event, given when it happens.
  var serial: UInt32 = 0
  var subjectNumber: UInt32 = 0
  /// 0: none.
  var agent: UInt16 = 0
  /// Another agent, or a node of a guide.
  var other: UInt16 = 0
  var kind: EventKind
  var subject = SubjectScheme.nobody
  var effect = Effect.none
  /// The attribute; `nil`: absent.
  var channel: SimulatedChannel?
  /// The channel on which the interaction began; its system named the interaction.
  var origin = SimulatedChannel.other
  /// The channel named in `data`.
  var toChannel: SimulatedChannel?
  /// The interaction stands in `correlationid`, as what gave rise to the event, not in `interaction`.
  var isConsequence = false
  /// Indexes into the tables of ``Words``; 0: the attribute is absent.
  var team: UInt8 = 0
  var topic: UInt8 = 0
  var location: UInt8 = 0
  /// Indexes and small numbers that the type lays out.
  var code: UInt8 = 0
  var detail: UInt8 = 0
  var text: UInt8 = 0
  var score: UInt8 = 0

  init(_ kind: EventKind, at time: Int64) {
    self.kind = kind
    self.time = time
  }

  /// The customer who lives through this event; `nil` for strangers, nobody, and the company itself.
  var customer: Int? { subject.isCustomer ? Int(subjectNumber) : nil }
}
