import Touchlog

/// What its place among the others tells of an event, beyond what it says itself.
struct Facts {
  /// How long that lasted which began here (a wait, a hold), or which ends here (an episode, a visit).
  var lasted: Duration?
  /// How long after what led to it: an answer after the start, a reopening after the end, a delivery after its order.
  var after: Duration?
  /// When what is promised was due, by the latest agreement before.
  var due: Timestamp?
  /// The window of a visit in force.
  var window: Window?
  /// How often the visit had been moved, this time included.
  var moves = 0
  /// Whether somebody had answered in the episode that ends here.
  var wasAnswered = false
  /// What cannot be, see `Timeline.Marks`.
  var contradiction: String?

  /// These facts and others about the same event, which never tell the same.
  func merging(_ other: Facts?) -> Facts {
    guard let other else { return self }
    var merged = self
    merged.lasted = lasted ?? other.lasted
    merged.after = after ?? other.after
    merged.due = due ?? other.due
    merged.contradiction = contradiction ?? other.contradiction
    return merged
  }
}

/// When a visit was promised to begin.
struct Window {
  let start: Timestamp
  let end: Timestamp
}
