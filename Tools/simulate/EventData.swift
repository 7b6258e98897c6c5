extension LineBuffer {
  /// The fields of `data`, as the catalogue lays them out for the type.
  mutating func writeData(_ event: PlannedEvent) {
    switch event.kind {
    case .contactStarted: field("\"direction\":\"", event.code == 0 ? "inbound" : "outbound")
    case .contactQueued, .contactAnswered, .contactHeld, .contactResumed:
      field("\"queue\":\"", Words.teams[Int(event.team)])
    case .contactMessage:
      field("\"by\":\"", Words.speakers[Int(event.code)])
      field(",\"text\":\"", Self.message(by: event.code, Int(event.text)))
    case .contactTransferred: writeTransfer(event)
    case .contactEnded, .visitCompleted: field("\"outcome\":\"", Words.outcomes[Int(event.code)])
    case .contactReopened, .visitArrived: break
    case .visitScheduled: writeWindow(event)
    case .visitMissed: field("\"reason\":\"", Words.missedReasons[Int(event.code)])
    case .guideStarted, .guideStep, .guideFinished: writeGuide(event)
    case .orderConfirmed, .orderDelivered: writeNumber("\"order\":\"SO-", event.thing)
    case .expectationStated:
      field("\"origin\":\"", Words.origins[Int(event.code)])
      field(",\"text\":\"", Words.expectations[Int(event.code)])
    case .promiseMade, .promiseRenegotiated, .promiseKept, .promiseBroken, .promiseWaived: writePromise(event)
    case .feedbackGiven, .beliefStated: writeScore(event)
    case .complaintRaised, .complaintResolved, .praiseGiven:
      put("\"severity\":")
      put(Int(event.score))
      field(",\"text\":\"", Words.remarks[Int(event.text)])
    case .standardDeclared: writeStandard(event)
    case .identityLinked, .identityUnlinked: writeLink(event)
    case .relationshipChanged:
      field("\"status\":\"", Words.statuses[Int(event.code)])
      field(",\"reason\":\"", Words.statusReasons[Int(event.detail)])
    case .segmentAssigned: field("\"segment\":\"", Words.segments[Int(event.code)])
    case .purchaseMade:
      writeAmount(event)
      field(",\"kind\":\"", Words.purchaseKinds[Int(event.code)])
    case .costIncurred:
      writeAmount(event)
      field(",\"kind\":\"", Words.costKinds[Int(event.code)])
    case .termsRequested, .termsDecided, .termsSettled: writeTerms(event)
    case .purchaseDue: preconditionFailure("a due purchase becomes other events before anything is written")
    }
  }

  private static func message(by speaker: UInt8, _ text: Int) -> StaticString {
    switch speaker {
    case Speaker.customer.rawValue: Words.fromCustomer[text % Words.fromCustomer.count]
    case Speaker.agent.rawValue: Words.fromStaff[text % Words.fromStaff.count]
    default: Words.fromBot[text % Words.fromBot.count]
    }
  }

  private mutating func writeTransfer(_ event: PlannedEvent) {
    field("\"toTeam\":\"", Words.teams[Int(event.detail)])
    if event.other > 0 {
      put(",\"toAgent\":\"")
      writeAgent(event.other)
      put(byte: UInt8(ascii: "\""))
    }
    if let channel = event.toChannel { field(",\"toChannel\":\"", channel.word) }
  }

  private mutating func writeWindow(_ event: PlannedEvent) {
    put("\"windowStart\":\"")
    put(timestamp: event.moment)
    put("\",\"windowEnd\":\"")
    put(timestamp: event.moment + Int64(event.amount) * Microseconds.second)
    put(byte: UInt8(ascii: "\""))
  }

  private mutating func writeGuide(_ event: PlannedEvent) {
    field("\"guide\":\"", Words.guides[Int(event.detail)])
    put(",\"guideVersion\":\"v3\"")
    if event.kind == .guideStarted { return }
    put(",\"node\":\"n")
    put(Int(event.other))
    put(byte: UInt8(ascii: "\""))
    if event.kind == .guideStep {
      field(",\"answer\":\"", Words.answers[Int(event.code)])
    } else {
      field(",\"exit\":\"", Words.exits[Int(event.code)])
    }
  }

  private mutating func writePromise(_ event: PlannedEvent) {
    writeNumber("\"promise\":\"P-", event.thing)
    switch event.kind {
    case .promiseMade, .promiseRenegotiated:
      field(",\"kind\":\"", Words.promiseKinds[Int(event.code)])
      if event.moment > 0 {
        put(",\"dueAt\":\"")
        put(timestamp: event.moment)
        put(byte: UInt8(ascii: "\""))
      }
      field(",\"by\":\"", Words.promiseMakers[Int(event.detail)])
    default: field(",\"reason\":\"", Words.promiseReasons[Int(event.detail)])
    }
  }

  private mutating func writeScore(_ event: PlannedEvent) {
    let instrument = Instrument(rawValue: event.code) ?? .csat
    field("\"instrument\":\"", Words.instruments[Int(event.code)])
    put(",\"score\":")
    put(Int(event.score))
    switch instrument {
    case .csat: put(",\"min\":1,\"max\":5")
    case .nps: put(",\"min\":0,\"max\":10")
    case .ces: put(",\"min\":1,\"max\":7")
    case .servqual:
      put(",\"min\":1,\"max\":7")
      field(",\"dimension\":\"", Words.dimensions[Int(event.detail)])
    }
    if event.kind == .beliefStated { field(",\"department\":\"", Words.departments[Int(event.other)]) }
    if event.text > 0 { field(",\"text\":\"", Words.remarks[Int(event.text) % Words.remarks.count]) }
  }

  private mutating func writeStandard(_ event: PlannedEvent) {
    let channel = (event.toChannel ?? .other).word
    let metric = Words.metrics[Int(event.code)]
    put("\"standard\":\"")
    put(channel)
    put(byte: UInt8(ascii: "-"))
    put(metric)
    field("\",\"metric\":\"", metric)
    field(",\"channel\":\"", channel)
    put(",\"thresholdSeconds\":")
    put(Int(event.amount))
    put(",\"targetShare\":")
    put(hundredths: Int(event.score))
    put(",\"from\":\"")
    put(timestamp: event.moment)
    put(byte: UInt8(ascii: "\""))
  }

  private mutating func writeLink(_ event: PlannedEvent) {
    put("\"other\":\"")
    write(SubjectScheme(rawValue: event.detail) ?? .customerPhone, number: Int(event.thing))
    field("\",\"evidence\":\"", Words.evidence[Int(event.code)])
    put(",\"confidence\":")
    put(hundredths: Int(event.score))
  }

  private mutating func writeAmount(_ event: PlannedEvent) {
    put("\"amount\":")
    put(Int(event.amount))
    put(",\"currency\":\"SEK\"")
  }

  private mutating func writeTerms(_ event: PlannedEvent) {
    writeNumber("\"request\":\"T-", event.thing)
    put(byte: UInt8(ascii: ","))
    writeAmount(event)
    put(",\"days\":")
    put(Int(event.other))
    switch event.kind {
    case .termsDecided:
      field(",\"decision\":\"", Words.decisions[Int(event.code)])
      field(",\"reasons\":[\"", Words.termReasons[Int(event.detail)])
      put("],\"reviewer\":\"")
      writeAgent(event.agent)
      field("\",\"factors\":{\"", Words.termReasons[Int(event.detail)])
      put(":")
      put(hundredths: Int(event.score))
      put(byte: UInt8(ascii: "}"))
    case .termsSettled: field(",\"settled\":\"", Words.settlements[Int(event.code)])
    default: break
    }
  }
}
