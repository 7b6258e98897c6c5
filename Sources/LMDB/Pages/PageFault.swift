/// Something in an environment's file that is not as LMDB writes it.
package struct PageFault: Sendable, Equatable {
  /// The table whose tree it is in; nil where it concerns the file as a whole.
  package let table: String?
  /// Which keys may lie there, as far as the keys are integers and the pages above tell.
  package let keys: ClosedRange<UInt64>?
  /// The page, and what is wrong with it.
  package let what: String
}
