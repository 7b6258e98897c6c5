public import Touchlog

extension Timeline {
  /// A stretch of time in which one interaction took place on one channel; or one event outside all interactions.
  public struct Span: Hashable, Sendable {
    /// Where it took place.
    public let channel: Channel
    /// Nil for an event that belongs to none, or only remarks on one, such as a survey's answer.
    public let interaction: String?
    /// When there were events, in order; one at least.
    public let times: [Timestamp]

    /// The first event's time.
    public var from: Timestamp { times[0] }
    /// The last event's time.
    public var through: Timestamp { times[times.count - 1] }
  }

  /// All stretches, by channel in the catalogue's order, then by their first events.
  public var spans: [Span] {
    var spans: [Span] = []
    for interaction in interactions {
      var times: [Channel: [Timestamp]] = [:]
      for line in interaction.lines {
        guard let channel = line.channel else { continue }
        if Catalogue.type(named: line.type)?.concern == .interaction {
          times[channel, default: []].append(line.occurredAt)
        } else {
          spans.append(Span(channel: channel, interaction: nil, times: [line.occurredAt]))
        }
      }
      for (channel, times) in times {
        spans.append(Span(channel: channel, interaction: interaction.name, times: times))
      }
    }
    for line in others {
      if let channel = line.channel { spans.append(Span(channel: channel, interaction: nil, times: [line.occurredAt])) }
    }
    return spans.sorted { left, right in
      (left.channel.rawValue, left.from, left.through, left.interaction ?? "")
        < (right.channel.rawValue, right.from, right.through, right.interaction ?? "")
    }
  }

  /// The timeline drawn: a lane for each channel, and as many columns of time as there is room for.
  public struct Lanes: Hashable, Sendable {
    /// What is in one column of a lane.
    public enum Cell: Hashable, Sendable {
      case empty
      /// Something goes on that has no event here.
      case passing
      /// So many spans have events here.
      case events(Int)
    }

    /// A channel's columns.
    public struct Lane: Hashable, Sendable {
      /// The channel.
      public let channel: Channel
      /// From left to right.
      public internal(set) var cells: [Cell]
    }

    /// The first column's start.
    public let from: Timestamp
    /// The last event's time, in the last column.
    public let through: Timestamp
    /// How much time a column is.
    public let column: Duration
    /// In the catalogue's order.
    public internal(set) var lanes: [Lane] = []
  }

  /// Draws the lanes; nil where there is nothing to draw: one instant, or no channel.
  ///
  /// - Parameter columns: how many cells a lane has.
  public func lanes(columns: Int) -> Lanes? {
    let spans = spans
    guard let from = spans.map(\.from).min(), let through = spans.map(\.through).max(), from < through, columns > 1
    else { return nil }
    let total = through.microseconds - from.microseconds + 1
    func place(_ time: Timestamp) -> Int {
      // Within 64 bits: no timeline is longer than a few hundred years, and no terminal wider than 1,000 columns.
      Int((time.microseconds - from.microseconds) * Int64(columns) / total)
    }
    var lanes = Lanes(from: from, through: through, column: .microseconds(total / Int64(columns)))
    for span in spans {
      if lanes.lanes.last?.channel != span.channel {
        lanes.lanes.append(Lanes.Lane(channel: span.channel, cells: Array(repeating: .empty, count: columns)))
      }
      let lane = lanes.lanes.count - 1
      let places = Set(span.times.map(place))
      for cell in place(span.from)...place(span.through) {
        lanes.lanes[lane].cells[cell].take(hasEvents: places.contains(cell))
      }
    }
    return lanes
  }
}

extension Timeline.Lanes.Cell {
  fileprivate mutating func take(hasEvents: Bool) {
    switch self {
    case .events(let count): if hasEvents { self = .events(count + 1) }
    case .empty, .passing: self = hasEvents ? .events(1) : .passing
    }
  }

  /// One column wide, and the same in every terminal.
  var glyph: Character {
    switch self {
    case .empty: "·"
    case .passing: "─"
    case .events(let count): count < 10 ? Character(String(count)) : "+"
    }
  }
}
