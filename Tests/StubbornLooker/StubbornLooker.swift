import Touchlog
import TouchlogAccess

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Records looks, several at once, until it is killed or has recorded so many. For tests of faults.
///
///     StubbornLooker STORE FIRST COUNT
///
/// The customers are FIRST, FIRST + 1 …; the number of each is printed once its look is recorded.
@main
struct StubbornLooker {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let first = UInt32(arguments[2]), let count = UInt32(arguments[3]) else {
      say("usage: StubbornLooker STORE FIRST COUNT")
      exit(64)
    }
    let record = try AccessRecord(ofStoreAt: arguments[1])
    let atOnce: UInt32 = 8
    try await withThrowingTaskGroup { group in
      for lane in 0..<atOnce {
        group.addTask {
          for number in stride(from: first + lane, to: first + count, by: Int(atOnce)) {
            try await record.note(
              tokenID: "stubborn", tokenName: "Åsa \"stubborn\" Lind", customer: CustomerNumber(number),
              at: Timestamp(microseconds: 1_740_820_500_000_000 + Int64(number)), what: "GET /v1/looks")
            say("\(number)")
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// At once, past any buffer.
  private static func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(1, bytes, bytes.count)
  }
}
