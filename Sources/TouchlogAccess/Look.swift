import JSON
public import Touchlog

import struct Crypto.SHA256

/// One look at a customer's timeline: who, at whom, when, by what.
public struct Look: Sendable, Hashable {
  /// When, by the service's clock.
  public let time: Timestamp
  /// The id of the token that was shown.
  public let tokenID: String
  /// The token's name.
  public let tokenName: String
  /// Whose timeline. A number and never a reference, so it tells nobody who that was once the customer is erased.
  public let customer: CustomerNumber
  /// The route by which it was asked for, with names for its parts: `GET /v1/events?customer={reference}`.
  public let what: String
}

extension Look {
  /// The chain before the first look of all.
  static let noChain = String(repeating: "0", count: 64)

  /// The line, without its end:
  ///
  /// ```json
  /// {"time":"…","token":"q2xw8rt5ab","name":"Åsa","customer":17,"what":"GET /v1/…","chain":"5d…"}
  /// ```
  ///
  /// The chain is SHA-256, in hexadecimal digits, over the digits of the line before it and this line without its
  /// member `chain`. So who knows one chain sees any change that is made before it.
  func line(after chain: String) -> (bytes: [UInt8], chain: String) {
    let body = body
    let next = Look.chain(of: body, after: chain)
    return (body.dropLast() + Array("\(Look.chainKey)\(next)\"}".utf8), next)
  }

  /// The line without its chain, as JSON.
  private var body: [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member("time", time.rfc3339)
      object.member("token", tokenID)
      object.member("name", tokenName)
      object.key("customer")
      object.integer(customer.value)
      object.member("what", what)
    }
    return writer.bytes
  }

  private static let chainKey = ",\"chain\":\""

  static func chain(of body: [UInt8], after chain: String) -> String {
    SHA256.hash(data: Array(chain.utf8) + body).hexadecimal
  }

  /// Reads a line without its end.
  ///
  /// - Returns: the look, the chain that the line says it has, and what that is over; nil for what is no line of a
  ///   record.
  static func read(_ line: [UInt8]) -> (look: Look, chain: String, body: [UInt8])? {
    let tail = chainKey.utf8.count + 66
    guard line.count > tail, line.suffix(tail).starts(with: chainKey.utf8), line.suffix(2).elementsEqual("\"}".utf8)
    else {
      return nil
    }
    let chain = String(decoding: line.suffix(66).dropLast(2), as: UTF8.self)
    let body = line.dropLast(tail) + [UInt8(ascii: "}")]
    // `try?`: a line that is broken is told as such, and where in it is no help to anybody.
    guard let value = try? JSONValue(parsing: String(decoding: body, as: UTF8.self)),
      let time = value.text("time").flatMap({ Timestamp(rfc3339: $0) }), let token = value.text("token"),
      let name = value.text("name"), let what = value.text("what"), case .number(let digits)? = value["customer"],
      let customer = UInt32(digits)
    else { return nil }
    let look = Look(time: time, tokenID: token, tokenName: name, customer: CustomerNumber(customer), what: what)
    return look.body == Array(body) ? (look, chain, look.body) : nil
  }

  /// The month of a time in UTC, `2025-03`: a file has the looks of one.
  static func month(of time: Timestamp) -> String { String(time.rfc3339.prefix(7)) }
}

/// The first line of a file of looks:
///
/// ```json
/// {"format":"touchlog-looks/1","after":"c1…"}
/// ```
///
/// `after` is the chain of the last look before, in an earlier file, and zeros where there is none. So all lines of a
/// file can be checked when earlier ones were removed.
struct LooksHeading {
  let after: String

  private static let format = "touchlog-looks/1"

  /// The line, without its end.
  var line: [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member("format", LooksHeading.format)
      object.member("after", after)
    }
    return writer.bytes
  }

  init(after: String) {
    self.after = after
  }

  /// Reads a line without its end; nil for any other.
  init?(_ line: [UInt8]) {
    guard line.starts(with: "{\"format\":".utf8) else { return nil }
    // `try?`: a line that is broken is no heading.
    guard let value = try? JSONValue(parsing: String(decoding: line, as: UTF8.self)), let after = value.text("after")
    else { return nil }
    self.after = after
    guard self.line == line else { return nil }
  }
}
