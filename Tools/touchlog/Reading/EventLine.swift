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
  ///
  /// Up to the customer they stand below one another; what follows takes the room it needs, so that something of the
  /// data is seen on narrow terminals too.
  struct Columns {
    private let width: Int
    private let hasColour: Bool
    private let positionWidth: Int

    init(_ terminal: Terminal, head: Position) {
      self.init(width: terminal.width, hasColour: terminal.hasColour, head: head)
    }

    init(width: Int, hasColour: Bool, head: Position) {
      self.width = width
      self.hasColour = hasColour
      positionWidth = max(4, head.description.count)
    }

    func line(_ opened: OpenedEvent) -> String {
      let names = EventLine.names(of: opened)
      // Below 80 columns the seconds and some air go, so that the customer is seen.
      let isNarrow = width < 80
      var cells: [(text: String, width: Int, ink: Ink?)] = [
        (opened.position.description.leftPadded(to: positionWidth), positionWidth, .faint),
        (isNarrow ? String(opened.event.occurredAt.readable.prefix(16)) : opened.event.occurredAt.readable, 0, nil),
        (names[0], isNarrow ? 5 : 8, nil),
        (names[1], isNarrow ? 16 : 19, .strong),
        (names[2], 12, .cyan),
      ]
      for (text, ink) in [(names[3], Ink.faint), (names[4], nil), (EventLine.data(of: opened), nil)]
      where text != EventLine.absent {
        cells.append((text, 0, ink))
      }
      var line = ""
      var room = width
      for (index, cell) in cells.enumerated() where room > 2 {
        if index > 0 {
          line += "  "
          room -= 2
        }
        let text = cell.text.shortened(to: room)
        let padding = String(repeating: " ", count: max(0, min(cell.width, room) - text.count))
        room -= text.count + padding.count
        line += (cell.ink.map { $0.paint(text, if: hasColour) } ?? text) + padding
      }
      return line
    }
  }
}
