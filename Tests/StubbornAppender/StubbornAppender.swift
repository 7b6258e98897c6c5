import LMDB
import Touchlog
import TouchlogStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Appends calls one by one, and does not give up when it is refused: what a store does after a failure shows only to
/// somebody who asks again. For tests of faults.
///
///     StubbornAppender STORE KEY COUNT [unsynced]
///
/// A line for each call: a receipt as of `touchlog append --receipts`, or `refused: ` and why. `unsynced` opens the store
/// without waiting for the disk, which the command does not offer.
@main
struct StubbornAppender {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard (4...5).contains(arguments.count), let count = Int(arguments[3]) else {
      say("usage: StubbornAppender STORE KEY COUNT [unsynced]")
      exit(64)
    }
    var options = Store.Options()
    if arguments.last == "unsynced" { options.durability = .unsynced }
    let store = try Store(opening: arguments[1], keyPath: arguments[2], access: .appending, options: options)
    for number in 0..<count {
      do {
        let receipt = try await store.append(try Calls.events(number..<number + 1), expecting: .any)
        say(#"{"contained":\#(number + 1),"head":\#(receipt.head.value)}"#)
      } catch {
        say("refused: \(error)")
      }
    }
    store.stopAppending()
  }

  /// At once, past any buffer: the line's place among the writes to the disk tells what was promised when.
  private static func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(1, bytes, bytes.count)
  }
}
