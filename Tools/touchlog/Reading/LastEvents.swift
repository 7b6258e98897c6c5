import Touchlog
import TouchlogStore

extension Store {
  /// Where the last `count` events begin that a query admits, and where the log ends: nothing that comes later is
  /// between the two.
  ///
  /// Only the place is kept of what is found, as the events may be many.
  func stretch(ofLast count: Int, of query: Query) throws -> Range<Position> {
    let head = try head()
    let start = query.from ?? Position(0)
    guard start < head else { return start..<start }
    var backward = query
    backward.order = .backward
    backward.until = min(query.until ?? head, head)
    backward.limit = count
    var first = head
    try read(backward) { first = $0.position }
    return first..<head
  }
}
