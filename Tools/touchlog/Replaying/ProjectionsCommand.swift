import ArgumentParser
import JSON
import Touchlog
import TouchlogReplay
import TouchlogStore

struct ProjectionsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "projections",
    abstract: "Tell how the views stand: checkpoint, lag, rows, size, and who is left out.",
    discussion: """
      A customer one of whose events cannot be folded is parked: left out of the view whole, and counted in every \
      report. With --release they are folded again, each alone, e.g. after a version that can.

      Examples:
        touchlog projections --store ./store
        touchlog projections --json | jq '.[].lagEvents'
        touchlog projections --release service-consistency
        touchlog projections --digest
      """)

  @OptionGroup var store: StoreOptions

  @OptionGroup var replaying: ReplayOptions

  @Option(
    help: ArgumentHelp("Take parked customers of a view back in, where they can be folded.", valueName: "projection"))
  var release: String?

  @Option(
    help: ArgumentHelp("With --release: only this customer.", valueName: "reference"),
    transform: { try Reference.parse($0) })
  var customer: Reference?

  @Flag(help: "Print SHA-256 over the rows of each view: the same for the same rows, however they came about.")
  var digest = false

  @Flag(help: "Print a JSON array.")
  var json = false

  func validate() throws {
    if customer != nil, release == nil { throw ValidationError("--customer goes with --release") }
  }

  func run() throws {
    let opened = try store.open(.reading)
    let replay = replaying.replay(of: opened)
    var output = Output()
    if let release {
      try self.release(of: release, replay, opened, &output)
    } else if digest {
      for name in replay.projections { try output.writeLine("\(try replay.digest(of: name))  \(name)") }
    } else {
      let statuses = try replay.status()
      try output.write(
        json ? ViewStatus.json(statuses) : statuses.map { $0.words(naming: opened) }.joined(separator: "\n"))
      let faulty = statuses.filter { $0.fault != nil }.map(\.projection)
      if !faulty.isEmpty {
        try output.flush()
        throw Failure(
          "\(faulty.count.counted("view")) cannot be read. Make anew: touchlog rebuild "
            + faulty.joined(separator: " "), .found)
      }
    }
    try output.flush()
  }

  private func release(of name: String, _ replay: Replay, _ store: Store, _ output: inout Output) throws {
    var customers: [CustomerNumber]?
    if let customer {
      guard let number = try CustomerNumber(naming: customer) ?? store.number(of: customer) else {
        throw Failure("nobody is known as \(customer.text.inert)", .found)
      }
      customers = [number]
    }
    let (released, parked) = try replay.release(of: name, customers)
    try output.writeLine("\(name): \(released.count.counted("customer")) back, \(parked.count.grouped) still parked")
    for (customer, parked) in parked {
      try output.writeLine("  \(customer): position \(parked.position.value.grouped): \(parked.reason.inert)")
    }
  }
}

extension ViewStatus {
  /// How a view stands, in a few lines.
  func words(naming: any Naming) -> String {
    var lines = ["\(projection), version \(version)"]
    if let fault {
      lines.append("  damaged     \(fault.inert)")
    } else if exists {
      let lag =
        lagEvents == 0
        ? "up to date" : "\(lagEvents.counted("event")) behind, \(Duration.microseconds(lagMicroseconds).short)"
      lines.append("  checkpoint  \(checkpoint.value.grouped), \(lag)")
      lines.append("  rows        " + rows.map { "\($0.count.grouped) \($0.table)" }.joined(separator: ", "))
      lines.append("  on disk     \(bytes.byteSize)")
      if let rebuiltAt {
        lines.append(
          "  rebuilt     \(rebuiltAt.readable), in \(Duration.microseconds(rebuildMicroseconds).short)")
      }
    } else {
      lines.append("  no view yet: reports fold all \(lagEvents.counted("event")). Make it with: touchlog replay")
    }
    if let building {
      let command = exists || fault != nil ? "rebuild \(projection)" : "replay"
      lines.append("  building    \(building.value.counted("event")) folded; it goes on with: touchlog \(command)")
    }
    if hasOld { lines.append("  kept        the view before, in \(projection)-v\(version).old") }
    if !parked.isEmpty {
      lines.append("  parked      \(parked.count.counted("customer")), left out of all figures")
      for (customer, parked) in parked.prefix(10) {
        lines.append("    \(customer)  position \(parked.position.value.grouped): \(parked.reason.inert)")
      }
      if parked.count > 10 { lines.append("    and \((parked.count - 10).grouped) more: --json shows all") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// All views as one JSON array, with a line's end.
  static func json(_ statuses: [ViewStatus]) -> String {
    var writer = JSONWriter()
    writer.array { for status in statuses { status.write(to: &$0) } }
    return String(decoding: writer.bytes, as: UTF8.self) + "\n"
  }

  private func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.member("projection", projection)
      object.member("version", version)
      object.member("exists", exists)
      object.member("fault", fault)
      object.member("checkpoint", checkpoint.value)
      object.member("lagEvents", lagEvents)
      object.key("lagSeconds")
      object.decimal(lagMicroseconds, scale: 6)
      object.key("rows")
      object.object { for (table, count) in rows { $0.member(table, count) } }
      object.member("bytes", bytes)
      object.member("rebuiltAt", rebuiltAt)
      object.key("rebuildSeconds")
      object.decimal(rebuildMicroseconds, scale: 6)
      object.member("building", building?.value)
      object.key("parked")
      object.array { list in
        for (customer, parked) in parked {
          list.object { row in
            row.member("customer", customer.description)
            row.member("position", parked.position.value)
            row.member("reason", parked.reason)
          }
        }
      }
    }
  }
}
