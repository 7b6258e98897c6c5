import ChurnRisk
import JSON
import Statistics
import Touchlog

extension ChurnReport {
  /// The report as one JSON object with a line's end. What was refused is `{"refused": why}`.
  func json(top count: Int, naming: some Naming) throws -> [UInt8] {
    var writer = JSONWriter()
    try writer.object { object in
      object.member("summary", leadSentence)
      writeProvenance(to: &object)
      object.refusable("hazard", hazard) { model, object in model.write(to: &object, level: parameters.level) }
      object.refusable("judgement", judgement) { judgement, object in judgement.write(to: &object) }
      object.refusable("exchange", exchange) { exchanges, object in
        object.member("claimed", number: Exchange.claimed)
        for exchange in exchanges {
          object.key(exchange.harm.rawValue)
          object.object { object in
            object.member("goodContacts", number: exchange.interval == nil ? nil : exchange.goodContacts)
            object.member("interval", exchange.interval)
            object.member("rulesOutTwelve", flag: exchange.rulesOutTwelve)
          }
        }
      }
      object.refusable("repeats", repeats) { findings, object in findings.write(to: &object) }
      object.member("rankedBy", ranking.rawValue)
      object.key("customers")
      try writeCustomers(to: &object, top: count, naming: naming)
    }
    return writer.bytes + [UInt8(ascii: "\n")]
  }

  private func writeCustomers(to writer: inout JSONWriter, top count: Int, naming: some Naming) throws {
    switch ranking {
    case .none: writer.array { _ in }
    case .hazard:
      let persons = try top(count, naming: naming)
      writer.array { array in
        for person in persons { array.object { person.write(to: &$0) } }
      }
    case .repeats:
      let persons = try topByRepeats(count, naming: naming)
      writer.array { array in
        for item in persons {
          array.object { object in
            object.member("customer", item.reference?.text)
            object.member("customernumber", item.person.value)
            item.activity.write(to: &object)
          }
        }
      }
    }
  }

  func writeProvenance(to object: inout JSONWriter) {
    object.key("provenance")
    object.object { object in
      object.member("projection", provenance.projection)
      object.member("version", provenance.version)
      object.member("head", provenance.head.value)
      object.member("asOf", provenance.bounds.asOf)
      object.member("asKnownAt", provenance.bounds.asKnownAt)
      object.member("until", provenance.bounds.until?.value)
      object.member("events", provenance.events)
      object.member("parkedCustomers", provenance.parkedCustomers)
      object.member("cut", cut)
      object.member("at", at)
      object.member("zone", "UTC")
      object.member("persons", persons)
      object.member("personsAtRisk", personsAtRisk)
      object.member("personMonths", personMonths)
      object.member("gone", gone)
      object.member("interactions", interactions)
      object.member("unattributedInteractions", unattributedInteractions)
      object.key("conventions")
      object.array { array in
        for convention in parameters.conventions {
          array.object { object in
            object.member("name", convention.name)
            object.member("value", convention.value)
            object.member("reason", convention.reason)
          }
        }
      }
    }
  }
}

extension PersonPage {
  /// The page as one JSON object with a line's end.
  func json(of report: ChurnReport) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.key("references")
      object.array { array in
        for (number, reference) in references { array.string(reference?.text ?? "number:\(number.value)") }
      }
      object.refusable("risk", risk) { risk, object in
        risk.write(to: &object) { feature in evidence[feature] ?? [] }
      }
      if let repeats {
        object.key("repeats")
        object.object { repeats.write(to: &$0) }
      }
      report.writeProvenance(to: &object)
    }
    return writer.bytes + [UInt8(ascii: "\n")]
  }
}

extension PersonRisk {
  fileprivate func write(
    to object: inout JSONWriter, evidence: (Feature) -> [PersonPage.Event] = { _ in [] },
  ) {
    object.member("customer", reference?.text)
    object.member("customernumber", person.value)
    object.member("risk", number: risk)
    object.member("interval", interval)
    object.key("reasons")
    object.array { array in
      for reason in reasons where reason.contribution != 0 {
        array.object { object in
          object.member("feature", reason.feature.name)
          object.member("words", reason.words)
          object.member("value", number: reason.value)
          object.member("average", number: reason.average)
          object.member("contribution", number: reason.contribution)
          object.member("share", number: reason.share)
          let events = evidence(reason.feature)
          guard !events.isEmpty else { return }
          object.key("positions")
          object.array { for event in events { $0.integer(event.position.value) } }
        }
      }
    }
    repeats?.write(to: &object)
  }
}

extension PersonRisk.Activity {
  fileprivate func write(to object: inout JSONWriter) {
    object.member("repeatCount", repeats)
    object.member("lastDay", lastDays)
    object.member("knownDays", ageDays)
    object.member("alive", number: alive)
    object.member("aliveInterval", aliveInterval)
    object.member("aliveByBGNBD", number: aliveInOriginal)
    object.member("expected", number: expected)
    object.member("expectedStandardError", number: expectedError)
  }
}
