import Testing
import Touchlog
import TouchlogAdapters

@Suite struct `Faults of mappings` {
  /// A mapping that is good, but for the lines that are put in place of others.
  static func mapping(_ changes: KeyValuePairs<String, String>) -> String {
    var text = """
      name: doors
      source: /doors
      timezone: UTC
      format: { delimiter: ";" }
      columns:
        visit: text
        day: { type: date, format: d/M/yyyy }
        hour: time
        stay: duration
        count: integer
      instants:
        came: { date: day, time: hour }
        went: { after: came, seconds: stay }
      values:
        contact: "door-{visit}"
      key: [visit]
      skip:
        - { reason: empty, when: { column: stay, absent: true } }
      defaults:
        channel: kiosk
        interaction: "{contact}"
      events:
        - type: contact.started
          time: came
          id: "{visit}"
          data: { direction: inbound }
      """
    for (old, new) in changes {
      precondition(text.contains(old), "\(old) is not in the mapping")
      text = text.replacing(old, with: new)
    }
    return text
  }

  @Test func `the mapping that the others are made from is good`() throws {
    let mapping = try DelimitedMapping(yaml: Self.mapping([:]))
    #expect(mapping.name == "doors")
    #expect(mapping.source == "/doors")
    #expect(mapping.timeZone.name == "UTC")
  }

  static let known =
    "name, source, format, timezone, null, columns, instants, values, key, skip, defaults, events"
  static let conditions =
    "column, equals, notEquals, in, present, absent, greater, less, first, last, changed, grew, and, or, not"

  @Test(
    arguments: [
      (["name: doors": "nmae: doors"], "nmae (line 1): is not a known key; known here are \(known)"),
      (["name: doors\n": ""], "mapping (line 1): expected the key name, which is missing"),
      (["source: /doors": "source:"], "source (line 2): expected a text, found nothing"),
      (["source: /doors": "source: [a]"], "source (line 2): expected a text, found a list"),
      (
        ["delimiter: \";\"": "delimter: \";\""],
        "format.delimter (line 4): is not a known key; known here are delimiter, quote, encoding, header, names, decimal"
      ),
      (
        ["delimiter: \";\"": "delimiter: ab"],
        "format.delimiter (line 4): expected tab, spaces, or one character, found “ab”"
      ),
      (
        ["delimiter: \";\"": "encoding: utf16"],
        "format.encoding (line 4): expected one of utf-8, latin1, found “utf16”"
      ),
      (["delimiter: \";\"": "delimiter: \";\", quote: \";\""], "format.quote (line 4): is the delimiter, too"),
      (
        ["delimiter: \";\"": "delimiter: spaces, quote: \"'\""],
        "format.quote (line 4): cells between spaces are not quoted"
      ),
      (
        ["delimiter: \";\"": "header: maybe"],
        "format.header (line 4): expected one of true, false, optional, found “maybe”"
      ),
      (
        ["delimiter: \";\"": "header: optional"],
        "format (line 4): expected the key names, as the table may have no header row"
      ),
      (
        ["delimiter: \";\"": "header: true, names: [a]"],
        "format.names (line 4): belongs to a table without a header row"
      ),
      (
        ["delimiter: \";\"": "header: optional, names: [visit, day, hour, stay]"],
        "columns (line 6): count is not among format.names"
      ),
      (
        ["delimiter: \";\"": "header: false"], "format (line 4): expected the key names, as the table has no header row"
      ),
      (
        ["delimiter: \";\"": "names: [visit, day, hour, stay]"],
        "columns (line 6): count is not among format.names"
      ),
      (
        ["visit: text": "visit: string"],
        "columns.visit (line 6): expected one of text, integer, decimal, duration, instant, date, time, found “string”"
      ),
      (["visit: text": "visit: { null: x }"], "columns.visit (line 6): expected the key type, which is missing"),
      (
        ["visit: text": "visit: { type: text, format: d }"],
        "columns.visit.format (line 6): belongs to the types date and time"
      ),
      (
        ["format: d/M/yyyy": "format: d/Q/yyyy"],
        "columns.day.format (line 7): expected a day such as yyyy-MM-dd, with or without a time, found “d/Q/yyyy”"
      ),
      (
        [", format: d/M/yyyy": ""],
        "columns.day (line 7): expected the key format, such as yyyy-MM-dd or d/M/yyyy HH:mm, which is missing"
      ),
      (
        ["hour: time": "hour: { type: time, format: H }"],
        "columns.hour.format (line 8): expected a time of day such as H:mm:ss, found “H”"
      ),
      (
        ["hour: time": "occurrence: text"],
        "columns.occurrence (line 8): occurrence has a meaning of its own; take another name"
      ),
      (["time: hour": "time: visit"], "instants.came.time (line 12): expected a column of type time, found visit"),
      (
        ["date: day": "date: dya"],
        "instants.came.date (line 12): dya is not declared; declared are count, day, hour, stay, visit"
      ),
      (
        ["after: came": "after: went"],
        "instants.went.after (line 13): went is not declared; declared are came, count, day, hour, stay, visit"
      ),
      (
        ["after: came": "date: day"],
        "instants.went (line 13): expected date and time, date and at, after and seconds, earliest, or latest"
      ),
      (
        ["time: hour }": "at: \"24:00\" }"],
        "instants.came.at (line 12): expected a time of day such as 12:00 or 23:59:59, found “24:00”"
      ),
      (
        ["date: day, time: hour": "date: hour, at: \"12:00\""],
        "instants.came.date (line 12): expected a column of type date without a time, found hour"
      ),
      (["went:": "visit:"], "instants.visit (line 13): visit is the name of something else already"),
      (
        ["door-{visit}": "door-{visti}"],
        "values.contact (line 15): visti is not declared; declared are came, count, day, hour, stay, visit, went"
      ),
      (
        ["door-{visit}": "door-{visit"],
        "values.contact (line 15): expected a name between { and }; a brace by itself is written twice"
      ),
      (["door-{visit}": "door-{came}"], "values.contact (line 15): an instant is no text; use its columns"),
      (["door-{visit}": "{occurrence}"], "values.contact (line 15): {occurrence} belongs to id alone"),
      (["key: [visit]": "key: [came]"], "key[0] (line 16): expected a column, found came"),
      (["reason: empty, ": ""], "skip[0] (line 18): expected the keys reason and when"),
      (
        ["absent: true": "missing: true"],
        "skip[0].when.missing (line 18): is not a known key; known here are \(conditions)"
      ),
      (
        ["{ column: stay, absent: true }": "{ column: stay }"],
        "skip[0].when (line 18): expected one of equals, notEquals, in, present, absent, greater, less beside column"
      ),
      (
        ["{ column: stay, absent: true }": "{ equals: 1 }"],
        "skip[0].when (line 18): expected the key column beside equals"
      ),
      (["{ column: stay, absent: true }": "{}"], "skip[0].when (line 18): expected a condition, found none"),
      (["{ column: stay, absent: true }": "{ or: [] }"], "skip[0].when.or (line 18): expected one condition or more"),
      (
        ["{ column: stay, absent: true }": "{ not: { first: true } }"],
        "skip[0].when.not.first (line 18): asks for other rows of the same key: the mapping needs key, and skip must not ask it"
      ),
      (
        ["{ column: stay, absent: true }": "{ grew: count }"],
        "skip[0].when.grew (line 18): asks for other rows of the same key: the mapping needs key, and skip must not ask it"
      ),
      (
        ["time: came\n": "time: came\n    when: { grew: visit }\n"],
        "events[0].when.grew (line 25): expected a column of a number, found visit"
      ),
      (
        ["time: came\n": "time: came\n    when: { grew: contact }\n"],
        "events[0].when.grew (line 25): expected a column of a number, found contact"
      ),
      (
        ["time: came\n": "time: came\n    when: { changed: came }\n"],
        "events[0].when.changed (line 25): expected a column or a value, found the instant came"
      ),
      (
        ["time: came\n": "time: came\n    when: { changed: cuont }\n"],
        "events[0].when.changed (line 25): cuont is not declared; declared are came, contact, count, day, hour, stay, visit, went"
      ),
      (["absent: true": "greater: long"], "skip[0].when.greater (line 18): expected a number, found “long”"),
      (
        ["column: stay, absent: true": "column: visit, less: 1"],
        "skip[0].when.less (line 18): greater and less are for numbers and instants"
      ),
      (
        ["channel: kiosk": "channel: fax"],
        "defaults.channel (line 20): expected one of \(Channel.names.joined(separator: ", ")), found “fax”"
      ),
      (
        ["channel: kiosk": "subject: visitor"],
        "defaults.subject (line 20): subject: expected a reference scheme:value such as crm:42, found “visitor”"
      ),
      (
        ["time: came": "time: visit"],
        "events[0].time (line 24): expected an instant, or a column with day and time, found visit"
      ),
      (["    id: \"{visit}\"\n": ""], "events[0] (line 23): expected the key id, which is missing"),
      (
        ["data: { direction: inbound }": "data: {}"],
        "events[0] (line 23): contact.started needs data.direction: who began the contact"
      ),
      (
        ["inbound": "inwards"],
        "events[0] (line 23): data.direction of contact.started is one of inbound, outbound, never inwards"
      ),
      (["interaction: \"{contact}\"": "team: a"], "events[0] (line 23): contact.started needs channel and interaction"),
      (["contact.started": "customer.erased"], "events[0] (line 23): customer.erased is written by the log alone"),
      (
        ["{ direction: inbound }": "{ direction: inbound, n: 007 }"],
        "events[0].data.n (line 26): expected a number such as 12.5, or a text in quotes, found “007”"
      ),
      (
        ["{ direction: inbound }": "{ direction: inbound, n: 1:30 }"],
        "events[0].data.n (line 26): expected a number such as 12.5, or a text in quotes, found “1:30”"
      ),
      (
        ["{ direction: inbound }": "{ direction: inbound, n: { integer: visit } }"],
        "events[0].data.n.integer (line 26): expected a column of a number, found visit"
      ),
      (
        ["{ direction: inbound }": "{ direction: { map: { a: inbound } } }"],
        "events[0].data.direction (line 26): expected the keys map and of, and otherwise where need be"
      ),
      (
        ["{ direction: inbound }": "{ direction: inbound }\n    extensions: { Big: 1 }"],
        "events[0].extensions.Big (line 27): expected a name of lower-case letters and digits that is no attribute's"
      ),
    ] as [(KeyValuePairs<String, String>, String)])
  func `a fault is named by its place`(_ changes: KeyValuePairs<String, String>, _ message: String) {
    let error = #expect(throws: MappingError.self) { try DelimitedMapping(yaml: Self.mapping(changes)) }
    #expect(error?.description == (message.hasPrefix("mapping") || message.isEmpty ? message : "mapping, " + message))
  }

  @Test func `a zone that is none, and YAML that is none`() {
    let zone = #expect(throws: MappingError.self) {
      try DelimitedMapping(yaml: Self.mapping(["timezone: UTC": "timezone: Mars/Olympus"]))
    }
    #expect(zone?.description.hasPrefix("mapping, timezone (line 3): time zone Mars/Olympus: expected a zone") == true)
    let nothing = #expect(throws: MappingError.self) { try DelimitedMapping(yaml: "") }
    #expect(nothing?.description == "mapping: expected a mapping, found nothing")
    let broken = #expect(throws: MappingError.self) { try DelimitedMapping(yaml: "a: [") }
    #expect(broken?.line != nil && broken?.problem.hasPrefix("expected YAML: ") == true)
    #expect(broken?.description.contains("\n") == false)
    let tab = #expect(throws: MappingError.self) { try DelimitedMapping(yaml: "a\tb: /o") }
    #expect(tab?.description.contains("a\\u{9}b") == true)
    let twice = #expect(throws: MappingError.self) { try DelimitedMapping(yaml: "name: a\nname: b\n") }
    #expect(twice?.description.contains("name") == true)
    let list = #expect(throws: MappingError.self) { try DelimitedMapping(yaml: "- a") }
    #expect(list?.description == "mapping (line 1): expected keys with values, found a list")
  }
}
