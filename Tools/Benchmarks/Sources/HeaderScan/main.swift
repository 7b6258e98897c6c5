import Touchlog
import TouchlogStore

// Passes over all headers of a store, as the page `scan` does: what `allocations` runs under valgrind. A program of its
// own, without tasks: valgrind falls over the way in which an asynchronous program's first thread ends.
//
// Usage: touchlog-header-scan STORE KEY [--opening]
//
// With `--opening`, each event is opened, which allocates: so it shows that allocations are seen.

let arguments = CommandLine.arguments.dropFirst().filter { $0 != "--opening" }
guard arguments.count == 2 else {
  preconditionFailure("usage: touchlog-header-scan STORE KEY [--opening]; Tools/Benchmarks/allocations starts it")
}
let isOpening = CommandLine.arguments.contains("--opening")
var options = Store.Options()
// Valgrind has no room for a terabyte.
options.addressSpace = 1 << 33
let store = try Store(opening: arguments[0], keyPath: arguments[1], access: .reading, options: options)
let head = try store.head()
var found: UInt64 = 0
let query = isOpening ? Query() : Query(occurredFrom: Timestamp(microseconds: .max))
try store.read(query) { _ in found += 1 }
precondition(found == (isOpening ? head.value : 0), "all events are opened, and none happens at the end of time")
print(head.value)
