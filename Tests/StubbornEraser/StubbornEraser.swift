import Touchlog
import TouchlogStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Erases customers one by one, or reads a store over and over while another process does. For tests of faults.
///
///     StubbornEraser erase STORE KEY NUMBER…
///     StubbornEraser read STORE KEY OVER
///
/// Erasing prints a line for each customer who is erased. Reading keeps the store open until there is a file OVER, and
/// prints how often it has looked, and how many erased customers it has met. Both end with 1 where something is amiss.
@main
struct StubbornEraser {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 5 else {
      say("usage: StubbornEraser erase STORE KEY NUMBER… | read STORE KEY OVER")
      exit(64)
    }
    do {
      switch arguments[1] {
      case "erase": try await erase(arguments[4...].compactMap { UInt32($0) }, arguments[2], arguments[3])
      default: try read(arguments[2], arguments[3], until: arguments[4])
      }
    } catch {
      say("\(error)", to: 2)
      exit(1)
    }
  }

  private static func erase(_ numbers: [UInt32], _ path: String, _ keyPath: String) async throws {
    let store = try Store(opening: path, keyPath: keyPath, access: .appending)
    for number in numbers {
      let erasure = try await store.erase([CustomerNumber(number)], reason: "asked for it")
      // They are erased, and something is left to do for the next opening of the store.
      guard erasure.listFailure == nil, erasure.formerVaults.failure == nil else { exit(3) }
      say("\(number)")
    }
    store.stopAppending()
  }

  private static func read(_ path: String, _ keyPath: String, until over: String) throws {
    let store = try Store(opening: path, keyPath: keyPath, access: .reading)
    var erased: Set<CustomerNumber> = []
    var looks = 0
    var head = Position(0)
    var isOver = false
    while !isOver {
      // Once more after the end is told: what is there then is looked at, too.
      isOver = access(over, F_OK) == 0
      let now = try store.head()
      guard now >= head else { amiss("the log has become shorter") }
      head = now
      erased = try look(at: store, erased)
      looks += 1
      if looks % 5 == 0 {
        let verification = try store.verify()
        guard verification.damages.isEmpty else { amiss("\(verification.damages)") }
      }
    }
    say("\(looks) \(erased.count)")
  }

  /// Reads every event, and answers who is erased.
  private static func look(at store: Store, _ before: Set<CustomerNumber>) throws -> Set<CustomerNumber> {
    var erased: Set<CustomerNumber> = []
    var known: Set<CustomerNumber> = []
    try store.read(Query()) { opened in
      guard opened.isErased == (opened.customer == nil) else { amiss("\(opened.position) is erased by half") }
      if opened.isErased {
        erased.insert(opened.customerNumber)
        guard opened.event.data == nil else { amiss("\(opened.position) has data") }
      } else {
        known.insert(opened.customerNumber)
        guard opened.event.data != nil else { amiss("\(opened.position) has no data") }
      }
    }
    // A reading goes on in pages, and whoever is erased on the way is known before and erased after.
    guard before.isSubset(of: erased), before.isDisjoint(with: known) else { amiss("somebody has come back") }
    for number in before {
      guard try store.reference(of: number) == nil else { amiss("\(number) has a reference again") }
      guard try store.erasure(of: number) != nil else { amiss("\(number) was not erased after all") }
    }
    _ = try store.customers(matching: "e", limit: 10)
    _ = try store.anonymousCustomers()
    _ = try store.statistics()
    return erased
  }

  private static func amiss(_ what: String) -> Never {
    say("amiss: \(what)")
    exit(1)
  }

  /// At once, past any buffer.
  private static func say(_ line: String, to file: Int32 = 1) {
    let bytes = Array((line + "\n").utf8)
    _ = write(file, bytes, bytes.count)
  }
}
