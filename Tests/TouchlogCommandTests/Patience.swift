import Foundation

/// Looks again and again whether something has come about that comes at once where all is well; gives up after a minute.
///
/// - Returns: whether it has.
func comesAbout(lookingEvery microseconds: UInt32 = 2000, _ condition: () throws -> Bool) rethrows -> Bool {
  for _ in 0..<(60_000_000 / microseconds) {
    if try condition() { return true }
    usleep(microseconds)
  }
  return false
}
