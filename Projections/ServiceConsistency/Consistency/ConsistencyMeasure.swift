import Statistics

extension ConsistencyReport {
  /// A share by which channels are compared and watched.
  public enum Measure: String, Sendable, CaseIterable {
    /// See `ServiceFigure.abandoned`.
    case abandoned
    /// See `ServiceFigure.resolved`.
    case resolved
    /// See `ServiceFigure.firstContactResolved`.
    case firstContactResolved
    /// Of the waits, first replies and visits for which a standard held: those within it. Each channel has its own.
    case withinStandard
    /// Of the csat answers: 4 and 5 of 5.
    case satisfied

    /// What it is a share of, in words.
    public var title: String {
      switch self {
      case .abandoned: "abandoned"
      case .resolved: "resolved"
      case .firstContactResolved: "first-contact resolution"
      case .withinStandard: "within the standard"
      case .satisfied: "satisfied"
      }
    }

    /// Its count in a cell.
    func share(in cell: Cell, promptness: Set<Int>) -> Share {
      switch self {
      case .abandoned: return cell.shares[ServiceFigure.abandoned.place].share
      case .resolved: return cell.shares[ServiceFigure.resolved.place].share
      case .firstContactResolved: return cell.shares[ServiceFigure.firstContactResolved.place].share
      case .satisfied:
        let answers = cell.opinions[ServiceFigure.csat.place]
        return Share(answers.top, of: answers.answers)
      case .withinStandard:
        var all = Share(0, of: 0)
        for place in cell.attainments.indices where promptness.contains(place) {
          all.merge(cell.attainments[place].share)
        }
        return all
      }
    }
  }
}
