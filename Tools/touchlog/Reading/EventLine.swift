import Touchlog

/// An event as one line for people.
enum EventLine {
  /// What stands where there is nothing.
  private static let absent = "-"

  /// For programs: columns with a tab between them, whole.
  static func separated(_ opened: OpenedEvent) -> String {
    ([opened.position.description, opened.event.occurredAt.rfc3339] + names(of: opened) + [data(of: opened)])
      .joined(separator: "\t")
  }

  /// Channel, type, customer, interaction and agent.
  private static func names(of opened: OpenedEvent) -> [String] {
    let event = opened.event
    return [
      event.channel?.name, event.type, opened.customer?.text ?? opened.customerNumber.description, event.interaction,
      event.agent,
    ].map { $0?.inert ?? absent }
  }

  private static func data(of opened: OpenedEvent) -> String {
    if opened.isErased { return "(erased)" }
    return opened.event.data.map { String(decoding: $0, as: UTF8.self).inert } ?? absent
  }

  /// For people: columns side by side, cut to a terminal's width.
  struct Columns {
    private let width: Int
    private let hasColour: Bool
    private let positionWidth: Int
    /// The longest channel, the longest types, and what most references, interactions and agents need.
    private static let widths = [8, 21, 20, 20, 12]

    init(_ terminal: Terminal, head: Position) {
      width = terminal.width
      hasColour = terminal.hasColour
      positionWidth = max(4, head.description.count)
    }

    func line(_ opened: OpenedEvent) -> String {
      var cells: [(text: String, ink: Ink?)] = [
        (opened.position.description.leftPadded(to: positionWidth), .faint),
        (opened.event.occurredAt.readable, nil),
      ]
      let inks: [Ink?] = [nil, .strong, .cyan, .faint, nil]
      for (index, name) in EventLine.names(of: opened).enumerated() {
        let width = Columns.widths[index]
        cells.append((name.shortened(to: width).padded(to: width), inks[index]))
      }
      cells.append((EventLine.data(of: opened), nil))
      var line = ""
      var room = width
      for (index, cell) in cells.enumerated() where room > 0 {
        if index > 0 {
          line += "  "
          room -= 2
        }
        let text = cell.text.shortened(to: room)
        room -= text.count
        line += cell.ink.map { $0.paint(text, if: hasColour) } ?? text
      }
      return line
    }
  }
}
