import Synchronization
public import Touchlog

/// A clock that stands still until somebody moves it, forward or back.
public final class ManualClock: Sendable {
  private let time: Mutex<Timestamp>

  /// A clock that shows a time.
  public init(_ start: Timestamp = Samples.noon) {
    time = Mutex(start)
  }

  /// What it shows.
  public var now: Timestamp { time.withLock { $0 } }

  /// The clock as stores take it.
  public var reading: @Sendable () -> Timestamp { { self.now } }

  /// Sets it to a time.
  public func set(to time: Timestamp) {
    self.time.withLock { $0 = time }
  }

  /// Moves it by whole seconds, back where they are negative.
  public func move(seconds: Int64) {
    time.withLock { $0 = $0.adding(seconds: seconds) }
  }
}
