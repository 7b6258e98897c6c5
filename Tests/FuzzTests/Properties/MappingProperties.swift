import Touchlog
import TouchlogAdapters

/// Mappings and tables: an error says where, and the counts of a report add up.
enum MappingProperties {
  static let mapping = """
    name: tickets
    source: /tickets
    timezone: Europe/Stockholm
    null: "?"
    columns:
      number: text
      state: text
      group: text
      minutes: integer
      at: { type: date, format: d/M/yyyy HH:mm }
    key: [number]
    defaults: { channel: web, interaction: "ticket-{number}", subject: "crm:{number}" }
    events:
      - { type: contact.started, when: { first: true }, time: at, id: "{number}:started", data: { direction: inbound } }
      - type: contact.transferred
        when: { changed: group, column: group, present: true }
        time: at
        id: "{number}:{group}:{occurrence}"
        data: { toTeam: "{group}" }
      - type: contact.ended
        when: { last: true, column: state, in: [Closed, Solved] }
        time: at
        id: "{number}:ended"
        data: { outcome: { map: { Closed: resolved, Solved: resolved }, of: state } }

    """

  static let table = #"""
    number,state,group,minutes,at
    1,Open,a,5,1/3/2025 09:00
    1,Closed,b,?,30/3/2025 02:30
    2,"Open ""now""",?,7,1/3/2025 10:00
    2,Solved,"c,d",1,2/3/2025 10:00

    """#

  static func take(mapping yaml: [UInt8]) throws {
    do {
      let mapping = try DelimitedMapping(yaml: String(decoding: yaml, as: UTF8.self))
      try read(Array(table.utf8), mapping)
    } catch let error as MappingError {
      try BrokenPromise.unless(error.line.map { $0 > 0 } ?? true, "an error of line \(error.line ?? 0)")
      try BrokenPromise.unlessReadable(error)
    }
  }

  static func take(table: [UInt8]) throws {
    try read(table, try DelimitedMapping(yaml: mapping))
  }

  private static func read(_ table: [UInt8], _ mapping: DelimitedMapping) throws {
    var events = 0
    var checker = EventChecker()
    do {
      var rejected = 0
      let report = try DelimitedReader(mapping, source: "fuzz").read(
        ByteSource(table),
        rejecting: { error in
          rejected += 1
          try BrokenPromise.unless(error.line.map { $0 > 0 } ?? false, "a rejected row has no line: \(error)")
          try BrokenPromise.unlessReadable(error)
        },
        { event, line in
          events += 1
          try BrokenPromise.unless(line > 0, "an event of line \(line)")
          do {
            _ = try checker.check(event)
          } catch let error as EventError {
            try BrokenPromise.unless(!error.field.isEmpty, "an error names no field")
          }
        })
      try BrokenPromise.unless(
        report.events == events && report.rejected == rejected, "the report counts \(report), not \(events)")
    } catch let error as AdapterError {
      try BrokenPromise.unlessReadable(error)
    }
  }
}
