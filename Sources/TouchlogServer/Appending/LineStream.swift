import HTTPTypes
import Hummingbird
import HummingbirdCore
import JSON
import Logging
import NIOCore
import ServiceLifecycle
import Touchlog
import TouchlogStore

/// A request that brings lines of events, of any number, and the receipts that answer it while it goes on.
///
/// After each commit a line says how many lines and events are in the log: from there an adapter goes on that lost its
/// connection. The last line has `"end": true`, or the problem that ended the stream; what came before it is in the log.
/// Where the first commit fails, the problem is the whole answer, with its status.
///
/// Who sends lines reads the receipts meanwhile: while nobody reads them, and the connection is full of them, nothing more
/// is taken.
// Sendable because one task at a time steps it: first the request's, then the one that writes the answer's body.
final class LineStream: @unchecked Sendable {
  private let preparing: EventPreparing
  private let route: AppendRoute
  private let pipe = BodyPipe()
  private let reader: Task<Void, Never>
  private var rest: [UInt8] = []
  private var progress = Progress()

  /// How far a stream has come; each is a line of the answer.
  struct Progress {
    /// Lines that were read, up to and with the last one whose event is in the log.
    var lines = 0
    /// Their events.
    var events = 0
    /// How many of them are new.
    var appended = 0
    /// How many events the log has.
    var head: Position?
    /// Whether nothing more comes.
    var isAtEnd = false
    /// Whether the service is stopping, which ended the stream.
    var isStopping = false
    /// What ended it.
    var problem: Problem?

    var line: ByteBuffer {
      var writer = JSONWriter()
      writer.object { object in
        for (name, value) in [("lines", lines), ("events", events), ("appended", appended)] {
          object.key(name)
          object.integer(value)
        }
        object.key("duplicates")
        object.integer(events - appended)
        if let head {
          object.key("head")
          object.integer(head.value)
        }
        if isAtEnd {
          object.key("end")
          object.bool(true)
        }
        if isStopping {
          object.key("stopping")
          object.bool(true)
        }
        if let problem {
          object.key("problem")
          problem.write(to: &object)
        }
      }
      return ByteBuffer(bytes: writer.bytes + [UInt8(ascii: "\n")])
    }
  }

  /// Ends the connection, as more may come that nobody reads.
  private struct Unread: Error {}

  /// Room for what lies in the pipe, and for as much that is being appended.
  private static let room = 2 * BodyPipe.capacity

  deinit {
    // Here, as nobody may ever ask for the answer's body: the connection may be gone before.
    reader.cancel()
    route.gate.leave(bytes: LineStream.room)
  }

  private init(_ request: Request, preparing: EventPreparing, route: AppendRoute) {
    self.preparing = preparing
    self.route = route
    let pipe = pipe
    reader = Task {
      do {
        for try await buffer in request.body {
          guard await pipe.put(buffer) else { return }
        }
        pipe.finish()
      } catch {
        pipe.finish(throwing: error)
      }
    }
  }

  /// Reads the request up to its first commit, and answers with that and all that follow.
  static func answer(_ request: Request, preparing: EventPreparing, route: AppendRoute) async throws -> Response {
    try route.gate.enter(bytes: room)
    let stream = LineStream(request, preparing: preparing, route: route)
    let first = await stream.untilStopped { await stream.step() }
    let problem = first.events == 0 ? first.problem : nil
    let headers: HTTPFields = [.contentType: problem == nil ? EventForm.linesMediaType : Problem.mediaType]
    return Response(
      status: problem?.status ?? .ok, headers: headers.merging(problem?.headers),
      body: ResponseBody { writer in
        if let problem {
          try await writer.write(problem.bytes)
        } else {
          try await writer.write(first.line)
          var last = first
          while !last.isAtEnd, last.problem == nil {
            last = await stream.untilStopped { await stream.step() }
            try await writer.write(last.line)
          }
        }
        try await writer.finish(nil)
        try await stream.leaveNothingUnread()
      })
  }

  private func untilStopped(_ body: () async -> Progress) async -> Progress {
    let pipe = pipe
    return await withGracefulShutdownHandler(operation: body) { pipe.finish() }
  }

  /// Takes what has come, and appends the events of its whole lines.
  private func step() async -> Progress {
    while progress.problem == nil, !progress.isAtEnd {
      do {
        let bytes = try await pipe.take()
        if let bytes { rest.append(contentsOf: bytes) }
        let isStopping = Task.isShuttingDownGracefully
        // Of a stream that is cut off by the service's end, the last line may be half of one.
        let end =
          bytes == nil && !isStopping ? rest.count : (rest.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0)
        let lines = Array(rest[..<end])
        rest.removeFirst(end)
        progress.isAtEnd = bytes == nil
        progress.isStopping = progress.isAtEnd && isStopping
        if try await append(lines) { break }
        guard rest.count <= EventForm.eventBytes else { throw tooLong }
      } catch {
        progress.problem = told(error)
      }
    }
    return progress
  }

  private var tooLong: Problem {
    var problem = Problem(
      .contentTooLarge, .tooLarge,
      "line \(progress.lines + 1): expected \(EventForm.eventBytes) bytes at most, found more")
    problem.line = progress.lines + 1
    return problem
  }

  /// - Returns: whether something was appended.
  private func append(_ lines: [UInt8]) async throws -> Bool {
    guard !lines.isEmpty else { return false }
    let (preparing, before) = (preparing, progress)
    let prepared = try await route.threads.run {
      try preparing.prepare(lines: lines, linesBefore: before.lines, eventsBefore: before.events)
    }
    if let prepared {
      let receipt = try await route.append(prepared)
      progress.events += receipt.positions.count
      progress.appended += receipt.appended
      progress.head = receipt.head
    }
    progress.lines += lines.count { $0 == UInt8(ascii: "\n") } + (lines.last == UInt8(ascii: "\n") ? 0 : 1)
    return prepared != nil
  }

  private func told(_ error: any Error) -> Problem {
    var problem = Problem(explaining: (error as? AppendError)?.counted(after: progress.events) ?? error)
    problem.events = progress.events
    var metadata: Logger.Metadata = [
      "problem": "\(problem.kind.rawValue)", "status": "\(problem.status.code)", "events": "\(progress.events)",
    ]
    // What an event says is told to its sender, and not to the log.
    if problem.status.code >= 500 { metadata["error"] = "\(error)" }
    route.logger.log(
      level: problem.status.code >= 500 ? .error : .info, "stream of lines refused", metadata: metadata)
    return problem
  }

  /// Passes over what the sender is still sending, up to a limit: an answer that meets a closed connection may be lost.
  private func leaveNothingUnread() async throws {
    guard !progress.isStopping else { throw Unread() }
    var passed = 0
    while passed < 2 * BodyPipe.capacity {
      guard let bytes = try await pipe.take() else { return }
      passed += bytes.count
    }
    throw Unread()
  }
}

extension AppendError {
  /// The same, its events counted after so many others.
  fileprivate func counted(after events: Int) -> AppendError {
    switch self {
    case .invalid(let index, let error):
      .invalid(index: events + index, error)
    case .conflict(let index, let id, let source, let stored, let field):
      .conflict(index: events + index, id: id, source: source, stored: stored, field: field)
    case .conflictWithinRequest(let index, let earlier, let id, let source, let field):
      .conflictWithinRequest(index: events + index, earlier: events + earlier, id: id, source: source, field: field)
    case .unexpectedVersion, .severalCustomers, .partlyStored, .tooManyEvents, .failed, .closed: self
    }
  }
}

extension HTTPFields {
  /// These fields, and others.
  func merging(_ others: HTTPFields?) -> HTTPFields {
    var fields = self
    for field in others ?? [:] { fields.append(field) }
    return fields
  }
}
