import Touchlog

extension ComplaintsReport {
  /// The report as lines of text, the first of which says what the figures rest on.
  public var text: String {
    var text = """
      \(provenance.projection) \(provenance.version), \(provenance.events) of \(provenance.head) events, \
      until \(provenance.end?.description ?? "nothing"); again: within \(days) days; \
      customers left out: \(provenance.parkedCustomers)\n
      """
    let ranked = lines.sorted { ($0.value.again, $1.key ?? "") > ($1.value.again, $0.key ?? "") }
    for (topic, line) in ranked {
      text += "\(topic ?? "not stated"): raised \(line.raised), customers \(line.customers), "
      text += "gravest \(line.gravest), came again \(line.again) of \(line.judged)\n"
    }
    return text
  }
}
