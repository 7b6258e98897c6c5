import Touchlog

/// Says an event in words: a part of a sentence, whatever of its data is there.
///
/// Erased events have no data, so nothing here counts on any.
struct Wording {
  let moment: Moment
  let facts: Facts

  /// The whole sentence part.
  var words: String {
    let known =
      contactWords ?? visitWords ?? guideWords ?? agreementWords ?? opinionWords ?? moneyWords ?? factWords
    let words = known ?? foreignWords
    return moment.fault.map { "\(words) (unreadable: \($0))" } ?? words
  }

  private var foreignWords: String {
    var words = moment.event.type
    if moment.opened.isErased { return words }
    if let data = moment.event.data {
      // Enough to recognise it by: the whole is an event's business, not a line's.
      let most = 160
      let text = String(decoding: data.prefix(4 * most), as: UTF8.self)
      words += " " + (text.count > most || data.count > 4 * most ? text.prefix(most - 1) + "…" : text)
    }
    return words
  }
}

extension Wording {
  func text(_ field: Field) -> String? { moment.fields.text(field) }

  /// The time, short.
  func time(_ field: Field) -> String? { moment.fields.time(field).map(short) }

  func short(_ time: Timestamp) -> String { time.words(beside: moment.occurredAt) }

  /// The field's text after a separator, or nothing.
  func tail(_ field: Field, after separator: String = ": ") -> String {
    text(field).map { separator + $0 } ?? ""
  }

  /// The field's text in quotes after a colon, or nothing.
  var quotation: String {
    text(.text).map { ": “\($0)”" } ?? ""
  }

  /// Who acted, e.g. `DORIT`, `team Loans`; nil where the event does not say.
  var actor: String? { moment.event.agent ?? moment.event.team.map { "team \($0)" } }

  /// ` by DORIT`, or nothing.
  var byActor: String { actor.map { " by \($0)" } ?? "" }
}

extension Wording {
  /// What happens in a contact.
  var contactWords: String? {
    switch moment.type {
    case Catalogue.contactStarted:
      return [text(.direction), moment.event.channel?.words, "contact started"].compactMap { $0 }.joined(separator: " ")
    case Catalogue.contactQueued:
      let queue = text(.queue).map { " in queue \($0)" } ?? ""
      return facts.lasted.map { "waited \($0.words)\(queue)" } ?? "waiting\(queue)"
    case Catalogue.contactAnswered:
      return "answered\(byActor)" + (facts.after.map { " after \($0.words)" } ?? "")
    case Catalogue.contactHeld:
      return "put on hold" + (facts.lasted.map { " for \($0.words)" } ?? "")
    case Catalogue.contactResumed:
      return "taken off hold\(byActor)"
    case Catalogue.contactMessage:
      let author = text(.messageBy) == "agent" ? actor ?? "agent" : text(.messageBy) ?? "somebody"
      return "\(author) wrote\(quotation)"
    case Catalogue.contactTransferred:
      let whither = [
        text(.toTeam).map { "to team \($0)" }, text(.toAgent).map { "to \($0)" }, text(.toChannel).map { "to \($0)" },
      ].compactMap { $0 }
      return (["transferred\(byActor)"] + [whither.joined(separator: ", ")]).filter { !$0.isEmpty }
        .joined(separator: " ")
    case Catalogue.contactEnded:
      return endWords
    case Catalogue.contactReopened:
      return "reopened\(byActor)" + (facts.after.map { ", \($0.words) after the end" } ?? "")
    default:
      return nil
    }
  }

  private var endWords: String {
    let after = facts.lasted.map { " after \($0.words)" } ?? ""
    guard let outcome = text(.outcome) else { return "ended\(after)" }
    if outcome == "abandoned" {
      return "abandoned\(after)" + (facts.wasAnswered ? ", though it had been answered" : "")
    }
    return "ended\(after), \(spaced(outcome))"
  }

  /// What happens in a visit.
  var visitWords: String? {
    switch moment.type {
    case Catalogue.visitScheduled:
      let verb = facts.moves == 0 ? "scheduled for" : "moved to"
      guard let start = moment.fields.time(.windowStart), let end = moment.fields.time(.windowEnd) else {
        return facts.moves == 0 ? "visit scheduled" : "visit moved\(moveCount)"
      }
      let isOneDay = start.civil.date == end.civil.date
      return "visit \(verb) \(short(start))–\(isOneDay ? end.clock : short(end))\(moveCount)"
    case Catalogue.visitArrived:
      return "\(actor ?? "technician") arrived\(punctuality)"
    case Catalogue.visitCompleted:
      let after = facts.lasted.map { " after \($0.words)" } ?? ""
      return "visit completed\(after)" + (text(.outcome).map { ", \(spaced($0))" } ?? "")
    case Catalogue.visitMissed:
      return "visit missed" + tail(.reason)
    default:
      return nil
    }
  }

  private var moveCount: String { facts.moves > 1 ? ", move \(facts.moves)" : "" }

  private var punctuality: String {
    guard let window = facts.window else { return "" }
    let arrival = moment.occurredAt
    if arrival > window.end { return " \(arrival.duration(since: window.end).words) late" }
    if arrival < window.start { return " \(window.start.duration(since: arrival).words) early" }
    return " in time"
  }

  /// What happens in an interactive decision tree.
  var guideWords: String? {
    let guide = ["guide", text(.guide), text(.guideVersion).map { "version \($0)" }].compactMap { $0 }
      .joined(separator: " ")
    let node = tail(.node, after: " at ")
    switch moment.type {
    case Catalogue.guideStarted:
      return "\(guide) started"
    case Catalogue.guideStep:
      return guide + node + (text(.answer).map { ": “\($0)”" } ?? "")
    case Catalogue.guideFinished:
      return "\(guide) left\(node)" + (facts.lasted.map { " after \($0.words)" } ?? "")
        + (text(.exit).map { ", \(spaced($0))" } ?? "")
    default:
      return nil
    }
  }
}
