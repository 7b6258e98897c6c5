import Foundation
import Simulation
import Testing

/// Fits the planted logistic hazard to the lines: one row per customer and month.
@Suite struct LeavingTests {
  private struct Key: Hashable {
    var customer: String
    var month: Int
  }

  private static let firstDays = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

  private func month(_ fact: Fact) -> Int { (Self.firstDays.firstIndex { $0 > fact.day } ?? 12) - 1 }

  /// Counts what each customer lived through, from the events alone.
  private func months(_ facts: [Fact]) -> [Key: Truth.Month] {
    let owner = owners(in: facts)
    var months: [Key: Truth.Month] = [:]
    var queued: [String: Fact] = [:]
    var windowEnd: [String: Int64] = [:]
    var beyond: Set<String> = []
    for fact in facts {
      let interaction = fact.interaction ?? ""
      let key = Key(customer: fact.subject.map { owner[$0] ?? $0 } ?? "", month: month(fact))
      func add(_ count: WritableKeyPath<Truth.Month, Int>) {
        months[key, default: Truth.Month()][keyPath: count] += 1
      }
      switch fact.type {
      case "promise.broken": add(\.brokenPromises)
      case "contact.reopened": beyond.remove(interaction)
      case "contact.queued": queued[interaction] = fact
      case "visit.scheduled": windowEnd[interaction] = fact.windowEnd
      case "contact.answered", "visit.arrived":
        guard let start = queued[interaction]?.time ?? windowEnd[interaction],
          let channel = fact.channel.flatMap(SimulatedChannel.init(name:)),
          let standard = Truth.standardWaitSeconds(channel, day: queued[interaction]?.day ?? fact.day)
        else { continue }
        queued[interaction] = nil
        if fact.time - start > Int64(standard) * 1_000_000 {
          beyond.insert(interaction)
          add(\.waitsBeyondStandard)
        }
      case "contact.ended", "visit.completed":
        if fact.outcome == "unresolved" { add(\.unresolvedContacts) }
        if fact.outcome == "resolved", !beyond.contains(interaction) { add(\.goodContacts) }
      default: break
      }
    }
    return months
  }

  @Test func `the hazard of leaving is found again, coefficient by coefficient`() throws {
    let facts = try company.get().sorted { $0.time < $1.time }
    let lived = months(facts)
    var left: [String: Int] = [:]
    for fact in facts where fact.status == "former" { left[fact.subject ?? ""] = month(fact) }
    // Rows that are alike are counted together.
    var rows: [Truth.Month: (stayed: Double, left: Double)] = [:]
    for fact in facts where fact.status == "active" {
      let customer = fact.subject ?? ""
      for month in month(fact)..<11 {
        if let end = left[customer], end <= month { break }
        let row = lived[Key(customer: customer, month: month)] ?? Truth.Month()
        let leaves = left[customer] == month + 1
        rows[row, default: (0, 0)].stayed += leaves ? 0 : 1
        rows[row, default: (0, 0)].left += leaves ? 1 : 0
      }
    }
    let planted = [
      Truth.leavingIntercept, Truth.leavingPerBrokenPromise, Truth.leavingPerUnresolvedContact,
      Truth.leavingPerWaitBeyondStandard, Truth.leavingPerGoodContact,
    ]
    // At the truth, each score (the log-likelihood's derivative) has mean 0 and the information as its variance.
    for index in planted.indices {
      var score = 0.0
      var information = 0.0
      for (row, count) in rows {
        let p = Truth.leavingProbability(after: row)
        let x = row.covariates[index]
        score += x * (count.left - p * (count.left + count.stayed))
        information += x * x * p * (1 - p) * (count.left + count.stayed)
      }
      #expect(abs(score) < 4 * information.squareRoot(), "coefficient \(index): \(score) ± \(information.squareRoot())")
      // Enough was seen to tell the truth from nothing at all.
      #expect(information.squareRoot() * abs(planted[index]) > 3, "coefficient \(index)")
    }
  }

  @Test func `the probability of leaving follows the coefficients`() {
    let calm = Truth.leavingProbability(after: Truth.Month())
    #expect(abs(calm - 1 / (1 + exp(4.4))) < 1e-12)
    var broken = Truth.Month()
    broken.brokenPromises = 2
    #expect(abs(Truth.leavingProbability(after: broken) - 1 / (1 + exp(2.0))) < 1e-12)
    var good = Truth.Month()
    good.goodContacts = 1
    #expect(Truth.leavingProbability(after: good) < calm)
  }
}

extension Truth.Month {
  fileprivate init() {
    self.init(brokenPromises: 0, unresolvedContacts: 0, waitsBeyondStandard: 0, goodContacts: 0)
  }

  /// 1 for the intercept, then the counts in the order of the coefficients.
  fileprivate var covariates: [Double] {
    [1, Double(brokenPromises), Double(unresolvedContacts), Double(waitsBeyondStandard), Double(goodContacts)]
  }
}
