import JSON
public import Touchlog

/// A customer whose stream is in a bundle.
public struct BundledCustomer: Sendable {
  /// Who it is in the log.
  public let number: CustomerNumber
  /// How many events of the customer the bundle has.
  public let events: Int
  /// Who it is, and what opens the payloads; nil where they stay sealed, as for everybody who was erased.
  let identity: Identity?

  /// The customer's reference; nil where it is not told.
  public var reference: Reference? { identity?.reference }

  struct Identity {
    let reference: Reference
    let keyNumber: UInt32
    let key: [UInt8]
  }
}

/// The first line of a bundle: by whom and about whom it is, and what opens the others.
///
/// ```json
/// {"format":"touchlog-bundle/1","checkpoint":"bank.example/touchlog\n600\n…","customers":[{"number":3,"events":14,
///  "reference":"crm:42","keyNumber":1,"key":"…"}],"references":[{"number":9,"reference":"tel:+46701234567"}],
///  "names":[{"number":0,"text":"/pbx"}]}
/// ```
///
/// Lists are in the order of numbers. `references` are the customers whom events name besides those of the bundle,
/// `names` the sources, agents, teams, locations, topics and types outside the catalogue; both have what is needed and
/// nothing else. A customer who stays sealed has neither `reference` nor key.
struct BundleHead {
  static let format = "touchlog-bundle/1"

  var checkpoint: SignedNote
  var customers: [BundledCustomer]
  var references: [CustomerNumber: Reference] = [:]
  var names: [NameNumber: String] = [:]

  /// The line, without its end.
  var line: [UInt8] {
    var writer = JSONWriter()
    writer.object { head in
      head.key("format")
      head.string(BundleHead.format)
      head.key("checkpoint")
      head.string(checkpoint.encoded)
      head.key("customers")
      head.array { array in
        for customer in customers.sorted(by: { $0.number < $1.number }) { array.object { customer.write(to: &$0) } }
      }
      head.key("references")
      head.array { array in
        for (number, reference) in references.sorted(by: { $0.key < $1.key }) {
          array.object { $0.pair(number.value, "reference", reference.text) }
        }
      }
      head.key("names")
      head.array { array in
        for (number, text) in names.sorted(by: { $0.key < $1.key }) {
          array.object { $0.pair(number.value, "text", text) }
        }
      }
    }
    return writer.bytes
  }
}

extension BundledCustomer {
  fileprivate func write(to object: inout JSONWriter) {
    object.key("number")
    object.integer(number.value)
    object.key("events")
    object.integer(events)
    guard let identity else { return }
    object.key("reference")
    object.string(identity.reference.text)
    object.key("keyNumber")
    object.integer(identity.keyNumber)
    object.key("key")
    object.string(Base64.encode(identity.key))
  }
}

extension JSONWriter {
  fileprivate mutating func pair(_ number: UInt32, _ name: String, _ text: String) {
    key("number")
    integer(number)
    key(name)
    string(text)
  }
}

// MARK: Reading

extension BundleHead {
  /// Reads the line. Whether it is written as `line` writes it is seen by comparing.
  init(parsing line: ArraySlice<UInt8>, with parser: inout JSONParser) throws(BundleFault) {
    let root: JSONNode
    do {
      root = try parser.parse(Array(line).span).root
    } catch {
      throw BundleFault(line: 1, "it is no JSON: \(error)")
    }
    guard root["format"]?.string == BundleHead.format else {
      throw BundleFault(line: 1, "it is no bundle: expected the format \(BundleHead.format)")
    }
    guard let note = root["checkpoint"]?.string else { throw BundleFault(line: 1, "there is no checkpoint") }
    do {
      checkpoint = try SignedNote(note.utf8)
    } catch {
      throw BundleFault(line: 1, "the checkpoint: \(error)")
    }
    customers = []
    guard let list = root["customers"], list.kind == .array else {
      throw BundleFault(line: 1, "there are no customers")
    }
    var elements = list.children
    while let element = elements.next() { customers.append(try BundledCustomer(element)) }
    guard !customers.isEmpty else { throw BundleFault(line: 1, "there are no customers") }
    guard Set(customers.map(\.number)).count == customers.count else {
      throw BundleFault(line: 1, "a customer is there twice")
    }
    for (number, text) in try BundleHead.pairs(root["references"], "reference") {
      references[CustomerNumber(number)] = Reference(normalised: text)
    }
    for (number, text) in try BundleHead.pairs(root["names"], "text") { names[NameNumber(number)] = text }
  }

  private static func pairs(_ list: JSONNode?, _ name: StaticString) throws(BundleFault) -> [(UInt32, String)] {
    guard let list, list.kind == .array else { throw BundleFault(line: 1, "references or names are missing") }
    var pairs: [(UInt32, String)] = []
    var elements = list.children
    while let element = elements.next() {
      guard let number = element["number"]?.int64.flatMap({ UInt32(exactly: $0) }), let text = element[name]?.string
      else { throw BundleFault(line: 1, "expected a number and a \(name) of each reference or name") }
      pairs.append((number, text))
    }
    return pairs
  }
}

extension BundledCustomer {
  fileprivate init(_ element: JSONNode) throws(BundleFault) {
    guard let number = element["number"]?.int64.flatMap({ UInt32(exactly: $0) }),
      let events = element["events"]?.int64.flatMap({ Int(exactly: $0) })
    else { throw BundleFault(line: 1, "a customer has no number, or no count of events") }
    self.number = CustomerNumber(number)
    self.events = events
    guard let reference = element["reference"]?.string else {
      identity = nil
      return
    }
    guard let keyNumber = element["keyNumber"]?.int64.flatMap({ UInt32(exactly: $0) }),
      let key = element["key"]?.string.flatMap({ Base64.decode($0.utf8) }), key.count == 32
    else { throw BundleFault(line: 1, "\(self.number) has a reference, and no key of 32 bytes") }
    identity = Identity(reference: Reference(normalised: reference), keyNumber: keyNumber, key: key)
  }
}
