import Touchlog

/// The course of one interaction: its episodes with their clocks, and what the order tells of each event.
struct Course {
  /// As many as there are moments, in their order.
  private(set) var facts: [Facts]
  private(set) var episodes: [Timeline.Episode]

  private let moments: [Moment]
  private let places: [Int]

  init(of moments: [Moment]) {
    let division = EpisodeDivision(of: moments, in: Family(of: moments))
    self.moments = moments
    places = division.places
    episodes = division.episodes
    facts = Array(repeating: Facts(), count: moments.count)
    for (index, contradiction) in division.contradictions { facts[index].contradiction = contradiction }
    followQueues()
    followHolds()
    followVisits()
    measureEpisodes()
    tellEnds()
  }

  /// How long each wait in a queue lasted.
  private mutating func followQueues() {
    var queued: Int?
    for (index, moment) in moments.enumerated() {
      switch moment.type {
      case Catalogue.contactQueued, Catalogue.contactAnswered, Catalogue.contactTransferred, Catalogue.contactEnded,
        Catalogue.contactReopened:
        if let queued { facts[queued].lasted = span(from: queued, to: index) }
        queued = moment.type === Catalogue.contactQueued ? index : nil
      default: break
      }
    }
  }

  private mutating func followHolds() {
    var held: Int?
    for (index, moment) in moments.enumerated() {
      switch moment.type {
      case Catalogue.contactHeld:
        held = held ?? index
      case Catalogue.contactResumed, Catalogue.contactAnswered, Catalogue.contactEnded, Catalogue.contactReopened:
        guard let start = held else { continue }
        let duration = span(from: start, to: index)
        let place = places[start]
        facts[start].lasted = duration
        if episodes.indices.contains(place) { episodes[place].hold = (episodes[place].hold ?? .zero) + duration }
        held = nil
      default: break
      }
    }
  }

  private mutating func followVisits() {
    var window: Window?
    var moves = 0
    var arrived: Int?
    for (index, moment) in moments.enumerated() {
      switch moment.type {
      case Catalogue.visitScheduled:
        if window != nil { moves += 1 }
        if let start = moment.fields.time(.windowStart), let end = moment.fields.time(.windowEnd) {
          window = Window(start: start, end: end)
        }
        facts[index].moves = moves
      case Catalogue.visitArrived:
        facts[index].window = window
        arrived = index
      case Catalogue.visitCompleted:
        if let arrived {
          facts[index].lasted = span(from: arrived, to: index)
        } else if let later = moments[index...].first(where: { $0.type === Catalogue.visitArrived }),
          later.occurredAt > moment.occurredAt, facts[index].contradiction == nil
        {
          let ahead = later.occurredAt.duration(since: moment.occurredAt)
          facts[index].contradiction = "completed \(ahead.words) before the arrival"
        }
        arrived = nil
      default: break
      }
    }
  }

  /// Episodes follow one another, so each has a run of moments of its own.
  private mutating func measureEpisodes() {
    var start = 0
    while start < moments.count {
      let place = places[start]
      let end = places[start...].firstIndex { $0 != place } ?? moments.count
      if episodes.indices.contains(place) { measure(place, moments[start..<end]) }
      start = end
    }
  }

  /// The clocks of one episode, as `Timeline.Episode` defines them.
  private mutating func measure(_ place: Int, _ moments: ArraySlice<Moment>) {
    var queued: Timestamp?
    var answered: Timestamp?
    var arrived: Timestamp?
    for moment in moments {
      switch moment.type {
      case Catalogue.contactQueued: if answered == nil { queued = queued ?? moment.occurredAt }
      case Catalogue.contactAnswered: answered = answered ?? moment.occurredAt
      case Catalogue.visitArrived: arrived = arrived ?? moment.occurredAt
      case Catalogue.contactEnded, Catalogue.visitCompleted, Catalogue.guideFinished, Catalogue.visitMissed:
        episodes[place].outcome = Course.outcome(of: moment) ?? episodes[place].outcome
      default: break
      }
    }
    let episode = episodes[place]
    let ended = episode.isContradictory ? nil : episode.ended
    let isGivenUp = episode.outcome == "abandoned" && answered == nil
    if let from = queued ?? episode.began, let until = answered ?? (isGivenUp ? ended : nil), from <= until {
      episodes[place].wait = until.duration(since: from)
    }
    if let from = answered ?? arrived, let ended, from <= ended {
      episodes[place].handle = ended.duration(since: from)
    }
  }

  private static func outcome(of moment: Moment) -> String? {
    moment.type === Catalogue.visitMissed
      ? "missed" : moment.fields.text(.outcome) ?? moment.fields.text(.exit)
  }

  /// What the ends, the answers and the reopenings say of the time before them.
  private mutating func tellEnds() {
    var isQueued = [Bool](repeating: false, count: episodes.count)
    var isAnswered = isQueued
    for (index, moment) in moments.enumerated() where episodes.indices.contains(places[index]) {
      let place = places[index]
      let episode = episodes[place]
      switch moment.type {
      case Catalogue.contactQueued:
        // From here on the queue's line tells how long.
        isQueued[place] = true
      case Catalogue.contactAnswered:
        if !isQueued[place], !isAnswered[place], let began = episode.began, moment.occurredAt >= began {
          facts[index].after = moment.occurredAt.duration(since: began)
        }
        isAnswered[place] = true
      case Catalogue.contactEnded, Catalogue.guideFinished:
        facts[index].wasAnswered = isAnswered[place]
        guard moment.occurredAt == episode.ended, facts[index].contradiction == nil else { continue }
        facts[index].lasted = isAnswered[place] ? episode.duration : episode.wait ?? episode.duration
      case Catalogue.contactReopened:
        if place > 0, let ended = episodes[place - 1].ended, facts[index].contradiction == nil {
          facts[index].after = moment.occurredAt.duration(since: ended)
        }
      default: break
      }
    }
  }

  /// In order, so never negative.
  private func span(from start: Int, to end: Int) -> Duration {
    moments[end].occurredAt.duration(since: moments[start].occurredAt)
  }
}
