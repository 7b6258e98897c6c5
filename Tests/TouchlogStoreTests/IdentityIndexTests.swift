import Testing
import Touchlog

@testable import TouchlogStore

@Suite struct IdentityIndexTests {
  @Test func `identities whose hashes collide are told apart`() {
    let ids = ["a", "b", "c", "d"]
    let hashes: [UInt64] = [7, 7, 8, 7]
    var index = IdentityIndex()
    for place in ids.indices { index.insert(hashes[place], at: place) }
    for place in ids.indices {
      #expect(index.place(of: hashes[place], where: { ids[$0] == ids[place] }) == place)
    }
    #expect(index.place(of: 7, where: { ids[$0] == "c" }) == nil)
    #expect(index.place(of: 9, where: { _ in true }) == nil)
  }

  @Test func `a recent name is found by its bytes alone, and forgotten rather than mistaken`() {
    var names = RecentNames()
    // More than there are places, so that some fall on others'.
    for number in 0..<1000 { names["name-\(number)"] = NameNumber(UInt32(number)) }
    let found = (0..<1000).compactMap { number in names["name-\(number)"].map { ($0.value, UInt32(number)) } }
    #expect(!found.isEmpty && found.allSatisfy { $0.0 == $0.1 })
    names["\u{E9}"] = NameNumber(1)
    #expect(names["\u{E9}"] == NameNumber(1))
    #expect(names["e\u{301}"] == nil)
  }
}
