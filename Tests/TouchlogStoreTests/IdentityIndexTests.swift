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

  @Test func `every place of thousands is found, and nothing else`() {
    var index = IdentityIndex()
    // Every third shares its hash with another.
    func hash(_ place: Int) -> UInt64 { UInt64(place / 3 * 3 + (place % 3 == 2 ? 0 : place % 3)) &* 0x9E37 }
    for place in 0..<5000 { index.insert(hash(place), at: place) }
    for place in 0..<5000 { #expect(index.place(of: hash(place), where: { $0 == place }) == place) }
    #expect(index.place(of: hash(7), where: { $0 == 5000 }) == nil)
    #expect(IdentityIndex().place(of: 0, where: { _ in true }) == nil)
  }
}
