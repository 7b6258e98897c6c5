import HTTPTypes
import Synchronization

/// How much may be on its way into the log at once: beyond that, whoever comes is told to come again, and memory stays
/// bounded.
final class AppendGate: Sendable {
  /// Requests, and the bytes of their bodies.
  private struct Load {
    var requests = 0
    var bytes = 0
  }

  private let requestsMaximum: Int
  private let bytesMaximum: Int
  private let load = Mutex(Load())

  init(requests: Int, bytes: Int) {
    requestsMaximum = requests
    bytesMaximum = bytes
  }

  /// How many requests are within.
  var requests: Int { load.withLock { $0.requests } }

  /// Lets a request in, which is counted until `leave`.
  ///
  /// - Throws: `Problem`, 503, where there is no room.
  func enter(bytes: Int) throws(Problem) {
    let isIn = load.withLock { load in
      // A request that is larger than all the room goes in alone.
      guard load.requests < requestsMaximum, load.requests == 0 || load.bytes + bytes <= bytesMaximum else {
        return false
      }
      load.requests += 1
      load.bytes += bytes
      return true
    }
    guard isIn else {
      var problem = Problem(.serviceUnavailable, .busy, "more is coming in than the disk takes")
      problem.cure = "send the request again in a second; what is stored already is recognised"
      problem.headers[.retryAfter] = "1"
      throw problem
    }
  }

  func leave(bytes: Int) {
    load.withLock { load in
      load.requests -= 1
      load.bytes -= bytes
    }
  }
}
