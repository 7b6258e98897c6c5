import ServiceConsistency
import Testing
import Touchlog
import TouchlogTesting

struct ServiceConsistencyLawTests {
  @Test func `however a log is cut and ordered, the rows are the same`() throws {
    let events = Array(try SimulatedCompany.events.get().prefix(3000))
    try ProjectionSpec(ServiceConsistency.self).check(SampleLog(events), seed: 3)
  }

  /// The fold switches on numbers: they are the catalogue's.
  @Test func `the types that are folded are those that are meant`() throws {
    func codes(_ prefix: String) -> Set<UInt16> {
      Set(Catalogue.all.filter { $0.name.hasPrefix(prefix) }.map(\.code))
    }
    #expect(codes("contact.") == Set(1...9))
    #expect(codes("visit.") == Set(16...19))
    #expect(codes("guide.") == Set(40...42))
    #expect(codes("complaint.").union(codes("praise.")) == Set(64...66))
    #expect(codes("promise.") == Set(48...52))
    #expect(codes("identity.") == [80, 81])
    #expect(Catalogue.visitScheduled.code == 16 && Catalogue.segmentAssigned.code == 89)
    #expect(Catalogue.feedbackGiven.code == 56 && Catalogue.beliefStated.code == 57)
    #expect(Catalogue.standardDeclared.code == 72)
    #expect(
      Catalogue.feedbackGiven.place(of: .max) == .slot(2) && Catalogue.beliefStated.place(of: .department) == .slot(4))
    #expect(
      Catalogue.promiseMade.place(of: .dueAt) == .slot(1) && Catalogue.standardDeclared.place(of: .from) == .slot(3))
    #expect(Catalogue.visitScheduled.place(of: .windowEnd) == .slot(1))
  }
}
