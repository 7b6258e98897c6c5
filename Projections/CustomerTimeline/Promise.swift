public import Touchlog

extension Timeline {
  /// Something promised, from its making to its end, over all interactions.
  public struct Promise: Hashable, Sendable {
    /// What became of it.
    public enum State: String, Sendable, CaseIterable {
      /// Not ended, and not due yet, or nobody said when.
      case open
      /// Not ended, and due before the log's end.
      case overdue
      /// Kept by the time that it was due, or nobody said when.
      case kept
      /// Kept after it was due.
      case late
      case broken
      /// The customer did without.
      case waived
    }

    /// Identifies it among the person's promises.
    public let promise: String
    /// A word of `Field.promiseKind`.
    public private(set) var kind: String?
    /// Who made it: an agent's name, or a word of `Field.promiseBy`.
    public private(set) var author: String?
    /// When it was made; nil where only later events are there.
    public private(set) var made: Timestamp?
    /// When it was due by the agreement in force at its end, or now; nil where nobody said.
    public private(set) var due: Timestamp?
    /// How often it was renegotiated.
    public private(set) var renegotiations = 0
    /// What became of it, as stated last.
    public private(set) var state = State.open
    /// When that was; nil while it is open.
    public private(set) var ended: Timestamp?
    /// The events that tell of it, in order.
    public private(set) var positions: [Position] = []

    private init(_ promise: String) {
      self.promise = promise
    }

    /// How long after it was due it was kept; nil where it was not late.
    public var lateBy: Duration? {
      guard state == .late, let due, let ended else { return nil }
      return ended.duration(since: due)
    }

    /// - Parameter end: until when the log tells what happened.
    static func promises(in moments: [Moment], end: Timestamp?) -> [Promise] {
      var places: [String: Int] = [:]
      var promises: [Promise] = []
      for moment in moments {
        guard Promise.types.contains(where: { $0 === moment.type }), let name = moment.fields.text(.promise) else {
          continue
        }
        let place = places[name] ?? promises.count
        if place == promises.count {
          places[name] = place
          promises.append(Promise(name))
        }
        promises[place].take(moment)
      }
      if let end {
        for place in promises.indices where promises[place].state == .open {
          if let due = promises[place].due, due < end { promises[place].state = .overdue }
        }
      }
      return promises
    }

    private static let types = [
      Catalogue.promiseMade, Catalogue.promiseRenegotiated, Catalogue.promiseKept, Catalogue.promiseBroken,
      Catalogue.promiseWaived,
    ]

    private mutating func take(_ moment: Moment) {
      positions.append(moment.opened.position)
      switch moment.type {
      case Catalogue.promiseMade:
        made = made ?? moment.occurredAt
        agree(moment)
      case Catalogue.promiseRenegotiated:
        renegotiations += 1
        agree(moment)
        // A new agreement about a promise that was broken makes it open again.
        state = .open
        ended = nil
      case Catalogue.promiseKept: end(moment, due.map { moment.occurredAt > $0 } == true ? .late : .kept)
      case Catalogue.promiseBroken: end(moment, .broken)
      default: end(moment, .waived)
      }
    }

    private mutating func agree(_ moment: Moment) {
      kind = moment.fields.text(.promiseKind) ?? kind
      if let word = moment.fields.text(.promiseBy) { author = word == "agent" ? moment.event.agent ?? word : word }
      due = moment.fields.time(.dueAt) ?? due
    }

    private mutating func end(_ moment: Moment, _ state: State) {
      self.state = state
      ended = moment.occurredAt
    }
  }

  /// How many promises are in each state, those without any left out, in the order of `Promise.State`.
  public var promiseCounts: [(state: Promise.State, count: Int)] {
    Promise.State.allCases.compactMap { state in
      let count = promises.count { $0.state == state }
      return count == 0 ? nil : (state, count)
    }
  }
}

extension Timeline.Promise {
  /// `p-17 (callback) by DORIT, due 3 Mar 14:00, renegotiated twice, kept 2 h late`.
  var words: String {
    let reference = made ?? ended ?? due ?? Timestamp(microseconds: 0)
    var words = promise + (kind.map { " (\($0))" } ?? "") + (author.map { " by \($0)" } ?? "")
    if let made { words += ", made \(made.words(beside: reference))" }
    if let due { words += ", due \(due.words(beside: reference))" }
    if renegotiations > 0 { words += ", renegotiated \(renegotiations == 1 ? "once" : "\(renegotiations) times")" }
    guard let ended else { return words }
    words += ", \(state == .late ? "kept" : state.rawValue) \(ended.words(beside: reference))"
    return words + (lateBy.map { ", \($0.words) late" } ?? "")
  }
}
