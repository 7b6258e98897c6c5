public import Touchlog

extension Timeline {
  /// What one event says of two references: that they name one person, or that they do not.
  public struct LinkStatement: Hashable, Sendable {
    /// Its place in the log.
    public let position: Position
    /// When it was said, by the source's clock.
    public let occurredAt: Timestamp
    /// When the log took it.
    public let recordedAt: Timestamp
    /// The reference whose event it is: a number's where it was erased.
    public let one: Reference
    /// The reference that the event names.
    public let other: Reference
    /// Whether they are one person by this statement.
    public let isLink: Bool
    /// What it rests on; nil where the event does not say.
    public let evidence: String?
    /// How sure that is, 0 to 1 in millionths; nil where the event does not say.
    public let confidenceMillionths: Int64?
    /// Whether no later statement is about the same two: this one decides.
    public fileprivate(set) var isLatest = true

    private init?(_ moment: Moment) {
      switch moment.type {
      case Catalogue.identityLinked: isLink = true
      case Catalogue.identityUnlinked: isLink = false
      default: return nil
      }
      let opened = moment.opened
      position = opened.position
      occurredAt = opened.event.occurredAt
      recordedAt = opened.recordedAt
      one = opened.customer ?? Reference(normalised: opened.customerNumber.description)
      // The data of an erased customer's event is gone, and with it whom it names.
      guard let text = moment.fields.text(.other) else { return nil }
      other = Reference(normalised: text)
      evidence = moment.fields.text(.evidence)
      confidenceMillionths = moment.fields.number(.confidence)
    }

    /// - Parameter moments: in order.
    static func statements(in moments: [Moment]) -> [LinkStatement] {
      var latest: [Set<Reference>: Int] = [:]
      var statements: [LinkStatement] = []
      for statement in moments.compactMap(LinkStatement.init) {
        let pair: Set = [statement.one, statement.other]
        if let before = latest[pair] { statements[before].isLatest = false }
        latest[pair] = statements.count
        statements.append(statement)
      }
      return statements
    }

    /// Whether the link that is stated here holds.
    public var isInForce: Bool { isLink && isLatest }
  }
}

extension Timeline.LinkStatement {
  /// `crm:42 linked with tel:+4670…, confidence 0.9: the same address; in force`.
  var words: String {
    let confidence = confidenceMillionths.map { ", confidence \(Field.decimalText($0))" } ?? ""
    let basis = evidence.map { ": \($0)" } ?? ""
    let standing = isLatest ? (isLink ? "; in force" : "; they are apart") : "; superseded by a later statement"
    return
      "\(one.text) \(isLink ? "linked with" : "no longer linked with") \(other.text)\(confidence)\(basis)\(standing)"
  }
}
