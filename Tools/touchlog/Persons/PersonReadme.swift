import CustomerTimeline
import Touchlog

/// What the files of an export are, in words for whoever is handed them: `README.txt`.
struct PersonReadme {
  private let summary: PersonSummary

  init(_ summary: PersonSummary) {
    self.summary = summary
  }

  /// The file's text, lines of 100 columns at most, but for references, which are never cut.
  var text: String {
    [heading, PersonReadme.files, contents, PersonReadme.absences].joined(separator: "\n")
  }

  private var heading: String {
    let references = summary.person.references.map { reference in
      "  \(reference.shown)" + (reference.reference == nil ? "  (erased)" : "") + "\n"
    }
    let end = summary.end.value
    let log =
      summary.recordedThrough.map {
        "of which it recorded the last, at position \((end - 1).grouped), on \($0.readable)"
      } ?? "as it was empty"
    return """
      What is held on one person, known as

      \(references.joined())
      Made on \(summary.madeAt.readable) from the first \(end.counted("event")) of the company's log,
      \(log).
      What came later is not in here. All times are UTC.

      """
  }

  private static let files = """
    The files

      timeline.txt     Everything that happened, in order, for reading. Begin here.
      events.ndjson    The same events as they were recorded, whole: JSON, one event a line, in the
                       format CloudEvents 1.0. “time” is when it happened, “recordedat” when the log
                       took it, “position” its place in the log, “data” what it says.
      person.json      Under which references the person is known and under which number each is
                       kept; on what it rests that they are one person, with the evidence and the
                       confidence that were stated, also where it was undone later; how many events
                       there are, by channel and by type, and when the first and the last happened.
      views.json       What the company's reports compute from these events: the rows that each
                       report keeps of the person, with the columns' names. Customers are numbers
                       there, as in person.json.
      mentions.ndjson  Where events of other customers name one of the person's references: the
                       place in the log, the type, the times and the field. “named” is the number
                       of the reference that stands there.

    """

  private var contents: String {
    var lines = ["How much it is", "", "  \(summary.events.counted("event")) of the person's."]
    if summary.anonymousEvents > 0 {
      lines.append(
        "  Among them \(summary.anonymousEvents.grouped) without a name, of contacts that name nobody else than this person."
      )
    }
    lines.append("  Other customers' events name the person \(summary.mentions.counted("time")).")
    if !summary.person.leftOut.isEmpty {
      lines += [
        "  Other references that are taken for the same person were left out: "
          + summary.person.leftOut.map(\.shown).joined(separator: ", ")
      ]
    }
    if summary.person.references.contains(where: { $0.reference == nil }) {
      lines += [
        "  Of references that were erased, the texts and what else their events said are gone for good:",
        "  times, types, channels and the like are what is left.",
      ]
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static let absences = """
    What is not in here

      - Who the members of staff are: they stand here by the names by which the events call them, and
        the log knows no more of them.
      - What notes and texts in other customers' events may say of the person: they are sealed under
        those customers' keys, and not searched.
      - What the other customers' events say in which the person is named: it is data of others.
        Where it concerns who the person is, the other customer is a number, without the evidence.
      - Backups of the log, and what was exported from it or sent elsewhere before.
      - What the company keeps on the person outside this log.

    """
}
