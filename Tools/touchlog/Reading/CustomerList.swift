import CustomerTimeline
import JSON
import Touchlog
import TouchlogStore

/// Customers that were searched for, with what the timeline's view tells of each.
struct CustomerList {
  /// One customer.
  struct Entry {
    let number: CustomerNumber
    let reference: Reference
    /// How much there is of the customer, over all interactions and what belongs to none.
    let contacts: CustomerTimeline.Contacts
    /// The other references of the same person, by number where they were erased.
    let linked: [Reference]

    /// When the first and the last event happened, in some form; `-` where a link alone names the customer.
    func times(_ form: (Timestamp) -> String) -> [String] {
      contacts.events == 0 ? ["-", "-"] : [form(contacts.first), form(contacts.last)]
    }
  }

  private let search: String
  private let count: Int
  private let head: Position
  private let entries: [Entry]

  init(_ found: FoundCustomers, search: String, view: any View) throws {
    self.search = search
    count = found.count
    head = view.provenance.head
    let persons = try Persons(in: view, links: CustomerTimeline.links)
    entries = try found.customers.map { customer in
      var contacts = CustomerTimeline.Contacts()
      try view.forEachRow(in: CustomerTimeline.interactions, of: customer.number) { contacts.merge($1.first) }
      let linked = try persons.members(of: customer.number).filter { $0 != customer.number }.map {
        try view.reference(of: $0) ?? Reference(normalised: $0.description)
      }
      return Entry(number: customer.number, reference: customer.reference, contacts: contacts, linked: linked)
    }
  }

  /// One JSON object.
  var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member("head", head.value)
      object.member("found", count)
      object.key("customers")
      object.array { array in
        for entry in entries {
          array.object { object in
            object.member("customer", entry.reference.text)
            object.member("customernumber", entry.number.value)
            object.member("events", entry.contacts.events)
            if entry.contacts.events > 0 {
              object.member("first", entry.contacts.first)
              object.member("last", entry.contacts.last)
            }
            object.key("channels")
            object.array { for channel in entry.contacts.channels { $0.string(channel.name) } }
            object.key("linked")
            object.array { for reference in entry.linked { $0.string(reference.text) } }
          }
        }
      }
    }
    return writer.bytes
  }

  /// A row for each customer: columns on a terminal, tabs in a pipe.
  func text(_ terminal: Terminal) -> String {
    terminal.isTerminal ? columns(width: terminal.width, hasColour: terminal.hasColour) : separated
  }

  private var separated: String {
    entries.map { entry in
      let times = entry.times(\.rfc3339)
      let linked = entry.linked.isEmpty ? "-" : entry.linked.map(\.text.inert).joined(separator: ", ")
      return ([entry.reference.text.inert, "\(entry.number.value)", "\(entry.contacts.events)"] + times + [linked])
        .joined(separator: "\t") + "\n"
    }.joined()
  }

  /// What has room stands in columns; other references follow below.
  func columns(width: Int, hasColour: Bool) -> String {
    let shown = entries.count < count ? "\(entries.count.grouped) of \(count.grouped)" : count.grouped
    let about = search.isEmpty ? "\(shown) customers" : "\(shown) customers with \(search.inert)"
    let log = "log at \(head.value.grouped)"
    let isOneRow = about.count + 3 + log.count <= width
    var text = ""
    for row in isOneRow ? ["\(about) · \(log)"] : [about, log] {
      text += Ink.faint.paint(row.shortened(to: width), if: hasColour) + "\n"
    }
    let dateWidth = 10
    let eventWidth = max("events".count, entries.map { $0.contacts.events.grouped.count }.max() ?? 0)
    // The last day goes before the first does, and both before the reference is cut beyond recognition.
    let dates = [2, 1, 0].first { width - (eventWidth + 2) - $0 * (dateWidth + 2) >= 24 } ?? 0
    let room = max(8, width - (eventWidth + 2) - dates * (dateWidth + 2))
    let longest = entries.map(\.reference.text.inert.count).max() ?? 0
    let referenceWidth = min(room, max(longest, "customer".count))
    let titles = ["first", "last"].suffix(dates).map { $0.padded(to: dateWidth) }
    let title = ["customer".padded(to: referenceWidth), "events".leftPadded(to: eventWidth)] + titles
    text += Ink.strong.paint(title.joined(separator: "  ").trimmedEnd, if: hasColour) + "\n"
    for entry in entries {
      let days = entry.times { String($0.readable.prefix(dateWidth)) }.suffix(dates)
      let row =
        [
          entry.reference.text.inert.shortened(to: referenceWidth).padded(to: referenceWidth),
          entry.contacts.events.grouped.leftPadded(to: eventWidth),
        ] + days
      text += row.joined(separator: "  ") + "\n"
      for reference in entry.linked {
        text += Ink.faint.paint("  = \(reference.text.inert)".shortened(to: width), if: hasColour) + "\n"
      }
    }
    return text
  }
}

extension String {
  fileprivate var trimmedEnd: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
