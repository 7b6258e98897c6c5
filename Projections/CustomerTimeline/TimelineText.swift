import Touchlog

/// Writes timelines for a terminal.
///
/// The provenance comes first, then a lane for each channel, then the interactions and the events outside them by day,
/// then promises, feedback and identity. Times are UTC. Whatever came from outside is shown inert: it cannot move the
/// cursor, nor set a colour.
public enum TimelineText {
  /// Whether colours are asked for.
  public enum Style: Sendable {
    case plain
    /// With the SGR sequences of ECMA-48 that every terminal knows.
    case colour
  }

  /// The widths that the layout is made for: others are taken as the nearest of them.
  public static let widths = 40...200

  /// A timeline as text, each row ended by a newline.
  ///
  /// - Parameters:
  ///   - timeline: What to write.
  ///   - width: The terminal's columns.
  ///   - style: Whether to colour it.
  /// - Returns: UTF-8 text without control characters, but for newlines and, where asked for, colours.
  public static func render(_ timeline: Timeline, width: Int, style: Style = .plain) -> String {
    var page = TimelinePage(timeline, width: min(max(width, widths.lowerBound), widths.upperBound), style: style)
    page.write()
    return page.text
  }
}

extension Timeline.Interaction {
  /// The outcome in words, `open` where it goes on; nil where nothing tells.
  var outcomeWords: String? {
    if isOpen { return "open" }
    if episodes.last?.isContradictory == true { return outcome.map { "\(spaced($0)), clocks contradict" } }
    return outcome.map(spaced)
  }

  /// What the header says after the date.
  var headline: [String] {
    var parts = [channels.map(\.name).joined(separator: ", ")]
    parts.append(topic ?? "")
    parts.append((agents.isEmpty ? teams.map { "team \($0)" } : agents).joined(separator: ", "))
    if let wait { parts.append("waited \(wait.words)") }
    if let hold { parts.append("held \(hold.words)") }
    if let handle { parts.append("handled \(handle.words)") }
    if episodes.count > 1 { parts.append(counted(episodes.count, "episode")) }
    parts.append(outcomeWords ?? "")
    parts.append(name)
    return parts.filter { !$0.isEmpty }
  }
}

extension Timeline.Provenance {
  /// What the first line says of the log and the bounds.
  var boundWords: [String] {
    var parts = ["log at \(grouped(head.value))"]
    if let asOf = bounds.asOf { parts.append("as of \(asOf.rfc3339)") }
    if let asKnownAt = bounds.asKnownAt { parts.append("as known at \(asKnownAt.rfc3339)") }
    // The bound is the head of then: the last position that was known is the one before.
    if let until = bounds.until {
      parts.append(
        until.value == 0 ? "as known before position 0" : "as known at position \(grouped(until.value - 1))")
    }
    return parts
  }

  /// The customer by reference, else by number.
  var customerWords: String {
    customer?.text ?? customerNumber?.description ?? "unknown customer"
  }
}
