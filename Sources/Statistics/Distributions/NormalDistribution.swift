import RealModule

/// The standard normal distribution.
///
///     NormalDistribution.quantile(0.975)  // 1.959963984540054
public enum NormalDistribution {
  /// The probability of a value of at most `z`.
  public static func cumulative(_ z: Double) -> Double {
    0.5 * Double.erfc(-z * 0.5.squareRoot())
  }

  /// The probability of a value above `z`; exact in the far tail, where `1 - cumulative(z)` is not.
  public static func upperTail(_ z: Double) -> Double {
    0.5 * Double.erfc(z * 0.5.squareRoot())
  }

  /// The value that is not exceeded with this probability, to about 16 digits: Wichura's algorithm AS 241 (PPND16),
  /// Applied Statistics 37 (1988).
  ///
  /// - Parameter probability: between 0 and 1, both included; the ends give the infinities.
  public static func quantile(_ probability: Double) -> Double {
    precondition(
      probability >= 0 && probability <= 1, "a probability lies between 0 and 1, and \(probability) does not")
    let centred = probability - 0.5
    if abs(centred) <= 0.425 {
      let square = 0.180625 - centred * centred
      return centred * polynomial(centralNumerator, square) / polynomial(centralDenominator, square)
    }
    let tail = min(probability, 1 - probability)
    guard tail > 0 else { return centred < 0 ? -.infinity : .infinity }
    let depth = (-Double.log(tail)).squareRoot()
    let size =
      depth <= 5
      ? polynomial(middleNumerator, depth - 1.6) / polynomial(middleDenominator, depth - 1.6)
      : polynomial(farNumerator, depth - 5) / polynomial(farDenominator, depth - 5)
    return centred < 0 ? -size : size
  }

  /// How many standard errors a two-sided interval of this level reaches to either side.
  static func reach(ofLevel level: Double) -> Double {
    precondition(level > 0 && level < 1, "the level of an interval lies between 0 and 1, and \(level) does not")
    return quantile(0.5 + level / 2)
  }

  /// The polynomial with these coefficients, the constant first.
  private static func polynomial(_ coefficients: [Double], _ x: Double) -> Double {
    coefficients.reversed().reduce(0) { $0 * x + $1 }
  }

  private static let centralNumerator = [
    3.387_132_872_796_366_6, 133.141_667_891_784_38, 1_971.590_950_306_551_3, 13_731.693_765_509_461,
    45_921.953_931_549_87, 67_265.770_927_008_70, 33_430.575_583_588_13, 2_509.080_928_730_122_7,
  ]
  private static let centralDenominator = [
    1, 42.313_330_701_600_91, 687.187_007_492_057_9, 5_394.196_021_424_751, 21_213.794_301_586_597,
    39_307.895_800_092_71, 28_729.085_735_721_943, 5_226.495_278_852_854,
  ]
  private static let middleNumerator = [
    1.423_437_110_749_683_5, 4.630_337_846_156_546, 5.769_497_221_460_691, 3.647_848_324_763_204_5,
    1.270_458_252_452_368_4, 0.241_780_725_177_450_6, 0.022_723_844_989_269_184, 7.745_450_142_783_414e-4,
  ]
  private static let middleDenominator = [
    1, 2.053_191_626_637_759, 1.676_384_830_183_803_8, 0.689_767_334_985_100, 0.148_103_976_427_480_08,
    0.015_198_666_563_616_457, 5.475_938_084_995_345e-4, 1.050_750_071_644_416_9e-9,
  ]
  private static let farNumerator = [
    6.657_904_643_501_103, 5.463_784_911_164_114, 1.784_826_539_917_291_3, 0.296_560_571_828_504_87,
    0.026_532_189_526_576_124, 0.001_242_660_947_388_078_4, 2.711_555_568_743_487_6e-5, 2.010_334_399_292_288_1e-7,
  ]
  private static let farDenominator = [
    1, 0.599_832_206_555_888, 0.136_929_880_922_735_8, 0.014_875_361_290_850_615, 7.868_691_311_456_133e-4,
    1.846_318_317_510_054_8e-5, 1.421_511_758_316_446e-7, 2.044_263_103_389_939_8e-15,
  ]
}
