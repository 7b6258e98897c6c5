public import Statistics

/// Why a part of a churn report has no figures: what was expected, what came, and the way out, in words.
public enum ChurnRefusal: Error, Sendable, Equatable {
  /// No event counts.
  case noEvents
  /// The log is too short for the definition of gone: it needs so many whole months before T.
  case tooFewMonths(found: Int, needed: Int)
  /// Nobody could leave, as nobody is known to be a customer.
  case nobodyAtRisk(gone: ChurnParameters.Gone)
  /// The data carry no hazard model.
  case hazard(LogisticRefusal)
  /// The data carry no model of repeat activity.
  case repeats(RepeatRefusal)
  /// Too few outcomes in the months that are held back.
  case tooFewToJudge(gone: Int, stayed: Int, needed: Int)
  /// The hazard model was held against what came, and is not right about how many leave.
  case notCalibrated(groupsOff: Int, groups: Int)
  /// Another part, on which this one rests, was refused.
  case restsOn(part: String)
  /// A search broke off.
  case search(String)
}

extension ChurnRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noEvents: "no event counts. Append some, or take wider bounds"
    case .tooFewMonths(let found, let needed):
      "too short a log: \(ChurnFigures.counted(found, "whole month")) before T of at least \(needed). Take a longer log, "
        + "fewer months to judge on, or a shorter silence"
    case .nobodyAtRisk(.former):
      "nobody can leave, as `relationship.changed` says of nobody in time that they are active. Append who is a "
        + "customer, or call gone who is silent (--gone silent:180)"
    case .nobodyAtRisk(.silent(let days)):
      "nobody can fall silent, as nobody was active in the \(days) days before any month in time. Take a longer log"
    case .hazard(let refusal): refusal.description
    case .repeats(let refusal): refusal.description
    case .tooFewToJudge(let gone, let stayed, let needed):
      "too little to judge on: \(ChurnFigures.grouped(gone)) left and \(ChurnFigures.grouped(stayed)) stayed in the "
        + "months held back, and \(needed) of each are needed. Hold back more months"
    case .notCalibrated(let off, let groups):
      "the model is not calibrated: in \(off) of \(groups) groups more or fewer left than it said. An exchange rate from "
        + "it would mislead"
    case .restsOn(let part): "it rests on \(part), which has no figures"
    case .search(let reason): reason
    }
  }

  /// The refusal in an error that a fit has thrown.
  static func of(_ error: any Error) -> ChurnRefusal {
    switch error {
    case let refusal as ChurnRefusal: refusal
    case let refusal as LogisticRefusal: .hazard(refusal)
    case let refusal as RepeatRefusal: .repeats(refusal)
    default: .search("\(error)")
    }
  }
}
