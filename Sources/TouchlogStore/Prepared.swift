import Synchronization
public import Touchlog

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

struct PreparedEvent: Sendable {
  let customer: KeyRing.Entry
  /// The header, as far as it is known: without positions, numbers of names and customers, and `recordedAt`.
  let header: RecordHeader
  /// The texts behind the header's numbers of names.
  let source: String
  let agent: String?
  let team: String?
  let location: String?
  let topic: String?
  /// The type's fields that become numbers: names and references, by slot.
  let pending: [(slot: Int, value: PendingValue)]
  let id: String
  /// The payload record, with the leaf hash still to come.
  var payload: [UInt8]
  /// The hash of the sealed payload.
  var digest: MerkleFrontier.Digest
  /// Kept until the decision, in case the stored identity has to be compared, or the event sealed anew.
  let checked: CheckedEvent

  enum PendingValue: Sendable {
    case name(String)
    case reference(KeyRing.Entry)
  }
}
