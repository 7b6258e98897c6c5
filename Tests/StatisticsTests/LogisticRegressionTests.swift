import Dispatch
import Testing

@testable import Statistics

@Suite struct LogisticRegressionTests {
  /// Spector and Mazzeo 1980: grade average, test score, whether taught by the new method; whether the grade improved.
  private static let spector: [(gpa: Float, tuce: Float, psi: Float, improved: Double)] = [
    (2.66, 20, 0, 0), (2.89, 22, 0, 0), (3.28, 24, 0, 0), (2.92, 12, 0, 0), (4, 21, 0, 1), (2.86, 17, 0, 0),
    (2.76, 17, 0, 0), (2.87, 21, 0, 0), (3.03, 25, 0, 0), (3.92, 29, 0, 1), (2.63, 20, 0, 0), (3.32, 23, 0, 0),
    (3.57, 23, 0, 0), (3.26, 25, 0, 1), (3.53, 26, 0, 0), (2.74, 19, 0, 0), (2.75, 25, 0, 0), (2.83, 19, 0, 0),
    (3.12, 23, 1, 0), (3.16, 25, 1, 1), (2.06, 22, 1, 0), (3.62, 28, 1, 1), (2.89, 14, 1, 0), (3.51, 26, 1, 0),
    (3.54, 24, 1, 1), (2.83, 27, 1, 1), (3.39, 17, 1, 1), (2.67, 24, 1, 0), (3.65, 21, 1, 1), (4, 23, 1, 1),
    (3.1, 21, 1, 0), (2.39, 19, 1, 1),
  ]

  private static func rows(repeated times: Int = 1) -> LogisticRows {
    var rows = LogisticRows(features: ["gpa", "tuce", "psi"])
    for _ in 0..<times {
      for row in spector { rows.append([row.gpa, row.tuce, row.psi], happened: row.improved) }
    }
    return rows
  }

  /// Greene, Econometric Analysis, table 17.1, prints −13.021, 2.826, 0.095, 2.379; the further digits are
  /// statsmodels 0.15's `Logit`.
  @Test func `without a penalty it is the published fit`() throws {
    let model = try LogisticRegression(penalty: 0, outcomesPerFeature: 3).fit(Self.rows())
    #expect(agree(model.intercept, -13.021346858115693, within: 1e-5))
    #expect(agree(model.interceptStandardError, 4.931324213602793, within: 1e-5))
    let expected = [
      (2.8261125948893224, 1.2629410756291015), (0.09515766131790926, 0.14155420567369387),
      (2.3786876550933544, 1.0645642544971354),
    ]
    for (coefficient, row) in zip(model.coefficients, expected) {
      #expect(agree(coefficient.estimate, row.0, within: 1e-4), "\(coefficient.name)")
      #expect(agree(coefficient.standardError, row.1, within: 1e-5), "\(coefficient.name)")
    }
    #expect(agree(model.logLikelihood, -12.889634222131416, within: 1e-6))
    #expect(model.cases == 32 && model.happened == 11 && model.separating.isEmpty)
  }

  /// The formula, solved with NumPy by Newton's method on standardised features.
  @Test func `with a penalty it is the penalised fit`() throws {
    let model = try LogisticRegression(penalty: 2, outcomesPerFeature: 3).fit(Self.rows())
    let expected = [
      (1.7818446264498125, 0.8459637691186102), (0.07866858460573359, 0.10268257598006089),
      (1.506225608635051, 0.7450342584190455),
    ]
    #expect(agree(model.intercept, -8.795342995973014, within: 1e-5))
    #expect(agree(model.interceptStandardError, 3.2643051360253126, within: 1e-5))
    for (coefficient, row) in zip(model.coefficients, expected) {
      #expect(agree(coefficient.estimate, row.0, within: 1e-4), "\(coefficient.name)")
      #expect(agree(coefficient.standardError, row.1, within: 1e-5), "\(coefficient.name)")
    }
    #expect(agree(model.logLikelihood, -13.551346812833739, within: 1e-6))
    #expect(agree(model.probability([3, 20, 1]), 0.4084898403761693, within: 1e-5))
    let interval = model.interval([3, 20, 1])
    #expect(agree(interval.lower, 0.1709580382249523, within: 1e-5))
    #expect(agree(interval.upper, 0.6981342428680868, within: 1e-5))
    #expect(agree(model.standardError(ofCombination: [0, 0, 1]), model.coefficients[2].standardError))
  }

  @Test func `equal rows may be one row with a count`() throws {
    var grouped = LogisticRows(features: ["gpa", "tuce", "psi"])
    for row in Self.spector {
      grouped.append([row.gpa, row.tuce, row.psi], happened: row.improved * 40, cases: 40)
    }
    let one = try LogisticRegression().fit(Self.rows(repeated: 40))
    let other = try LogisticRegression().fit(grouped)
    for (a, b) in zip(one.coefficients, other.coefficients) {
      #expect(agree(a.estimate, b.estimate, within: 1e-6) && agree(a.standardError, b.standardError, within: 1e-6))
    }
    #expect(agree(one.logLikelihood, other.logLikelihood, within: 1e-10))
  }

  @Test func `on several threads it is the same to the last bit`() throws {
    var numbers = SeededNumbers(seed: 4)
    var rows = LogisticRows(features: ["a", "b"])
    for _ in 0..<RowPasses.blockRows * 2 + 77 {
      let row = [Float(numbers.uniform()), Float(numbers.uniform())]
      rows.append(row, happened: numbers.uniform() < Double(row[0]) ? 1 : 0)
    }
    let one = try LogisticRegression().fit(rows)
    let other = try LogisticRegression().fit(rows) { count, part in
      DispatchQueue.concurrentPerform(iterations: count, execute: part)
    }
    #expect(one == other)
  }

  @Test func `another unit changes the coefficient and nothing else`() throws {
    var scaled = LogisticRows(features: ["gpa", "tuce", "psi"])
    for row in Self.spector { scaled.append([row.gpa * 1_024 + 4_096, row.tuce, row.psi], happened: row.improved) }
    let regression = LogisticRegression(penalty: 1, outcomesPerFeature: 3)
    let (one, other) = (try regression.fit(Self.rows()), try regression.fit(scaled))
    #expect(agree(other.coefficients[0].estimate * 1_024, one.coefficients[0].estimate, within: 1e-3))
    #expect(agree(other.coefficients[2].estimate, one.coefficients[2].estimate, within: 1e-3))
    #expect(agree(other.logLikelihood, one.logLikelihood, within: 1e-6))
  }

  @Test func `planted coefficients are recovered within their errors`() throws {
    var numbers = SeededNumbers(seed: 21)
    let truth = [0.8, -0.05, 0, 1.5]
    var rows = LogisticRows(features: ["a", "b", "c", "d"])
    for _ in 0..<6_000 {
      let row: [Float] = [
        Float(numbers.uniform() * 3), Float(numbers.uniform() * 60), Float(numbers.uniform()),
        numbers.uniform() < 0.1 ? 1 : 0,
      ]
      let logOdds = zip(truth, row).reduce(-1.0) { $0 + $1.0 * Double($1.1) }
      rows.append(row, happened: numbers.uniform() < shareOfLogit(logOdds) ? 1 : 0)
    }
    let model = try LogisticRegression(penalty: 0).fit(rows)
    for (coefficient, planted) in zip(model.coefficients, truth) {
      #expect(coefficient.interval(level: 0.999).contains(planted), "\(coefficient.name)")
    }
    #expect(abs(model.intercept + 1) < 4 * model.interceptStandardError)
  }

  /// The definition: at both ends of the interval, numerator + ratio · denominator is z standard errors from 0.
  @Test func `how many of one feature outweigh another has Fieller's interval`() throws {
    let model = try LogisticRegression(penalty: 0, outcomesPerFeature: 3).fit(Self.rows())
    let (value, found) = model.exchangeRatio(of: 2, by: 0, level: 0.9)
    let interval = try #require(found)
    #expect(agree(value, -2.3786876550933544 / 2.8261125948893224, within: 1e-4))
    #expect(interval.contains(value))
    for end in [interval.lower, interval.upper] {
      let sum = model.coefficients[2].estimate + end * model.coefficients[0].estimate
      let error = model.standardError(ofCombination: [end, 0, 1])
      #expect(agree(abs(sum) / error, 1.6448536269514722, within: 1e-8))
    }
    // The test score's coefficient is less than one standard error from 0.
    #expect(model.exchangeRatio(of: 2, by: 1).interval == nil)
  }

  /// The same definition, with a sum of coefficients in the place of the numerator.
  @Test func `how many of one feature outweigh several together has Fieller's interval`() throws {
    let model = try LogisticRegression(penalty: 0, outcomesPerFeature: 3).fit(Self.rows())
    let one = model.exchangeRatio(of: 2, by: 0, level: 0.9)
    let alone = model.exchangeRatio(ofCombination: [0, 0, 1], by: 0, level: 0.9)
    #expect(one.value == alone.value && one.interval == alone.interval)
    let (value, found) = model.exchangeRatio(ofCombination: [0, 0.5, 2], by: 0, level: 0.9)
    let interval = try #require(found)
    let estimates = model.coefficients.map(\.estimate)
    #expect(agree(value, -(0.5 * estimates[1] + 2 * estimates[2]) / estimates[0]))
    for end in [interval.lower, interval.upper] {
      let sum = 0.5 * estimates[1] + 2 * estimates[2] + end * estimates[0]
      let error = model.standardError(ofCombination: [end, 0.5, 2])
      #expect(agree(abs(sum) / error, 1.6448536269514722, within: 1e-8))
    }
  }

  @Test func `a feature that never changes has no part`() throws {
    var rows = LogisticRows(features: ["gpa", "one"])
    for row in Self.spector { rows.append([row.gpa, 1], happened: row.improved) }
    let model = try LogisticRegression(penalty: 0).fit(rows)
    #expect(model.coefficients[1].estimate == 0 && model.coefficients[1].standardError == 0)
    #expect(model.coefficients[1].spread == 0 && model.coefficients[0].standardError > 0)
  }

  @Test func `too few outcomes are refused with the number needed`() {
    #expect(throws: LogisticRefusal.tooFewOutcomes(happened: 11, notHappened: 21, needed: 15)) {
      try LogisticRegression().fit(Self.rows())
    }
    #expect(throws: LogisticRefusal.self) { try LogisticRegression().fit(LogisticRows(features: ["a"])) }
  }

  @Test func `separation is refused, or held by the penalty and told`() throws {
    var rows = LogisticRows(features: ["left", "noise"])
    for index in 0..<40 {
      // Nobody with `left` stays; some of the others leave too.
      rows.append([index < 8 ? 1 : 0, Float(index % 7)], happened: index < 16 ? 1 : 0)
    }
    #expect(throws: LogisticRefusal.separated(feature: "left")) { try LogisticRegression(penalty: 0).fit(rows) }
    let model = try LogisticRegression(penalty: 1).fit(rows)
    #expect(model.separating == ["left"] && model.coefficients[0].estimate > 0)

    var perfect = LogisticRows(features: ["a", "b"])
    for index in 0..<60 {
      let (a, b) = (Float(index % 8), Float(index % 5))
      perfect.append([a, b], happened: a + 2 * b > 7.5 ? 1 : 0)
    }
    #expect(throws: LogisticRefusal.separated(feature: nil)) { try LogisticRegression(penalty: 0.01).fit(perfect) }
  }

  @Test func `a feature that follows from others is refused without a penalty`() throws {
    var rows = LogisticRows(features: ["gpa", "psi", "twice"])
    for row in Self.spector { rows.append([row.gpa, row.psi, row.psi * 2], happened: row.improved) }
    #expect(throws: LogisticRefusal.collinear(feature: "twice")) {
      try LogisticRegression(penalty: 0, outcomesPerFeature: 3).fit(rows)
    }
    let model = try LogisticRegression(penalty: 1, outcomesPerFeature: 3).fit(rows)
    #expect(agree(model.coefficients[1].estimate, model.coefficients[2].estimate * 2, within: 1e-3))
  }

  @Test func `a fit that is cut short is refused`() {
    let refusal = #expect(throws: LogisticRefusal.self) {
      try LogisticRegression(penalty: 0, outcomesPerFeature: 3, evaluationsMax: 2).fit(Self.rows())
    }
    guard case .notConverged(let stop, let evaluations, let distance) = refusal else {
      Issue.record("refused for another reason: \(String(describing: refusal))")
      return
    }
    #expect(stop == .evaluations && evaluations <= 3 && distance > 0.001)
  }

  @Test func `what is not a number is refused with its row`() {
    var rows = Self.rows()
    rows.append([3, .nan, 0], happened: 0)
    #expect(throws: LogisticRefusal.notANumber(feature: "tuce", row: 32)) { try LogisticRegression().fit(rows) }
  }
}

@Suite struct SymmetricMatrixTests {
  @Test func `an inverse undoes its matrix`() throws {
    var numbers = SeededNumbers(seed: 2)
    let size = 7
    let root = (0..<size * size).map { _ in numbers.uniform() - 0.5 }
    var matrix = SymmetricMatrix(size: size)
    for i in 0..<size {
      for j in 0...i {
        matrix[i, j] = (0..<size).reduce(i == j ? 0.1 : 0) { $0 + root[i * size + $1] * root[j * size + $1] }
      }
    }
    guard case .found(let inverse) = matrix.cholesky() else {
      Issue.record("a positive definite matrix has an inverse")
      return
    }
    for i in 0..<size {
      for j in 0..<size {
        let element = (0..<size).reduce(0) { $0 + matrix[i, $1] * inverse[$1, j] }
        #expect(abs(element - (i == j ? 1 : 0)) < 1e-10)
      }
    }
  }

  @Test func `a matrix whose rows follow from each other has none`() {
    var matrix = SymmetricMatrix(size: 2)
    matrix[0, 0] = 1
    matrix[0, 1] = 2
    matrix[1, 1] = 4
    #expect(matrix.cholesky() == .dependent(row: 1))
  }
}
