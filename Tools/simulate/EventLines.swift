extension LineBuffer {
  /// Writes the event as one line. The same event gives the same bytes, so a duplicate is its original's equal.
  mutating func write(_ event: PlannedEvent) {
    put("{\"specversion\":\"1.0\",\"id\":\"")
    let system = event.kind.system ?? event.channel?.prefix ?? "misc"
    put(system)
    put(byte: UInt8(ascii: "-"))
    put(Int(event.serial), width: 10)
    put("\",\"source\":\"https://")
    put(system)
    put(".nordvik.example/adapters/touchlog\",\"type\":\"")
    put(event.kind.word)
    put("\",\"time\":\"")
    put(timestamp: event.time)
    put(byte: UInt8(ascii: "\""))
    writeAttributes(event)
    put(",\"data\":{")
    writeData(event)
    put("}}")
    endLine()
  }

  private mutating func writeAttributes(_ event: PlannedEvent) {
    if event.subject != .nobody {
      put(",\"subject\":\"")
      write(event.subject, number: Int(event.subjectNumber))
      put(byte: UInt8(ascii: "\""))
    }
    if let channel = event.channel { field(",\"channel\":\"", channel.word) }
    if event.interaction > 0, !event.isConsequence { writeInteraction(",\"interaction\":\"", event) }
    if event.agent > 0 {
      put(",\"agent\":\"")
      writeAgent(event.agent)
      put(byte: UInt8(ascii: "\""))
    }
    if event.team > 0 { field(",\"team\":\"", Words.teams[Int(event.team)]) }
    if event.location > 0 { field(",\"location\":\"", Words.locations[Int(event.location)]) }
    if event.topic > 0 { field(",\"topic\":\"", Words.topics[Int(event.topic)]) }
    if event.interaction > 0, event.isConsequence { writeInteraction(",\"correlationid\":\"", event) }
    if event.order > 0 { writeNumber(",\"correlationid\":\"SO-", event.order) }
  }

  private mutating func writeInteraction(_ key: StaticString, _ event: PlannedEvent) {
    put(key)
    put(event.origin.prefix)
    put("-i")
    put(Int(event.interaction), width: 9)
    put(byte: UInt8(ascii: "\""))
  }

  /// A quoted word after its key, the key's own quote and colon included in `key`.
  @inline(__always)
  mutating func field(_ key: StaticString, _ word: StaticString) {
    put(key)
    put(word)
    put(byte: UInt8(ascii: "\""))
  }

  /// The number of an order, a promise or a request, its key and the begin of its name included in `key`.
  mutating func writeNumber(_ key: StaticString, _ number: UInt32) {
    put(key)
    put(Int(number), width: 8)
    put(byte: UInt8(ascii: "\""))
  }

  mutating func writeAgent(_ agent: UInt16) {
    put("agent-")
    put(Int(agent), width: 4)
  }

  /// `crm:10042`, `tel:+467…` or `mailto:name.n@example.se`; no two of them are the same reference.
  mutating func write(_ scheme: SubjectScheme, number: Int) {
    switch scheme {
    case .nobody: break
    case .customer:
      put("crm:")
      put(10_001 + number)
    case .customerPhone: writePhone(2 * number)
    case .strangerPhone: writePhone(2 * number + 1)
    case .customerMail: writeMail(2 * number)
    case .strangerMail: writeMail(2 * number + 1)
    }
  }

  private mutating func writePhone(_ number: Int) {
    put("tel:+467")
    // The factor has no divisor in common with 10⁸, so this shuffles the eight-digit numbers without a collision.
    put(number % 100_000_000 * 61_803_399 % 100_000_000, width: 8)
  }

  private mutating func writeMail(_ number: Int) {
    put("mailto:")
    put(Words.givenNames[number * 7919 / 11 % Words.givenNames.count])
    put(byte: UInt8(ascii: "."))
    put(Words.familyNames[number * 104_729 / 13 % Words.familyNames.count])
    put(byte: UInt8(ascii: "."))
    put(number + 1)
    put("@example.se")
  }
}
