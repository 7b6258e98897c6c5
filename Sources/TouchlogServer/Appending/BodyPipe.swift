import NIOCore
import Synchronization

/// Between a body that arrives and a log that commits: what comes in while a commit is on its way is taken by the next one
/// together, so that a fast stream needs few commits, and a slow one waits for nobody.
///
/// One task puts, one takes. The one who puts waits while `capacity` bytes lie here.
final class BodyPipe: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var isFinished = false
    var failure: (any Error)?
    var taker: CheckedContinuation<Void, Never>?
    var putter: CheckedContinuation<Void, Never>?

    /// Whoever waits.
    mutating func wakeAll() -> [CheckedContinuation<Void, Never>] {
      defer { (taker, putter) = (nil, nil) }
      return [taker, putter].compactMap(\.self)
    }
  }

  /// About as many bytes as a commit takes.
  static let capacity = 4 << 20

  private let state = Mutex(State())

  /// Adds bytes, and waits until there is room for more; false when no more are wanted.
  func put(_ buffer: ByteBuffer) async -> Bool {
    let (taker, isFinished) = state.withLock { state in
      guard !state.isFinished else { return (nil as CheckedContinuation<Void, Never>?, true) }
      state.bytes.append(contentsOf: buffer.readableBytesView)
      defer { state.taker = nil }
      return (state.taker, false)
    }
    taker?.resume()
    guard !isFinished else { return false }
    await withCheckedContinuation { continuation in
      let isRoom = state.withLock { state in
        guard state.bytes.count >= BodyPipe.capacity, !state.isFinished else { return true }
        state.putter = continuation
        return false
      }
      if isRoom { continuation.resume() }
    }
    return state.withLock { !$0.isFinished }
  }

  /// Tells that nothing more comes; what lies here is still taken.
  func finish(throwing failure: (any Error)? = nil) {
    let waiting = state.withLock { state in
      if !state.isFinished { (state.isFinished, state.failure) = (true, failure) }
      return state.wakeAll()
    }
    for continuation in waiting { continuation.resume() }
  }

  /// Takes all that lies here, waiting for something; nil at the end.
  ///
  /// - Throws: what the pipe was finished with.
  func take() async throws -> [UInt8]? {
    await withCheckedContinuation { continuation in
      let isReady = state.withLock { state in
        guard state.bytes.isEmpty, !state.isFinished else { return true }
        state.taker = continuation
        return false
      }
      if isReady { continuation.resume() }
    }
    let (bytes, failure, putter) = state.withLock { state in
      defer { (state.bytes, state.putter) = ([], nil) }
      return (state.bytes, state.failure, state.putter)
    }
    putter?.resume()
    if !bytes.isEmpty { return bytes }
    if let failure { throw failure }
    return nil
  }
}
