import Statistics
import Testing

@Suite struct LocalSearchTests {
  /// Rosenbrock's valley, whose least value is 0 at (1, 1).
  private static func valley(_ point: Span<Double>, _ gradient: inout MutableSpan<Double>) -> Double {
    let (x, y) = (point[0], point[1])
    if gradient.count == 2 {
      gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x)
      gradient[1] = 200 * (y - x * x)
    }
    return (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x)
  }

  @Test(arguments: [
    LocalSearch.Method.lowMemoryQuasiNewton, .sequentialQuadratic, .quadraticModel, .simplex,
  ])
  func `every method finds the bottom of a valley`(_ method: LocalSearch.Method) throws {
    let search = LocalSearch(method: method, bounds: -5...5, valueTolerance: 1e-15)
    let minimum = try search.minimum(from: [-1.2, 1], of: Self.valley)
    #expect(abs(minimum.point[0] - 1) < 1e-4 && abs(minimum.point[1] - 1) < 1e-4)
    #expect(minimum.value < 1e-8)
    #expect(minimum.stop != .evaluations && minimum.evaluations > 5)
    #expect(try search.minimum(from: [-1.2, 1], of: Self.valley) == minimum)
  }

  @Test func `too few evaluations are told`() throws {
    let search = LocalSearch(method: .simplex, evaluationsMax: 10)
    let minimum = try search.minimum(from: [-1.2, 1], of: Self.valley)
    #expect(minimum.stop == .evaluations && minimum.evaluations <= 11)
    #expect("\(minimum.stop)" == "ended by the number of evaluations, before it settled")
  }

  private struct Stumble: Error {}

  @Test(arguments: [LocalSearch.Method.lowMemoryQuasiNewton, .sequentialQuadratic, .quadraticModel])
  func `what the function throws comes through, and ends the search`(_ method: LocalSearch.Method) {
    var calls = 0
    #expect(throws: Stumble.self) {
      try LocalSearch(method: method).minimum(from: [3, 3]) { point, gradient in
        calls += 1
        if calls == 3 { throw Stumble() }
        return Self.valley(point, &gradient)
      }
    }
    #expect(calls == 3)
  }

  @Test func `a value that is not a number is refused with its place`() {
    #expect(throws: SearchFailure.notANumber(at: [3, 4])) {
      try LocalSearch(method: .quadraticModel).minimum(from: [3, 4]) { _, _ in .nan }
    }
  }

  @Test func `a start outside the bounds is refused`() {
    #expect(throws: SearchFailure.invalidArguments) {
      try LocalSearch(method: .quadraticModel, bounds: 0...1).minimum(from: [3, 4], of: Self.valley)
    }
  }
}
