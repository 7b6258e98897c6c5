import Crypto
import Touchlog

/// Events that are checked, sealed and laid out, ready to be put: what callers' threads do, so that the writer's has
/// little to do. Made by `Store.prepare`.
public struct PreparedEvents: Sendable {
  var events: [PreparedEvent]

  /// How many events there are.
  public var count: Int { events.count }

  /// About how many bytes they will take in the log.
  var byteCount: Int {
    events.reduce(0) { $0 + $1.payload.count + RecordLayout.fixedSize }
  }
}

/// A class, because a copy of so many texts would cost a reference count for each.
final class PreparedEvent: Sendable {
  let customer: KeyRing.Entry
  /// The header, as far as it is known: without positions, numbers of names and customers, and `recordedAt`.
  let header: RecordHeader
  /// The type's fields that become numbers: names and references, by slot.
  let pending: [(slot: Int, value: PendingValue)]
  /// The payload record, with the leaf hash still to come.
  let payload: [UInt8]
  /// The hash of the sealed payload.
  let digest: MerkleFrontier.Digest
  /// A hash of source and id, by which equal identities are found.
  let identityHash: UInt64
  /// What it was made of: the texts behind the header's numbers, and what to compare with a stored identity.
  let checked: CheckedEvent

  var event: Event { checked.event }

  enum PendingValue: Sendable {
    case name(String)
    case reference(KeyRing.Entry)
  }

  init(
    _ checked: CheckedEvent, customer: KeyRing.Entry, others: ArraySlice<KeyRing.Entry>, identifierKey: SymmetricKey,
    sealer: inout PayloadSealer,
  ) {
    var header = RecordHeader(
      typeCode: checked.type?.code ?? Catalogue.foreignCode, occurredAt: checked.event.occurredAt)
    header.channel = checked.event.channel
    header.choices = checked.choices
    header.interaction = checked.event.interaction.map(Hashing.interactionKey)
    // Names are numbered at the commit; for now any number says that they are there.
    if checked.event.agent != nil { header.agent = NameNumber(0) }
    if checked.event.team != nil { header.team = NameNumber(0) }
    if checked.event.location != nil { header.location = NameNumber(0) }
    if checked.event.topic != nil { header.topic = NameNumber(0) }
    header.dataKeyNumber = customer.dataKey.number
    var others = others.makeIterator()
    var pending: [(slot: Int, value: PendingValue)] = []
    for (slot, field) in checked.fields.enumerated() {
      switch field {
      case nil:
        continue
      case .number(let number):
        header.slots[slot] = number
      case .identifier(let text):
        header.slots[slot] = Hashing.identifier(text, key: identifierKey)
      case .name(let text):
        header.slots[slot] = 0
        pending.append((slot, .name(text)))
      case .reference:
        guard let other = others.next() else { preconditionFailure("each reference has its entry") }
        header.slots[slot] = 0
        pending.append((slot, .reference(other)))
      }
    }
    identityHash = Hashing.text(checked.event.id, seed: Hashing.text(checked.event.source))
    self.customer = customer
    self.header = header
    self.pending = pending
    self.checked = checked
    payload = sealer.seal(checked, header: header, key: customer.dataKey)
    digest = PayloadRecord.digest(of: payload)
  }

  /// Calls `body` with the id's bytes.
  func withID<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try payload.withUnsafeBytes { try body(PayloadRecord.id(in: $0)) }
  }

  /// Whether both are the same event, with whatever content.
  func hasIdentity(of other: PreparedEvent) -> Bool {
    checked.event.id.hasSameBytes(as: other.checked.event.id)
      && checked.event.source.hasSameBytes(as: other.checked.event.source)
  }

  /// The same event sealed under another key: for the rare case that the customer got one since.
  func resealed(for entry: KeyRing.Entry, identifierKey: SymmetricKey) -> PreparedEvent {
    let others = pending.compactMap { if case .reference(let other) = $0.value { other } else { nil } }
    var sealer = PayloadSealer()
    return PreparedEvent(
      checked, customer: entry, others: others[...], identifierKey: identifierKey, sealer: &sealer)
  }
}
