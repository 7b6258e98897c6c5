import Catalog
import CustomerTimeline
import JSON
import Touchlog
import TouchlogAdapters
import TouchlogReplay
import TouchlogStore

/// Writes all that is held on a person to a folder of files.
struct PersonExport {
  let source: TimelineSource
  let person: TimelineSource.Person
  let madeAt: Timestamp
  let isQuiet: Bool

  /// The files of the folder, by name.
  enum FileName: String, CaseIterable {
    case events = "events.ndjson"
    case timeline = "timeline.txt"
    case person = "person.json"
    case views = "views.json"
    case mentions = "mentions.ndjson"
    case readme = "README.txt"
  }

  /// What was written.
  struct Made {
    let path: String
    let person: TimelineSource.Person
    let events: Int
    let bytes: Int
    /// What to know before it is handed over, each a line.
    let remarks: [String]
  }

  /// Writes the files to a folder that is not there yet, or empty. It gets its name when all is on disk.
  ///
  /// The timeline is put together in memory, as `touchlog timeline` does; all else passes through.
  func write(to target: String) throws -> Made {
    let store = source.store
    let resolved = try UnfinishedFolder.checkedTarget(
      target, outside: store.path, advice: "Choose a place that is handed on or removed by itself")
    let folder = try UnfinishedFolder(for: resolved, files: FileName.allCases.map(\.rawValue))
    let timeline = try source.timeline(of: person, sparingOthers: true)
    let mentions = try (source.mentions(of: person) + source.erasures(of: person)).sorted { $0.position < $1.position }
    let ofOthers = try source.mentionsOfOthers(by: person)
    var summary = PersonSummary(
      person: person, timeline: timeline, store: "\(store.id)", madeAt: madeAt, end: source.end,
      recordedThrough: source.end.value == 0 ? nil : try store.recordedAt(Position(source.end.value - 1)))
    summary.mentions = mentions.count
    summary.namesOthers = ofOthers.map(\.position)

    let path = folder.path
    var bytes = 0
    func make(_ name: FileName, _ body: (inout PersonFile) throws -> Void) throws {
      var file = try PersonFile("\(path)/\(name.rawValue)")
      try body(&file)
      bytes += try file.finish()
    }
    try make(.events) { file in
      try ReplayRun(isQuiet: isQuiet).run { try writeEvents(of: timeline, to: &file, counting: &summary, $0) }
    }
    try make(.timeline) { try $0.write(Array(TimelineText.render(timeline, width: 120).utf8)) }
    try make(.person) { try $0.write(summary.json + [UInt8(ascii: "\n")]) }
    try make(.views) { file in try ReplayRun(isQuiet: isQuiet).run { try writeViews(to: &file, $0) } }
    try make(.mentions) { try write(mentions, to: &$0) }
    try make(.readme) { try $0.write(Array(PersonReadme(summary).text.utf8)) }
    try Interruption.check()
    try folder.finish()
    return Made(path: target, person: person, events: summary.events, bytes: bytes, remarks: remarks(summary))
  }

  /// The events of the person's streams, and the anonymous ones that count as theirs, in the order of the log.
  private func writeEvents(
    of timeline: Timeline, to file: inout PersonFile, counting summary: inout PersonSummary,
    _ progress: Replay.Progress,
  ) throws {
    var positions = try person.references.flatMap { try source.store.positions(of: $0.number, below: source.end) }
    positions += timeline.lines.filter(\.marks.isAnonymous).map(\.position)
    positions.sort()
    try source.store.read(at: positions) { event in
      summary.count(event)
      try file.write(CloudEvents.encode(event) + [UInt8(ascii: "\n")])
      try progress(UInt64(summary.events), UInt64(positions.count))
    }
  }

  /// Where the events of others name the person: the place, and nothing of what stands there.
  private func write(_ mentions: [TimelineSource.Mention], to file: inout PersonFile) throws {
    for mention in mentions {
      try source.store.read(at: [mention.position]) { opened in
        var writer = JSONWriter()
        writer.object { object in
          object.member("position", opened.position.value)
          object.member("type", opened.event.type)
          object.member("time", opened.event.occurredAt)
          object.member("recordedat", opened.recordedAt)
          object.member("field", mention.field.name)
          object.member("named", mention.named.value)
        }
        try file.write(writer.bytes + [UInt8(ascii: "\n")])
      }
    }
  }

  /// What each projection's view holds of the person's references: lines as `touchlog export` has them, a row each.
  private func writeViews(to file: inout PersonFile, _ progress: Replay.Progress) throws {
    let replay = Replay(of: source.store, projections: Catalog.folds)
    let views = try replay.views(of: person.references.map(\.number), below: source.end, progress: progress)
    try file.write(Array("{\"position\":\(source.end.value),\"projections\":[".utf8))
    for (index, view) in views.enumerated() {
      let provenance = view.view.provenance
      let start = index == 0 ? "\n" : ",\n"
      try file.write(
        Array("\(start){\"projection\":\"\(provenance.projection)\",\"version\":\(provenance.version),".utf8))
      try file.write(Array("\"parked\":".utf8) + PersonExport.parked(view) + Array(",\"rows\":[".utf8))
      try writeRows(of: view, to: &file)
      try file.write(Array("\n]}".utf8))
    }
    try file.write(Array("\n]}\n".utf8))
  }

  private func writeRows(of view: CustomerView, to file: inout PersonFile) throws {
    let texts = ExportedTexts(view.view, encode: NDJSONFormat.encode)
    var isFirst = true
    for table in view.tables {
      let columns = ExportedColumn.all(of: table.columns, showsReferences: false)
      var format = NDJSONFormat()
      var bytes: [UInt8] = []
      format.begin(table.name, columns, to: &bytes)
      try view.view.forEachLine(of: table) { line in
        bytes.append(contentsOf: Array((isFirst ? "\n" : ",\n").utf8))
        isFirst = false
        try format.append(line, columns, texts, to: &bytes)
        // Its own newline: what comes next stands before the comma or the bracket.
        bytes.removeLast()
        try file.write(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
    }
  }

  private static func parked(_ view: CustomerView) -> [UInt8] {
    var writer = JSONWriter()
    writer.array { array in
      for (customer, parked) in view.parked {
        array.object { object in
          object.member("customer", customer.value)
          object.member("position", parked.position.value)
          object.member("reason", parked.reason)
        }
      }
    }
    return writer.bytes
  }

  private func remarks(_ summary: PersonSummary) -> [String] {
    var remarks: [String] = []
    let names = person.references.map(\.shown)
    if names.count > 1 {
      remarks.append(
        """
        one person by the links in force: \(names.joined(separator: ", ")). On what that rests is in \
        \(FileName.person.rawValue); for \(names[0]) alone: --only
        """)
    }
    if !person.leftOut.isEmpty {
      remarks.append(
        """
        left out, though the same person by the links in force: \
        \(person.leftOut.map(\.shown).joined(separator: ", ")). To include them, leave --only away
        """)
    }
    let erased = person.references.filter { $0.reference == nil }.map(\.shown)
    if !erased.isEmpty {
      remarks.append("erased, so that only times and types are left: \(erased.joined(separator: ", "))")
    }
    if !summary.namesOthers.isEmpty {
      remarks.append(
        """
        \(summary.namesOthers.count.counted("event")) of the person's own \
        \(summary.namesOthers.count == 1 ? "names" : "name") references that are not theirs, see \
        namesOthers in \(FileName.person.rawValue): look at them before you hand it over
        """)
    }
    return remarks
  }
}

extension Timeline.NumberedReference {
  /// The reference, harmless on a terminal; the number where it was erased.
  var shown: String { reference?.text.inert ?? number.description }
}

/// A file of an export, for its owner only; written in large pieces.
struct PersonFile: ~Copyable {
  private var file: NewFile
  private var buffer: [UInt8] = []
  private static let capacity = 1 << 20

  init(_ path: String) throws {
    file = try NewFile(path)
  }

  mutating func write(_ bytes: [UInt8]) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= PersonFile.capacity { try flush() }
  }

  private mutating func flush() throws {
    let bytes = buffer
    try bytes.withUnsafeBytes { try file.write($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Brings all to disk; answers how many bytes it has.
  consuming func finish() throws -> Int {
    try flush()
    let count = file.byteCount
    try file.finish()
    return count
  }
}
