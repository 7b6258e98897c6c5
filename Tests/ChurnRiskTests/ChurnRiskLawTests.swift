import Testing
import Touchlog
import TouchlogTesting

@testable import ChurnRisk

@Suite struct ChurnRiskLawTests {
  @Test func `however a log is cut and ordered, the rows are the same`() throws {
    let events = (0..<20).flatMap { Samples.call("pbx:\($0)", of: Samples.customer($0 % 5)) }
    try ProjectionSpec(ChurnRisk.self).check(SampleLog(events), seed: 3)
  }

  @Test func `the law holds for a year of a company, and for events of all kinds`() throws {
    let year = Array(try SimulatedCompany.small.get().prefix(4000))
    try ProjectionSpec(ChurnRisk.self).check(try SampleLog(year), seed: 9)
    var generator = EventGenerator(seed: 21)
    try ProjectionSpec(ChurnRisk.self).check(try SampleLog((0..<150).flatMap { _ in generator.batch() }), seed: 4)
  }

  @Test func `codes are those of the catalogue`() {
    let codes: [(UInt16, EventType)] = [
      (TypeCode.contactStarted, Catalogue.contactStarted), (TypeCode.contactQueued, Catalogue.contactQueued),
      (TypeCode.contactAnswered, Catalogue.contactAnswered),
      (TypeCode.contactTransferred, Catalogue.contactTransferred), (TypeCode.contactEnded, Catalogue.contactEnded),
      (TypeCode.contactReopened, Catalogue.contactReopened), (TypeCode.visitScheduled, Catalogue.visitScheduled),
      (TypeCode.visitArrived, Catalogue.visitArrived), (TypeCode.visitCompleted, Catalogue.visitCompleted),
      (TypeCode.visitMissed, Catalogue.visitMissed), (TypeCode.promiseMade, Catalogue.promiseMade),
      (TypeCode.promiseRenegotiated, Catalogue.promiseRenegotiated), (TypeCode.promiseKept, Catalogue.promiseKept),
      (TypeCode.promiseBroken, Catalogue.promiseBroken), (TypeCode.promiseWaived, Catalogue.promiseWaived),
      (TypeCode.feedbackGiven, Catalogue.feedbackGiven), (TypeCode.complaintRaised, Catalogue.complaintRaised),
      (TypeCode.standardDeclared, Catalogue.standardDeclared),
      (TypeCode.relationshipChanged, Catalogue.relationshipChanged), (TypeCode.purchaseMade, Catalogue.purchaseMade),
    ]
    for (code, type) in codes { #expect(code == type.code, "\(type.name)") }
    #expect(Catalogue.promiseMade.place(of: .dueAt) == .slot(1))
    #expect(Catalogue.feedbackGiven.place(of: .score) == .slot(0))
    #expect(Catalogue.feedbackGiven.place(of: .max) == .slot(2))
    #expect(Catalogue.standardDeclared.place(of: .thresholdSeconds) == .slot(1))
    #expect(Catalogue.standardDeclared.place(of: .from) == .slot(3))
    #expect(Catalogue.standardDeclared.place(of: .standardChannel) == .choice(1))
    #expect(Catalogue.visitScheduled.place(of: .windowEnd) == .slot(1))
    // Words, in whose place the values of facts lie.
    #expect(Field.outcome.kind == .choice(["resolved", "unresolved", "abandoned", "followUp"]))
    #expect(Field.status.kind == .choice(["prospect", "active", "former"]))
    #expect(Field.direction.kind == .choice(["inbound", "outbound"]))
    #expect(Field.metric.kind == .choice(["wait", "firstReply", "handle", "resolution", "visitLateness"]))
  }
}
