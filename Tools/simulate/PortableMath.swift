// Logarithm, exponential and normal distribution made of +, −, ×, ÷ only. IEEE 754 fixes those to the last bit and
// Swift never fuses them, while libm's last bit differs between versions and machines. A seed promises the same bytes
// everywhere, so libm is not used.

/// The natural logarithm of a positive, normal `x`; relative error about 1e-15.
///
/// x = m·2ᵉ with m in [√½, √2); then ln m = 2·artanh((m − 1)/(m + 1)), by its series.
func naturalLogarithm(_ x: Double) -> Double {
  var significand = x.significand
  var exponent = Double(x.exponent)
  if significand > 1.4142135623730951 {
    significand *= 0.5
    exponent += 1
  }
  let s = (significand - 1) / (significand + 1)
  let square = s * s
  var sum = 1.0 / 21
  var odd = 19.0
  while odd >= 1 {
    sum = sum * square + 1 / odd
    odd -= 2
  }
  return 2 * s * sum + exponent * 0.6931471805599453
}

/// e to the power `x`, for |x| < 700; relative error about 1e-15.
///
/// x = k·ln 2 + r with |r| ≤ ½·ln 2; Taylor's series for r, and k goes into the exponent.
func exponential(_ x: Double) -> Double {
  let k = (x * 1.4426950408889634).rounded()
  let r = x - k * 0.6931471805599453
  var sum = 1.0
  var term = 13.0
  while term >= 1 {
    sum = sum * r / term + 1
    term -= 1
  }
  return Double(sign: .plus, exponent: Int(k), significand: sum)
}

/// The standard normal distribution function Φ(z): Φ(z) = ½ + φ(z)·(z + z³/3 + z⁵/(3·5) + …).
func normalDistribution(_ z: Double) -> Double {
  if z > 8 { return 1 }
  if z < -8 { return 0 }
  var term = z
  var sum = z
  var odd = 3.0
  while odd < 400 {
    term *= z * z / odd
    sum += term
    odd += 2
  }
  return 0.5 + sum * exponential(-0.5 * z * z) / 2.5066282746310002
}
