import RealModule

/// ψ(x), the slope of ln Γ, for x above 0: raised to 10 by ψ(x) = ψ(x + 1) − 1/x, and from there by the asymptotic
/// series (Abramowitz and Stegun 6.3.18). Error below 1e-14 for x above 0.01, relative below that.
func digamma(_ x: Double) -> Double {
  var x = x
  var result = 0.0
  while x < 10 {
    result -= 1 / x
    x += 1
  }
  let s = 1 / (x * x)
  let tail =
    s * (1.0 / 12 - s * (1.0 / 120 - s * (1.0 / 252 - s * (1.0 / 240 - s * (1.0 / 132 - s * (691.0 / 32_760))))))
  return result + Double.log(x) - 0.5 / x - tail
}
