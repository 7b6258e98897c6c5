import Touchlog

extension StringProtocol {
  /// Without anything that a terminal would obey: a reference is a customer's own words.
  var inert: String { ShownText.inert(self) }
}
