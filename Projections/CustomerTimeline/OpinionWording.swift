import Touchlog

extension Wording {
  /// What is expected, felt and thought.
  var opinionWords: String? {
    let severity = moment.fields.number(.severity).map { ", severity \($0) of 5" } ?? ""
    switch moment.type {
    case Catalogue.expectationStated:
      return "expectation stated" + (text(.origin).map { ", from \(spaced($0))" } ?? "") + quotation
    case Catalogue.feedbackGiven:
      return (rating ?? "feedback given") + tail(.dimension, after: ", ") + quotation
    case Catalogue.beliefStated:
      return "\(text(.department) ?? "the company") believes that customers feel" + (rating.map { " \($0)" } ?? "")
        + tail(.dimension, after: ", ") + quotation
    case Catalogue.complaintRaised:
      return "complaint raised\(severity)\(quotation)"
    case Catalogue.complaintResolved:
      return "complaint resolved\(severity)\(quotation)"
    case Catalogue.praiseGiven:
      return "praise given\(severity)\(quotation)"
    default:
      return nil
    }
  }

  /// `CSAT 4 of 5`, or `CES 2 (-3 to 3)` on a scale that does not begin at 0 or 1.
  private var rating: String? {
    guard let score = moment.fields.number(.score).map(Field.decimalText) else { return nil }
    let instrument = text(.instrument).map { $0.uppercased() + " " } ?? ""
    guard let least = moment.fields.number(.min), let most = moment.fields.number(.max) else {
      return instrument + score
    }
    return least == 0 || least == Field.decimalScale
      ? "\(instrument)\(score) of \(Field.decimalText(most))"
      : "\(instrument)\(score) (\(Field.decimalText(least)) to \(Field.decimalText(most)))"
  }

  /// What is known of the customer and of the company.
  var factWords: String? {
    switch moment.type {
    case Catalogue.standardDeclared:
      return standardWords
    case Catalogue.identityLinked:
      return "linked with " + (text(.other) ?? "another reference") + linkTerms
    case Catalogue.identityUnlinked:
      return "no longer linked with " + (text(.other) ?? "another reference") + linkTerms
    case Catalogue.relationshipChanged:
      switch text(.status) {
      case "prospect": return "became a prospect" + tail(.reason)
      case "active": return "became an active customer" + tail(.reason)
      case "former": return "became a former customer" + tail(.reason)
      case let word: return "relationship changed" + (word.map { " to \(spaced($0))" } ?? "") + tail(.reason)
      }
    case Catalogue.segmentAssigned:
      return text(.segment).map { "put into segment \($0)" } ?? "put into a segment"
    case Catalogue.customerErased:
      // In the company's stream it says who.
      return (text(.customer) ?? "customer") + " erased" + tail(.reason)
    default:
      return nil
    }
  }

  private var linkTerms: String {
    let confidence = moment.fields.number(.confidence).map { ", confidence \(Field.decimalText($0))" } ?? ""
    return confidence + tail(.evidence)
  }

  /// `standard S1 declared: wait within 20 s for 80 % on phone, from 1 Jan 00:00`.
  private var standardWords: String {
    var terms: [String] = []
    if let metric = text(.metric) { terms.append(spaced(metric)) }
    if let limit = moment.fields.number(.thresholdSeconds) {
      // Millionths of a second.
      terms.append("within \(Duration.microseconds(limit).words)")
    }
    if let share = moment.fields.number(.targetShare) { terms.append("for \(Field.decimalText(share * 100)) %") }
    if let channel = text(.standardChannel) { terms.append("on \(channel)") }
    let since = time(.from).map { ", from \($0)" } ?? ""
    let standard = ["standard", text(.standard), "declared"].compactMap { $0 }.joined(separator: " ")
    return standard + (terms.isEmpty ? "" : ": \(terms.joined(separator: " "))") + since
  }
}
