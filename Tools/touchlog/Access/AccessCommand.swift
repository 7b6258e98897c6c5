import ArgumentParser
import JSON
import Touchlog
import TouchlogAccess
import TouchlogStore

struct AccessCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "access",
    abstract: "Show who looked at which customer's timeline, when, and by what.",
    discussion: """
      The service records each look before it grants it. A customer is a number there, so nothing has to be removed \
      when somebody is erased; --customer takes a reference as well, for which it opens the store with its key.

      In a pipe: time, token, name, customer, route, with tabs between them. Each line of the record rests on the one \
      before it. Where one was changed or is missing, that is told, and the exit code is 1. The chain of the last line \
      is told on standard error: note it elsewhere, and look for it in the record later.

      Examples:
        touchlog access --since 30d --store ./store
        touchlog access --customer crm:42
        touchlog access --customer number:17 --json | jq -r .name | sort | uniq -c
      """)

  @OptionGroup var store: StoreOptions

  @Option(
    help: ArgumentHelp("Whose timeline: a reference, or number:17. Default: everybody's.", valueName: "reference"),
    transform: { try Reference.parse($0) })
  var customer: Reference?

  @Option(
    help: ArgumentHelp("Looks from then on: \(TimeArgument.forms). Default: all.", valueName: "time"),
    transform: { try TimeArgument.parse($0) })
  var since: TimeArgument?

  @Flag(help: "Print a line of JSON for each look.")
  var json = false

  @Flag(name: .shortAndLong, help: "Say nothing of the record as a whole, unless it is damaged.")
  var quiet = false

  func run() throws {
    let path = try store.path()
    let number = try number()
    let form = LookForm(json ? .json : Terminal(standardOutput).isTerminal ? .columns : .separated)
    var output = Output()
    let findings = try AccessRecord.read(ofStoreAt: path, since: since?.time) { look in
      if let number, look.customer != number { return }
      try output.write(form.line(look))
    }
    try output.flush()
    tell(findings)
    guard findings.breaks.isEmpty else {
      let places = findings.breaks.prefix(3).map(\.description).joined(separator: "; ")
      throw Failure(
        """
        the record was changed, or lines are missing, at \(findings.breaks.count.counted("place")): \(places)\
        \(findings.breaks.count > 3 ? " …" : ""). Keep the folder for inspection, and compare it with a copy
        """, .found)
    }
  }

  /// The number of the customer who is asked for; nil for everybody.
  private func number() throws -> CustomerNumber? {
    guard let customer else { return nil }
    if let number = CustomerNumber(naming: customer) { return number }
    guard let number = try store.open(.reading).number(of: customer) else {
      throw Failure(
        "nobody is known as \(customer.text.inert). Somebody who was erased is asked for by number, as number:17",
        .found)
    }
    return number
  }

  private func tell(_ findings: AccessFindings) {
    if quiet { return }
    var lines: [String] = []
    for place in findings.unfinished { lines.append("passed over, as it was never finished: \(place)") }
    let about = since == nil ? "" : " in the months that were read"
    lines.append(
      findings.looks == 0 ? "no looks\(about)" : "\(findings.looks.counted("look"))\(about), chain \(findings.chain)")
    writeWhole(lines.map { $0 + "\n" }.joined(), to: standardError)
  }
}

/// How a look is printed.
struct LookForm {
  enum Kind { case json, columns, separated }

  private let kind: Kind
  private let width: Int

  init(_ kind: Kind) {
    self.kind = kind
    width = Terminal(standardOutput).width
  }

  /// The line, with its end.
  func line(_ look: Look) -> [UInt8] {
    switch kind {
    case .json: json(look)
    case .separated:
      Array(
        ([look.time.rfc3339, look.tokenID, look.tokenName.inert, "\(look.customer)", look.what.inert]
          .joined(separator: "\t") + "\n").utf8)
    case .columns:
      Array(
        ([
          look.time.readable, "\(look.customer)".padded(to: 12), "\(look.tokenName.inert) (\(look.tokenID))",
          look.what.inert,
        ].joined(separator: "  ").shortened(to: width) + "\n").utf8)
    }
  }

  private func json(_ look: Look) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member("time", look.time)
      object.member("token", look.tokenID)
      object.member("name", look.tokenName)
      object.member("customer", look.customer.value)
      object.member("what", look.what)
    }
    return writer.bytes + [UInt8(ascii: "\n")]
  }
}
