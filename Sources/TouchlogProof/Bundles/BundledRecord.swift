import JSON
import Touchlog
import TouchlogAdapters
import TouchlogStore

/// A line of a bundle behind the first: a record, what shows that it is in the log, and the event that it is.
///
/// ```json
/// {"position":17,"header":"…","sealed":"…","path":["…","…"],"event":{"specversion":"1.0",…}}
/// ```
///
/// Bytes are in base 64. The leaf is SHA-256(0 ‖ header ‖ SHA-256(sealed)); `path` is its audit path, from the leaf up.
/// `event` is missing where the customer stays sealed. It follows from the rest, so that each line has one form.
struct BundledRecord {
  let record: SealedRecord
  let path: [MerkleProof.Digest]

  /// The line, without its end, and where in it the event begins.
  func line(event: OpenedEvent?) -> (bytes: [UInt8], eventOffset: Int) {
    var writer = JSONWriter()
    var eventOffset = 0
    writer.object { line in
      line.key("position")
      line.integer(record.position.value)
      line.key("header")
      line.string(Base64.encode(record.header))
      line.key("sealed")
      line.string(Base64.encode(record.sealed))
      line.key("path")
      line.array { array in
        for digest in path { array.string(Base64.encode(digest.withBytes { Array($0) })) }
      }
      eventOffset = line.bytes.count
      guard let event else { return }
      line.key("event")
      line.raw(BundledRecord.text(of: event).span)
    }
    return (writer.bytes, eventOffset)
  }

  /// An event as `touchlog read --json` prints it. Line breaks can only stand between the tokens of its data.
  private static func text(of event: OpenedEvent) -> [UInt8] {
    CloudEvents.encode(event).map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0 }
  }

  init(_ record: SealedRecord, path: [MerkleProof.Digest]) {
    self.record = record
    self.path = path
  }

  /// Reads a line, its event left out. Whether it is written as `line` writes it is seen by comparing.
  init(parsing line: ArraySlice<UInt8>, number: Int, with parser: inout JSONParser) throws(BundleFault) {
    let root: JSONNode
    do {
      root = try parser.parse(Array(line).span).root
    } catch {
      throw BundleFault(line: number, "it is no JSON: \(error)")
    }
    guard let position = root["position"]?.int64.flatMap({ UInt64(exactly: $0) }).map({ Position($0) }) else {
      throw BundleFault(line: number, "there is no position")
    }
    func bytes(_ name: StaticString, _ node: JSONNode?) throws(BundleFault) -> [UInt8] {
      guard let bytes = node?.string.flatMap({ Base64.decode($0.utf8) }) else {
        throw BundleFault(line: number, position: position, "\(name) is missing, or no base 64")
      }
      return bytes
    }
    var path: [MerkleProof.Digest] = []
    guard let list = root["path"], list.kind == .array else {
      throw BundleFault(line: number, position: position, "there is no path")
    }
    var elements = list.children
    while let element = elements.next() {
      let digest = try bytes("a digest of the path", element)
      guard digest.count == 32 else {
        throw BundleFault(line: number, position: position, "a digest of the path has \(digest.count) bytes, not 32")
      }
      path.append(digest.withUnsafeBytes { MerkleProof.Digest(copying: $0) })
    }
    let header = try bytes("header", root["header"])
    let sealed = try bytes("sealed", root["sealed"])
    do {
      record = try SealedRecord(position: position, header: header, sealed: sealed)
    } catch {
      throw BundleFault(line: number, position: position, error.reason)
    }
    self.path = path
  }
}

extension StoreError {
  /// What is wrong with a record that lies in no store.
  var reason: String {
    if case .damaged(_, let what) = self { return what }
    return description
  }
}
