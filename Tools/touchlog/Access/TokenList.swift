import JSON
import Touchlog
import TouchlogAccess

/// The tokens of a store, as they are shown.
struct TokenList {
  let tokens: [Token]
  /// By when they are good, or are not.
  let now: Timestamp

  /// One JSON object, and the end of the line.
  var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.key("tokens")
      object.array { array in
        for token in tokens {
          array.object { object in
            object.member("id", token.id)
            object.member("name", token.name)
            object.member("role", token.role.word)
            object.member("source", token.role.source)
            object.member("created", token.created)
            object.member("expires", token.expires)
            object.member("revoked", token.revoked)
            object.member("isGood", token.isGood(at: now))
          }
        }
      }
    }
    return writer.bytes + [UInt8(ascii: "\n")]
  }

  /// A row for each: columns on a terminal, tabs in a pipe.
  func text(_ terminal: Terminal) -> [UInt8] {
    let rows = terminal.isTerminal ? columns(width: terminal.width, hasColour: terminal.hasColour) : separated
    return Array(rows.map { $0 + "\n" }.joined().utf8)
  }

  private var separated: [String] {
    tokens.map { token in
      [
        token.id, token.name.inert, token.role.word, token.role.source?.inert, token.created.rfc3339,
        token.expires?.rfc3339, token.revoked?.rfc3339,
      ].map { $0 ?? "-" }.joined(separator: "\t")
    }
  }

  /// Name and source take what room there is.
  func columns(width: Int, hasColour: Bool) -> [String] {
    if tokens.isEmpty { return ["no tokens yet. Make one with: touchlog token create".shortened(to: width)] }
    let fixed = [10, 7, 10]
    func row(_ texts: [String], _ rest: String) -> String {
      let columns = zip(texts, fixed).map { $0.padded(to: $1) } + [rest]
      return columns.joined(separator: "  ").shortened(to: width)
    }
    let title = Ink.strong.paint(row(["id", "role", "until"], "name, source"), if: hasColour)
    return [title]
      + tokens.map { token in
        let until =
          token.revoked != nil
          ? "revoked" : token.isGood(at: now) ? token.expires.map { String($0.readable.prefix(10)) } ?? "" : "expired"
        let rest = ([token.name] + (token.role.source.map { [$0] } ?? [])).map(\.inert).joined(separator: ", ")
        let text = row([token.id, token.role.word, until], rest)
        return token.isGood(at: now) ? text : Ink.faint.paint(text, if: hasColour)
      }
  }
}
