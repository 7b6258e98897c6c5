public import Touchlog
import TouchlogStore

/// What a record tells of itself when it is read.
public struct AccessFindings: Sendable, Hashable {
  /// A line of a file.
  public struct Place: Sendable, Hashable, CustomStringConvertible {
    /// The file's name, in the store's folder `access`.
    public let file: String
    /// Counted from 1.
    public let line: Int

    public var description: String { "access/\(file), line \(line)" }
  }

  /// How many looks there are in the files that were read.
  public internal(set) var looks = 0
  /// The chain of the last one, 64 hexadecimal digits: whoever notes it elsewhere sees later whether anything before
  /// was changed. Zeros where there is none.
  public internal(set) var chain = Look.noChain
  /// Lines that were begun and never finished, as by a kill or a full disk: of looks that were not granted. They are
  /// passed over.
  public internal(set) var unfinished: [Place] = []
  /// Lines that are not what was written, or before which something is missing.
  public internal(set) var breaks: [Place] = []
}

extension AccessRecord {
  /// Reads the record of a store, month by month, and holds each line against the one before it. No key is needed.
  ///
  /// What the first file says of looks before it is taken at its word: earlier months may have been removed.
  ///
  /// - Parameters:
  ///   - path: the store's directory.
  ///   - since: the earliest look to call `body` with. Files of earlier months are not read.
  /// - Throws: `StoreError`, and what `body` throws.
  public static func read(
    ofStoreAt path: String, since: Timestamp? = nil, _ body: (Look) throws -> Void,
  ) throws -> AccessFindings {
    try Store.checkDirectory(path)
    let folder = path + "/access"
    var reading = AccessReading()
    let months = try LooksFolder.months(in: folder)
    let first = since.map { Look.month(of: $0) } ?? ""
    for month in months where month >= first {
      reading.file = LooksFolder.name(of: month)
      reading.line = 0
      try OwnersLines.forEachLine(in: "\(folder)/\(reading.file)") { line, isWhole in
        guard let look = reading.take(line, isWhole: isWhole) else { return }
        if since.map({ look.time >= $0 }) ?? true { try body(look) }
      }
      reading.endFile()
    }
    return reading.findings
  }
}

/// Holds lines against each other.
struct AccessReading {
  var file = ""
  var line = 0
  private(set) var findings = AccessFindings()
  private var chain: String?
  /// Lines that are none: the next one tells whether they ever were.
  private var suspects: [AccessFindings.Place] = []

  /// The look of a line; nil where it is none.
  mutating func take(_ bytes: [UInt8], isWhole: Bool) -> Look? {
    line += 1
    let place = AccessFindings.Place(file: file, line: line)
    let read = Look.read(bytes)
    guard let chain = read?.chain ?? LooksHeading(bytes)?.after else {
      suspects.append(place)
      return nil
    }
    // A line without an end is no line yet, though nothing of it may be missing: it was not answered.
    guard isWhole else {
      findings.unfinished.append(place)
      return nil
    }
    if goesOn(read, chain) {
      findings.unfinished += suspects
    } else {
      findings.breaks += suspects.isEmpty ? [place] : suspects
    }
    suspects = []
    self.chain = chain
    guard let read else { return nil }
    findings.chain = chain
    findings.looks += 1
    return read.look
  }

  /// Whether a line goes on from the one before: a look, or a heading without one.
  private func goesOn(_ read: (look: Look, chain: String, body: [UInt8])?, _ chain: String) -> Bool {
    guard let read else { return self.chain.map { $0 == chain } ?? true }
    return self.chain.map { Look.chain(of: read.body, after: $0) == chain } ?? false
  }

  /// What was not finished at the end of a file stays so: the next file goes on after the last look.
  mutating func endFile() {
    findings.unfinished += suspects
    suspects = []
  }
}
