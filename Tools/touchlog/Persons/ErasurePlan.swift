import CustomerTimeline
import Touchlog
import TouchlogReplay
import TouchlogStore

/// Whom an erasure would forget, and what there is of them: looked up before anything is done.
struct ErasurePlan {
  /// A reference, and how much there is of it.
  struct Entry {
    let number: CustomerNumber
    /// Nil where it was erased already.
    let reference: Reference?
    let contacts: CustomerTimeline.Contacts

    /// The reference, harmless on a terminal, and the number.
    var shown: String { reference.map { "\($0.text.inert), \(number)" } ?? number.description }
  }

  /// The reference that was asked for.
  let asked: Entry
  /// Whom to erase; empty where that was done before.
  let erased: [Entry]
  /// The same person's references that stay.
  let spared: [Entry]
  /// On what it rests that they are one person.
  let links: [Timeline.LinkStatement]
  /// How many promises to those who are erased are neither kept nor broken.
  let openPromises: Int

  /// Their numbers.
  var numbers: [CustomerNumber] { erased.map(\.number) }

  /// Looks a person up.
  ///
  /// - Parameters:
  ///   - customer: a reference, or `number:17`.
  ///   - withLinks: whether all references of the person are to be erased, and not this one alone.
  /// - Throws: `Failure` for a reference that nobody has; `ErasureError.company`.
  init(for customer: Reference, withLinks: Bool, in store: Store, progress: Replay.Progress) throws {
    guard customer != .company else { throw ErasureError.company }
    self = try TimelineSource.reading(store, within: Bounds(), progress: progress) { source in
      guard let person = try source.person(of: customer) else { throw try source.unknown(customer) }
      guard try person.references[0].number != source.view.number(of: .company) else { throw ErasureError.company }
      let timeline = try source.timeline(of: person)
      let entries = try person.references.map { reference in
        var contacts = CustomerTimeline.Contacts()
        try source.view.forEachRow(in: CustomerTimeline.interactions, of: reference.number) { _, values in
          contacts.merge(values.first)
        }
        return Entry(number: reference.number, reference: reference.reference, contacts: contacts)
      }
      return ErasurePlan(entries: entries, withLinks: withLinks, timeline: timeline)
    }
  }

  private init(entries: [Entry], withLinks: Bool, timeline: Timeline) {
    asked = entries[0]
    let chosen = withLinks ? entries : [entries[0]]
    erased = chosen.filter { $0.reference != nil }
    spared = entries.dropFirst(chosen.count).filter { $0.reference != nil }
    links = timeline.linkStatements.filter(\.isInForce)
    let numbers = Set(erased.map(\.number))
    let positions = Set(timeline.lines.filter { numbers.contains($0.customerNumber) }.map(\.position))
    openPromises = timeline.promises.count { promise in
      [.open, .overdue].contains(promise.state) && promise.positions.contains(where: positions.contains)
    }
  }

  /// What is to be typed to go on: the reference where that can be typed, else the number.
  var password: String {
    guard let text = asked.reference?.text, text == text.inert, text.count <= 64 else {
      return asked.number.description
    }
    return text
  }

  /// What is shown before anybody is asked, a paragraph or an item each.
  func paragraphs(of store: String) -> [String] {
    var lines = ["To be erased for ever from \(store):"]
    lines += ErasurePlan.items(erased)
    if openPromises > 0 { lines.append("  \(openPromises.counted("promise")) not kept yet") }
    if !spared.isEmpty {
      lines.append("The same person by the links in force, and not erased; --all-links erases them too:")
      lines += ErasurePlan.items(spared)
    }
    if !links.isEmpty { lines.append("What that rests on:") }
    lines += links.map { link in
      let confidence = link.confidenceMillionths.map { ", confidence \(Field.decimalText($0))" } ?? ""
      let evidence = link.evidence.map { ": \($0.inert)" } ?? ""
      return "  #\(link.position) \(link.one.text.inert) and \(link.other.text.inert)\(confidence)\(evidence)"
    }
    lines += [
      """
      What goes: the reference, and the key without which nobody opens what the events say: data, texts, attributes of \
      their own.
      """,
      """
      What stays readable: times, types, channels and all figures; ids of events, names of interactions, staff, teams, \
      topics and places; what texts in other customers' events say of them; backups and exports that were made before.
      """,
      "It cannot be undone.",
    ]
    return lines
  }

  private static func items(_ entries: [Entry]) -> [String] {
    entries.flatMap { entry in
      let days = entry.contacts.events == 0 ? [] : [entry.days]
      let channels = entry.contacts.channels.map(\.name)
      return [
        "  \(entry.shown)",
        "    " + ([entry.contacts.events.counted("event")] + days + channels).joined(separator: ", "),
      ]
    }
  }
}

extension ErasurePlan.Entry {
  /// `2025-03-01 to 2025-03-04`.
  fileprivate var days: String {
    let first = contacts.first.readable.prefix(10)
    let last = contacts.last.readable.prefix(10)
    return first == last ? "on \(first)" : "\(first) to \(last)"
  }
}
