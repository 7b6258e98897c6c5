import Touchlog

/// Which kind of event begins and ends an interaction.
enum Family {
  case contact, visit, guide

  enum Turn {
    case begins, reopens, ends, goesOn
  }

  /// A contact that says when it starts or ends is one, also where a guide or a visit is part of it; nil where no event
  /// takes part, but only remarks are there.
  init?(of moments: [Moment]) {
    let types = moments.compactMap(\.type)
    func has(_ prefix: String) -> Bool { types.contains { $0.name.hasPrefix(prefix) } }
    if types.contains(where: { $0 === Catalogue.contactStarted || $0 === Catalogue.contactEnded }) {
      self = .contact
    } else if has("visit.") {
      self = .visit
    } else if has("guide.") {
      self = .guide
    } else if has("contact.") {
      self = .contact
    } else {
      return nil
    }
  }

  /// What an event means for the interaction's course; nil where it is of another family.
  func turn(of type: EventType?) -> Turn? {
    guard let type else { return nil }
    return switch (self, type) {
    case (.contact, Catalogue.contactStarted), (.visit, Catalogue.visitScheduled), (.guide, Catalogue.guideStarted):
      .begins
    case (.contact, Catalogue.contactEnded), (.visit, Catalogue.visitCompleted), (.visit, Catalogue.visitMissed),
      (.guide, Catalogue.guideFinished):
      .ends
    case (_, Catalogue.contactReopened): .reopens
    case (.contact, _): type.name.hasPrefix("contact.") ? .goesOn : nil
    case (.visit, _): type.name.hasPrefix("visit.") ? .goesOn : nil
    case (.guide, _): type.name.hasPrefix("guide.") ? .goesOn : nil
    }
  }
}

/// An interaction's moments, divided into episodes.
///
/// A start while the episode is open changes nothing (a visit is moved), and so does an end once it has ended: the
/// first end counts, as what follows is wrap-up. Where no start is there, the first event stands in for it.
struct EpisodeDivision {
  private(set) var episodes: [Timeline.Episode] = []
  /// Which episode each moment belongs to; 0 for those before the first.
  private(set) var places: [Int] = []
  /// By the place of the moment.
  private(set) var contradictions: [Int: String] = [:]
  /// Ends before anything had begun.
  private var strays: [Int] = []
  private var isOpen = false

  init(of moments: [Moment], in family: Family?) {
    let beginsSomewhere = moments.contains { family?.turn(of: $0.type) == .begins }
    for (index, moment) in moments.enumerated() {
      switch family?.turn(of: moment.type) {
      case .begins:
        if !isOpen { begin(moment, of: moments) }
      case .reopens:
        reopen(moment, at: index, of: moments)
      case .ends:
        end(moment, at: index)
      case .goesOn:
        if !beginsSomewhere, episodes.isEmpty, strays.isEmpty { begin(moment, of: moments) }
      case nil:
        break
      }
      places.append(max(0, episodes.count - 1))
    }
    settleStrays(of: moments)
  }

  private mutating func begin(_ moment: Moment, of moments: [Moment]) {
    if episodes.isEmpty {
      for index in strays where moments[index].occurredAt < moment.occurredAt {
        let ahead = moment.occurredAt.duration(since: moments[index].occurredAt)
        contradictions[index] = "ended \(ahead.words) before it began"
      }
    }
    episodes.append(Timeline.Episode(began: moment.occurredAt))
    isOpen = true
  }

  private mutating func reopen(_ moment: Moment, at index: Int, of moments: [Moment]) {
    if isOpen, let stray = episodes.count == 1 ? strays.first : nil {
      episodes[0].ended = moments[stray].occurredAt
    } else if isOpen {
      episodes[episodes.count - 1].ended = moment.occurredAt
      contradictions[index] = "reopened before it had ended"
    } else if episodes.isEmpty, let stray = strays.first {
      episodes.append(Timeline.Episode(ended: moments[stray].occurredAt))
    }
    strays = []
    episodes.append(Timeline.Episode(began: moment.occurredAt, isReopened: true))
    isOpen = true
  }

  private mutating func end(_ moment: Moment, at index: Int) {
    if isOpen {
      episodes[episodes.count - 1].ended = moment.occurredAt
      isOpen = false
    } else if episodes.isEmpty {
      strays.append(index)
    }
  }

  /// An end before the only start is its end after all, by a clock that is wrong.
  private mutating func settleStrays(of moments: [Moment]) {
    guard let stray = strays.first else { return }
    if episodes.isEmpty {
      episodes.append(Timeline.Episode(ended: moments[stray].occurredAt))
    } else if episodes.count == 1, isOpen {
      episodes[0].ended = moments[stray].occurredAt
    }
  }
}
