import ChurnRisk
import CustomerTimeline
import ServiceConsistency
public import Touchlog

/// The one list of projections: what `touchlog replay` keeps up to date.
public enum Catalog {
  /// A fold of each projection, that has seen nothing.
  ///
  /// Adding a projection is a line here.
  public static func folds() -> [Fold] {
    [
      Fold(CustomerTimeline.self),
      Fold(ServiceConsistency.self),
      Fold(ChurnRisk.self),
    ]
  }
}
