import Simulation
import Testing

/// The course of interactions, promises and customers, each looked at in the order of time.
@Suite struct InteractionTests {
  let facts: [Fact]

  init() throws { facts = try company.get().sorted { $0.time < $1.time } }

  /// What may come next, after each state a contact can be in.
  private static let contactSteps: [String: [String: String]] = [
    "": ["contact.started": "begun"],
    "begun": [
      "contact.message": "begun", "contact.queued": "queued", "guide.started": "guided", "contact.answered": "answered",
    ],
    "guided": ["guide.step": "guided", "guide.finished": "finished"],
    "finished": ["contact.ended": "ended", "contact.transferred": "begun"],
    "queued": ["contact.answered": "answered", "contact.ended": "ended"],
    "answered": [
      "contact.message": "answered", "contact.held": "held", "contact.transferred": "begun", "contact.ended": "ended",
    ],
    "held": ["contact.resumed": "answered"],
    "ended": ["contact.reopened": "begun"],
  ]

  private static let visitSteps: [String: [String: String]] = [
    "": ["visit.scheduled": "scheduled"],
    "scheduled": ["visit.scheduled": "scheduled", "visit.arrived": "arrived", "visit.missed": "missed"],
    "missed": ["visit.scheduled": "scheduled"],
    "arrived": ["visit.completed": "completed"],
    "completed": [:],
  ]

  @Test func `every interaction takes its steps in order`() {
    // Events that arrive after the year are missing: what began in its last days may have a gap.
    let lastBegin = Fact.yearStart + 340 * 86_400_000_000
    var states: [String: String] = [:]
    var skipped: Set<String> = []
    var steps = 0
    for fact in facts {
      guard let interaction = fact.interaction, let group = fact.type.split(separator: ".").first,
        ["contact", "visit", "guide"].contains(group)
      else { continue }
      let state = states[interaction] ?? ""
      if state.isEmpty, fact.time > lastBegin { skipped.insert(interaction) }
      if skipped.contains(interaction) { continue }
      let next = (group == "visit" ? Self.visitSteps : Self.contactSteps)[state]?[fact.type]
      #expect(next != nil || fact.time > lastBegin, "\(interaction): \(fact.type) after \(state)")
      if next == nil { skipped.insert(interaction) }
      states[interaction] = next
      steps += 1
    }
    #expect(steps > 50_000)
  }

  @Test func `an interaction names one customer at most`() {
    var subjects: [String: Set<String>] = [:]
    for fact in facts {
      if let interaction = fact.interaction, let subject = fact.subject {
        subjects[interaction, default: []].insert(subject)
      }
    }
    #expect(subjects.values.allSatisfy { $0.count == 1 })
  }

  @Test func `a promise is made once, before anything becomes of it, and settled once at most`() {
    var made: Set<String> = []
    var settled: Set<String> = []
    for fact in facts where fact.day < 340 {
      guard let promise = fact.promise else { continue }
      if fact.type == "promise.made" {
        #expect(made.insert(promise).inserted)
      } else {
        #expect(made.contains(promise) && !settled.contains(promise), "\(fact.type) \(promise)")
        if fact.type != "promise.renegotiated" { settled.insert(promise) }
      }
    }
    #expect(made.count > 3000 && settled.count > 3000)
  }

  @Test func `who has left is silent but for settling payment terms`() {
    let owner = owners(in: facts)
    var left: Set<String> = []
    for fact in facts {
      guard let subject = fact.subject else { continue }
      let customer = owner[subject] ?? subject
      if left.contains(customer) { #expect(fact.type == "terms.settled", "\(fact.type) of \(customer)") }
      if fact.status == "former" { left.insert(customer) }
    }
    #expect(left.count > 300)
  }

  @Test func `customers become active once, and each reference belongs to one of them`() {
    let joined = facts.filter { $0.status == "active" }.compactMap(\.subject)
    #expect(Set(joined).count == joined.count)
    var owner: [String: String] = [:]
    for fact in facts where fact.type == "identity.linked" {
      guard let other = fact.other, let subject = fact.subject else { continue }
      #expect(owner.updateValue(subject, forKey: other) == nil)
    }
    let strangers = Set(facts.compactMap(\.subject).filter { !$0.hasPrefix("crm:") && owner[$0] == nil })
    #expect(owner.count > 1000 && strangers.count > 100)
  }
}

/// The `crm:` reference that each linked reference belongs to.
func owners(in facts: [Fact]) -> [String: String] {
  var owners: [String: String] = [:]
  for fact in facts where fact.type == "identity.linked" {
    if let other = fact.other, let subject = fact.subject { owners[other] = subject }
  }
  return owners
}
