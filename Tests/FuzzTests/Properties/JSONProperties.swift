import JSON

/// Any bytes as JSON: both ways of parsing agree, every offset lies in the text, and what was read is written and read
/// again as the same.
enum JSONProperties {
  static func take(_ bytes: [UInt8]) throws(BrokenPromise) {
    var copied = JSONParser(maximumBytes: 1 << 20)
    var inPlace = JSONParser(maximumBytes: 1 << 20)
    // What follows the text must not count, so it is something that would.
    let padded = bytes + [UInt8](repeating: UInt8(ascii: "1"), count: JSONParser.padding)
    var first: JSONValue?
    do {
      let document = try copied.parse(bytes.span)
      try walk(document.root, within: bytes.count)
      first = JSONValue(document.root)
    } catch let error as BrokenPromise {
      throw error
    } catch let error as JSONError {
      try BrokenPromise.unlessReadable(error)
    } catch {
      throw BrokenPromise(description: "parsing throws \(error)")
    }
    let second: JSONValue? = padded.withUnsafeBytes { padded in
      do {
        return JSONValue(try inPlace.parse(padded: UnsafeRawBufferPointer(rebasing: padded[..<bytes.count])).root)
      } catch {
        return nil
      }
    }
    try BrokenPromise.unless(first == second, "a text is read otherwise in place")
    guard let first else { return }
    let text = first.text
    do {
      let again = try JSONValue(parsing: text)
      try BrokenPromise.unless(again == first, "what was written is read otherwise: \(text)")
    } catch let error as BrokenPromise {
      throw error
    } catch {
      throw BrokenPromise(description: "what was written cannot be read: \(error): \(text)")
    }
  }

  /// Every value lies in the text, and children lie in their parents.
  private static func walk(_ node: JSONNode, within end: Int) throws(BrokenPromise) {
    let last = node.offset + node.raw.count
    try BrokenPromise.unless(node.offset >= 0 && last <= end, "a value lies outside its text")
    var sum = 0
    for index in node.raw.indices { sum &+= Int(node.raw[index]) }
    for index in node.utf8.indices { sum &+= Int(node.utf8[index]) }
    for index in node.key.indices { sum &+= Int(node.key[index]) }
    _ = (sum, node.int64, node.double, node.bool, node.decimal(scale: 6))
    var count = 0
    var children = node.children
    while let child = children.next() {
      count += 1
      try walk(child, within: last)
    }
    try BrokenPromise.unless(count == node.count, "\(count) children of \(node.count)")
  }
}
