/// A small symmetric matrix, e.g. of second derivatives.
struct SymmetricMatrix: Sendable, Equatable {
  let size: Int

  /// Row by row, both halves.
  private(set) var elements: [Double]

  init(size: Int) {
    self.size = size
    elements = Array(repeating: 0, count: size * size)
  }

  subscript(row: Int, column: Int) -> Double {
    get { elements[row * size + column] }
    set {
      elements[row * size + column] = newValue
      elements[column * size + row] = newValue
    }
  }

  /// The lower triangle L with L·Lᵀ the matrix (Cholesky), or the first row that those before it determine, to about
  /// ten digits: then the matrix has no inverse that means anything.
  func cholesky() -> CholeskyFactor {
    var factor = self
    for row in 0..<size {
      for column in 0...row {
        var sum = self[row, column]
        for k in 0..<column { sum -= factor.elements[row * size + k] * factor.elements[column * size + k] }
        if row == column {
          guard sum > 1e-10 * abs(self[row, row]) else { return .dependent(row: row) }
          factor.elements[row * size + row] = sum.squareRoot()
        } else {
          factor.elements[row * size + column] = sum / factor.elements[column * size + column]
        }
      }
    }
    return .found(inverse: Self.inverse(ofLower: factor))
  }

  /// aᵀ·M·a.
  func quadraticForm(_ vector: [Double]) -> Double {
    var sum = 0.0
    for row in 0..<size {
      for column in 0..<size { sum += vector[row] * self[row, column] * vector[column] }
    }
    return sum
  }

  private static func inverse(ofLower lower: SymmetricMatrix) -> SymmetricMatrix {
    let size = lower.size
    var result = SymmetricMatrix(size: size)
    for unit in 0..<size {
      var solution = Array(repeating: 0.0, count: size)
      solution[unit] = 1
      for row in unit..<size {
        for k in unit..<row { solution[row] -= lower.elements[row * size + k] * solution[k] }
        solution[row] /= lower.elements[row * size + row]
      }
      for row in (0..<size).reversed() {
        for k in row + 1..<size { solution[row] -= lower.elements[k * size + row] * solution[k] }
        solution[row] /= lower.elements[row * size + row]
      }
      for row in 0...unit { result[row, unit] = solution[row] }
    }
    return result
  }
}

enum CholeskyFactor: Sendable, Equatable {
  /// The matrix is positive definite.
  case found(inverse: SymmetricMatrix)

  /// It is not, and this row shows it first.
  case dependent(row: Int)
}
