public import Touchlog

/// What the verification of a bundle found.
public struct BundleVerification: Sendable {
  /// What the log has signed; nil where the first line is at fault.
  public internal(set) var checkpoint: Checkpoint?
  /// Whose events there are, by the first line.
  public internal(set) var customers: [BundledCustomer] = []
  /// The events of all lines without fault, in order.
  public internal(set) var events: [ProvenEvent] = []
  /// What is wrong, in the order of lines.
  public internal(set) var faults: [BundleFault] = []
  /// How many signatures the checkpoint has besides the one by the key: they were passed over.
  public internal(set) var otherSignatures = 0

  /// Whether all is proven that a bundle can prove; nothing is, where anything is at fault.
  public var isProven: Bool { faults.isEmpty }
}

/// An event whose record is in the log.
public struct ProvenEvent: Sendable {
  /// Its place in the log.
  public let position: Position
  /// Whose stream it is in.
  public let customer: CustomerNumber
  /// Its place in that stream, from 0.
  public let streamVersion: UInt32
  /// When it happened, by the source's clock.
  public let occurredAt: Timestamp
  /// When the log took it, by the log's clock.
  public let recordedAt: Timestamp
  /// The name of its type; nil for a type outside the catalogue that stays sealed.
  public let type: String?
  /// The event; nil where it stays sealed.
  public let opened: OpenedEvent?
}
