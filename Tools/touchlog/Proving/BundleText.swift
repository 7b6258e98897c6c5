import JSON
import Touchlog
import TouchlogAdapters
import TouchlogProof

/// What the verification of a bundle says, for people and for programs.
enum BundleText {
  /// For people.
  ///
  /// - Parameter width: the columns of a terminal; nil where lines are not broken.
  static func render(_ verification: BundleVerification, by key: VerifierKey, width: Int?) -> String {
    guard let checkpoint = verification.checkpoint, let first = verification.events.first else { return "" }
    let count = verification.events.count.counted("event")
    var text = Lines(width: width)
    text.add("proven: \(count) of \(verification.customers.map(\.shown).joined(separator: ", "))")
    text.add("by \(checkpoint.origin.inert), which had \(checkpoint.size.counted("event"))")
    let happened = verification.events.map(\.occurredAt)
    let last = verification.events.last ?? first
    text.add("happened  \((happened.min() ?? first.occurredAt).rfc3339) to \((happened.max() ?? first.occurredAt).rfc3339)")
    text.add("recorded  \(first.recordedAt.rfc3339) to \(last.recordedAt.rfc3339)")
    text.add("")
    text.add("Proven to whoever trusts the key \(key.description.inert):")
    for item in proven(verification) { text.add(item: item) }
    text.add("")
    text.add("The log's word, and not proven:")
    for item in wordOfTheLog(verification) { text.add(item: item) }
    return text.text
  }

  /// What is proven of a bundle without faults.
  static func proven(_ verification: BundleVerification) -> [String] {
    let streams = verification.customers.map { customer in
      let versions = customer.events == 1 ? "version 0" : "versions 0 to \((customer.events - 1).grouped)"
      return "\(customer.shown) \(versions)"
    }
    let isOpened = verification.customers.contains { $0.reference != nil }
    var items = [
      "these events are in the log that was signed, in this order, at these positions",
      "of each stream nothing is missing between its beginning and the last event here: \(streams.joined(separator: ", "))",
      "both clocks of each event: when its source says that it happened, and when the log says that it took it",
      "every byte of each record; what is sealed as sealed",
    ]
    if isOpened {
      items.append("every readable event follows from its record, its key and the names in line 1, byte by byte")
    }
    return items
  }

  /// What is not proven, and rests on the log's word.
  static func wordOfTheLog(_ verification: BundleVerification) -> [String] {
    let isOpened = verification.customers.contains { $0.reference != nil }
    var items = [
      """
      that nothing came after the last event of each stream, and that the log has no record of these customers besides \
      the streams: only whoever reads all its leaves sees that
      """,
      "that the clocks were right: the log takes the source's time as it comes, and its own from its computer",
    ]
    if verification.customers.count > 1 { items.append("that these customers are one person") }
    if isOpened {
      items.append("which references belong to which customer's number, in `subject` as in `data`")
      items.append(
        "the texts of agent, team, location, topic, and of types outside the catalogue: records have their numbers")
      items.append(
        "that the keys are those of sealing: AES-GCM does not bind to one key, and who seals could make two fit")
    }
    let isSealed = verification.customers.contains { $0.reference == nil }
    if isSealed { items.append("what the sealed payloads say, and who the customers without a reference are") }
    if verification.otherSignatures > 0 {
      items.append("\(verification.otherSignatures.counted("signature")) by other keys, which were passed over")
    }
    return items
  }

  /// A sealed event as `read` would show it: position, time, channel, type, customer.
  static func sealedLine(_ event: ProvenEvent) -> String {
    [
      event.position.description, event.occurredAt.rfc3339, "-", event.type ?? "-", event.customer.description, "-", "-",
      "(sealed)",
    ].joined(separator: "\t")
  }

  // MARK: For programs

  static func json(_ verification: BundleVerification, by key: VerifierKey) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member("isProven", verification.isProven)
      object.member("verifierKey", key.description)
      object.member("origin", verification.checkpoint?.origin)
      object.member("size", verification.checkpoint?.size)
      object.member("root", verification.checkpoint.map { $0.rootHash.map(\.hexadecimal).joined() })
      object.key("faults")
      object.array { array in
        for fault in verification.faults { array.object { fault.write(to: &$0) } }
      }
      // Where anything is at fault, nothing is said to be proven.
      guard verification.isProven else { return }
      object.key("customers")
      object.array { array in
        for customer in verification.customers { array.object { customer.write(to: &$0) } }
      }
      object.key("events")
      object.array { array in
        for event in verification.events { event.write(to: &array) }
      }
      object.key("proven")
      object.array { for item in proven(verification) { $0.string(item) } }
      object.key("wordOfTheLog")
      object.array { for item in wordOfTheLog(verification) { $0.string(item) } }
    }
    return writer.bytes
  }

  /// Lines of text, broken between words.
  private struct Lines {
    let width: Int?
    private(set) var text = ""

    init(width: Int?) { self.width = width }

    mutating func add(item: String) { add(item, first: "  - ", further: "    ") }

    mutating func add(_ line: String, first: String = "", further: String = "") {
      var current = first
      var isEmpty = true
      // Spaces in a row stand where figures are below one another.
      for word in line.split(separator: " ", omittingEmptySubsequences: false) {
        if !isEmpty, let width, current.count + 1 + word.count > width {
          text += current + "\n"
          current = further
          isEmpty = true
        }
        current += (isEmpty ? "" : " ") + word
        isEmpty = false
      }
      text += current + "\n"
    }
  }
}

extension UInt8 {
  fileprivate var hexadecimal: String { (self < 16 ? "0" : "") + String(self, radix: 16) }
}

extension BundleFault {
  fileprivate func write(to object: inout JSONWriter) {
    object.member("line", line)
    object.member("position", position?.value)
    object.member("what", what)
  }
}

extension BundledCustomer {
  fileprivate func write(to object: inout JSONWriter) {
    object.member("customernumber", number.value)
    object.member("customer", reference?.text)
    object.member("events", events)
  }
}

extension ProvenEvent {
  /// The event, or, where it stays sealed, what its header says under the same names.
  fileprivate func write(to array: inout JSONWriter) {
    if let opened { return CloudEvents.write(opened, to: &array) }
    array.object { object in
      object.member("type", type)
      object.member("time", occurredAt.rfc3339)
      object.member("position", position.value)
      object.member("recordedat", recordedAt.rfc3339)
      object.member("customernumber", customer.value)
      object.member("streamversion", streamVersion)
    }
  }
}
