import Testing
import Touchlog

/// Damaged `data` is refused or taken, and never ends the process. The seed is fixed: a failure comes again.
@Suite struct MutationTests {
  @Test(arguments: SampleEvents.types)
  func `changed bytes in data are taken or refused with a reason`(type: EventType) {
    var random = SeededRandom(seed: UInt64(type.code))
    var checker = EventChecker()
    var members = SampleEvents.members(of: type)
    for member in type.fields { members[member.field.name] = FieldSamples(member.field).good[0] }
    let good = Array(SampleEvents.json(members).utf8)
    var event = SampleEvents.event(of: type, members)
    var outcomes = (taken: 0, refused: 0)
    for _ in 0..<500 {
      let damaged = damage(good, &random)
      event.data = damaged
      do throws(EventError) {
        let checked = try checker.check(event)
        outcomes.taken += 1
        #expect(checked.fields.count == type.slotCount)
        #expect(checked.sealedData.map { $0.count <= damaged.count } == true)
      } catch {
        outcomes.refused += 1
        let names = type.fields.map { "data.\($0.field.name)" } + ["data"]
        #expect(names.contains(error.field), "\(error)")
        #expect(!error.expected.isEmpty)
        #expect(!error.description.unicodeScalars.contains { $0.value < 0x20 })
      }
    }
    #expect(outcomes.refused > 0)
    #expect(outcomes.taken + outcomes.refused == 500)
  }

  private func damage(_ good: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    let telling = Array(#"{}[]",:\\u0eE-+.truefalsn"#.utf8) + [0x00, 0x0A, 0x7F, 0xC2, 0xED, 0xF0, 0xFF]
    var bytes = good
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let byte =
        Bool.random(using: &random) ? UInt8.random(in: 0...255, using: &random) : telling.randomElement(using: &random)
      let place = Int.random(in: 0...bytes.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0 where place < bytes.count: bytes[place] = byte ?? 0
      case 1 where place < bytes.count: bytes.remove(at: place)
      case 2: bytes.removeSubrange(place...)
      default: bytes.insert(byte ?? 0, at: place)
      }
    }
    return bytes
  }
}
