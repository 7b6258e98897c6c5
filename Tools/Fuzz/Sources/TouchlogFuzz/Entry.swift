import CLibFuzzer
import Foundation

/// Has libFuzzer look for inputs that break a promise of the target that TOUCHLOG_FUZZ_TARGET names.
@main
enum Entry {
  private static let target: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["TOUCHLOG_FUZZ_TARGET"] ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
      let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
      // Nobody catches here: `Tools/fuzz` names the target, and has checked it.
      fatalError("TOUCHLOG_FUZZ_TARGET: expected one of \(names), found “\(name)”")
    }
    return target
  }()

  /// Writes the target's good inputs where TOUCHLOG_FUZZ_SEEDS says, if it does, and starts libFuzzer.
  static func main() throws {
    if let folder = ProcessInfo.processInfo.environment["TOUCHLOG_FUZZ_SEEDS"] {
      for (number, seed) in target.seeds.enumerated() {
        try Data(seed).write(to: URL(filePath: folder).appending(path: "seed-\(number)"))
      }
    }
    var count = CommandLine.argc
    // libFuzzer takes the arguments as `main` has them, and keeps them; so they are copied, and never freed.
    let arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: Int(count) + 1)
    for (index, argument) in CommandLine.arguments.enumerated() { arguments[index] = strdup(argument) }
    arguments[Int(count)] = nil
    var optional: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = arguments
    exit(LLVMFuzzerRunDriver(&count, &optional, { bytes, count in Entry.take(bytes, count) }))
  }

  /// A broken promise ends the process, so that libFuzzer keeps the input.
  private static func take(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
      try target.take(Array(UnsafeBufferPointer(start: bytes, count: count)))
    } catch {
      // To end is how libFuzzer is told.
      fatalError("\(error)")
    }
    return 0
  }
}
