import JSON
import Touchlog

import struct Crypto.SHA256

/// The file `access/tokens` of a store.
///
/// ```json
/// {"format":"touchlog-tokens/1"}
/// {"id":"k7m2p9xq4d","name":"pbx","role":"adapter","source":"/pbx","created":"2025-03-01T09:15:00Z","sha256":"9f…"}
/// {"id":"q2xw8rt5ab","name":"Åsa","role":"auditor","created":"…","expires":"…","revoked":"…","sha256":"07…"}
/// {"digest":"c1…"}
/// ```
///
/// `sha256` is that of the token's text, `digest` that of all bytes before its line, so that no flipped bit makes an
/// admin of an analyst. Nobody writes it by hand: what is read must be, byte for byte, what would be written of it.
enum TokenFile {
  private static let format = "touchlog-tokens/"
  private static let version = "1"

  /// The file's bytes.
  static func encode(_ tokens: [Token]) -> [UInt8] {
    var bytes = line { $0.member("format", format + version) }
    for token in tokens {
      bytes += line { object in
        object.member("id", token.id)
        object.member("name", token.name)
        object.member("role", token.role.word)
        object.member("source", token.role.source)
        object.member("created", token.created.rfc3339)
        object.member("expires", token.expires?.rfc3339)
        object.member("revoked", token.revoked?.rfc3339)
        object.member("sha256", token.digest.hexadecimal)
      }
    }
    let digest = SHA256.hash(data: bytes).hexadecimal
    return bytes + line { $0.member("digest", digest) }
  }

  /// - Parameter path: for errors.
  static func decode(_ bytes: [UInt8], path: String) throws(AccessError) -> [Token] {
    let lines = bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    guard let first = lines.first, case .string(let name)? = value(first)?["format"], name.hasPrefix(format) else {
      throw AccessError.tokensDamaged(path: path)
    }
    guard name == format + version else { throw AccessError.newerFormat(path: path) }
    let tokens = lines.dropFirst().dropLast().compactMap { value($0).flatMap(token) }
    guard encode(tokens) == bytes else { throw AccessError.tokensDamaged(path: path) }
    return tokens
  }

  private static func value(_ line: String) -> JSONValue? {
    // `try?`: where in a line it is broken is no help to anybody, as nobody writes it by hand.
    try? JSONValue(parsing: line)
  }

  private static func token(_ value: JSONValue) -> Token? {
    guard let id = value.text("id"), TokenText.isID(id), let name = value.text("name"), let word = value.text("role"),
      let role = TokenRole(word: word, source: value.text("source")),
      let created = value.text("created").flatMap({ Timestamp(rfc3339: $0) }),
      let digest = value.text("sha256").flatMap({ [UInt8](hexadecimal: $0) }), digest.count == SHA256.byteCount
    else { return nil }
    // A time that cannot be read is left out here, and then the bytes are not the same.
    return Token(
      id: id, name: name, role: role, created: created,
      expires: value.text("expires").flatMap { Timestamp(rfc3339: $0) },
      revoked: value.text("revoked").flatMap { Timestamp(rfc3339: $0) }, digest: digest)
  }

  private static func line(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.object(members)
    return writer.bytes + [UInt8(ascii: "\n")]
  }
}

extension JSONValue {
  func text(_ key: String) -> String? {
    guard case .string(let text)? = self[key] else { return nil }
    return text
  }
}

extension JSONWriter {
  /// Writes a member, or nothing where there is no value.
  mutating func member(_ name: String, _ value: String?) {
    guard let value else { return }
    key(name)
    string(value)
  }
}

extension Sequence<UInt8> {
  /// Two digits a byte, in lower case.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

extension [UInt8] {
  /// Reads digits in pairs; nil for anything else.
  init?(hexadecimal text: String) {
    let values = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    guard values.count == text.utf8.count, values.count.isMultiple(of: 2) else { return nil }
    self = stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] * 16 + values[$0 + 1]) }
  }
}
