/// Tells how far long work has come, on standard error: a bar on a terminal, a line now and then elsewhere.
struct ProgressBar: ~Copyable {
  /// What is counted, in the plural.
  private let unit: String
  private let isQuiet: Bool
  private let terminal = Terminal(standardError)
  private let start = ContinuousClock.now
  private var next: ContinuousClock.Instant
  private var isShown = false

  /// A terminal is redrawn no more often than people see; a file gets few lines.
  private var interval: Duration { terminal.isTerminal ? .milliseconds(100) : .seconds(5) }

  init(unit: String, isQuiet: Bool) {
    self.unit = unit
    self.isQuiet = isQuiet
    next = start
    next = start + interval
  }

  /// How long it has taken so far.
  var elapsed: Duration { .now - start }

  /// - Parameters:
  ///   - count: how many units are done.
  ///   - fraction: how much of the work that is, 0 to 1; nil where nobody knows.
  mutating func update(_ count: Int, fraction: Double?) {
    guard !isQuiet else { return }
    let now = ContinuousClock.now
    guard now >= next else { return }
    next = now + interval
    let line = ProgressLine(count: count, unit: unit, fraction: fraction, elapsed: now - start)
    if terminal.isTerminal {
      isShown = true
      writeWhole("\r" + line.drawn(width: terminal.width - 1) + "\u{1B}[K", to: standardError)
    } else {
      writeWhole("touchlog: \(line.words)\n", to: standardError)
    }
  }

  /// Takes the bar off the terminal, so that what follows begins on a clean line.
  mutating func clear() {
    guard isShown else { return }
    isShown = false
    writeWhole("\r\u{1B}[K", to: standardError)
  }
}

/// One state of some work, in words and as a bar.
struct ProgressLine {
  let count: Int
  let unit: String
  let fraction: Double?
  let elapsed: Duration

  private var rate: String { "\(Int(Double(count) / max(elapsed.seconds, 0.001)).grouped)/s" }

  private var timeLeft: String? {
    guard let fraction, fraction > 0 else { return nil }
    let left = elapsed.seconds * (1 - min(fraction, 1)) / fraction
    return "\(Duration.seconds(Int(left.rounded(.up))).short) left"
  }

  private var percent: String? { fraction.map { "\(Int(min($0, 1) * 100)) %" } }

  /// `1,200,000 events, 42 %, 310,000/s, 5 s left`
  var words: String {
    ["\(count.grouped) \(unit)", percent, rate, timeLeft].compactMap { $0 }.joined(separator: ", ")
  }

  /// `[#####·······]  42 %  1,200,000 events  310,000/s  5 s left`, no wider than told.
  func drawn(width: Int) -> String {
    let figures = ["\(count.grouped) \(unit)", rate, timeLeft].compactMap { $0 }.joined(separator: "  ")
    guard let fraction, let percent else { return figures.shortened(to: width) }
    let text = percent.leftPadded(to: 5) + "  " + figures
    let room = min(width - text.count - 3, 40)
    guard room >= 8 else { return text.shortened(to: width) }
    let filled = Int(Double(room) * min(fraction, 1))
    let bar = String(repeating: "#", count: filled) + String(repeating: "·", count: room - filled)
    return "[\(bar)] " + text
  }
}
