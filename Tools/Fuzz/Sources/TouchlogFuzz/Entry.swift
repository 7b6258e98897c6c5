import Foundation

/// The target that TOUCHLOG_FUZZ_TARGET names.
private let target: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["TOUCHLOG_FUZZ_TARGET"] ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    fatalError("TOUCHLOG_FUZZ_TARGET: expected one of \(names), found “\(name)”")
  }
  return target
}()

/// What libFuzzer calls before anything else: writes the target's good inputs where TOUCHLOG_FUZZ_SEEDS says.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>>>,
) -> CInt {
  guard let folder = ProcessInfo.processInfo.environment["TOUCHLOG_FUZZ_SEEDS"] else { return 0 }
  for (number, seed) in target.seeds.enumerated() {
    do {
      try Data(seed).write(to: URL(filePath: folder).appending(path: "seed-\(number)"))
    } catch {
      fatalError("the seeds cannot be written: \(error)")
    }
  }
  return 0
}

/// What libFuzzer calls with each input. A broken promise ends the process, so that libFuzzer keeps the input.
@_cdecl("LLVMFuzzerTestOneInput")
public func takeOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    try target.take(Array(UnsafeBufferPointer(start: bytes, count: count)))
  } catch {
    fatalError("\(error)")
  }
  return 0
}
