import Testing
import Touchlog

@testable import TouchlogStore

@Suite struct IdentityOrderTests {
  private static let sources: [UInt32] = [3, 1, 3, 0, 1, 3, 0]
  private static let ids = ["b", "a", "a", "zz", "B", "aa", "z"]

  private static func order() -> IdentityOrder {
    let bytes = ids.map { Array($0.utf8) }
    return withExtendedLifetime(bytes) {
      IdentityOrder(
        count: ids.count, source: { sources[$0] },
        id: { place in bytes[place].withUnsafeBytes { UnsafeRawBufferPointer(start: $0.baseAddress, count: $0.count) } }
      )
    }
  }

  @Test func `events are in the order of source and then of the id's bytes`() {
    let order = IdentityOrderTests.order()
    let found = order.runs.map { run in (run.source, order.places[run.range].map { IdentityOrderTests.ids[$0] }) }
    #expect(found.map(\.0) == [0, 1, 3])
    #expect(found.map(\.1) == [["z", "zz"], ["B", "a"], ["a", "aa", "b"]])
  }

  @Test func `other numbers of the sources order the same runs anew`() {
    let order = IdentityOrderTests.order().renumbered { [9, 5, 9, 7, 5, 9, 7][$0] }
    let found = order.runs.map { run in (run.source, order.places[run.range].map { IdentityOrderTests.ids[$0] }) }
    #expect(found.map(\.0) == [5, 7, 9])
    #expect(found.map(\.1) == [["B", "a"], ["z", "zz"], ["a", "aa", "b"]])
  }

  @Test func `no events have no order`() {
    #expect(
      IdentityOrder(count: 0, source: { _ in 0 }, id: { _ in UnsafeRawBufferPointer(start: nil, count: 0) }).runs
        .isEmpty)
  }
}
