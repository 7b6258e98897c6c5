import AsyncAlgorithms
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import ServiceLifecycle
import Touchlog
import TouchlogAdapters
import TouchlogStore

/// `GET /v1/events/live`: a feed of events as server-sent events (HTML Living Standard, section 9.2), those that are in
/// the log from a position on, and then each that is appended.
///
/// `id` is the position: after a lost connection a browser sends it as `Last-Event-ID`, and nothing is missed or comes
/// twice. A slow reader falls behind and catches up; nothing is kept for it.
struct LiveRoute: Sendable {
  let store: Store
  let threads: WorkThreads
  let looks: Looks
  let figures: ServiceFigures
  /// How often something is sent where nothing happens.
  let heartbeat: Duration

  static let mediaType = "text/event-stream"
  private static let lastEventID = HTTPField.Name("Last-Event-ID")

  /// What a feed has to write next.
  private enum News: Sendable {
    case batch(Subscription.Batch)
    case heartbeat
  }

  func answer(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let asked = try EventQuery(request.uri.queryParameters, of: context.admitted, isFollowing: true)
    try await looks.note(asked.query, by: context.admitted, at: "GET /v1/events/live?customer={reference}")
    var query = asked.query
    let store = store
    let head = try await threads.run { try store.head() }
    if let last = try LiveRoute.lastSeen(request.headers) {
      query.from = last.next
    } else {
      query.from = query.from ?? head
    }
    let subscription = try store.subscription(to: query)
    let (view, start) = (EventView(context.admitted.role), query.from ?? head)
    return Response(
      status: .ok, headers: [.contentType: LiveRoute.mediaType, .cacheControl: "no-store"],
      body: ResponseBody { [self] writer in
        figures.subscribed()
        defer { figures.unsubscribed() }
        let news = AsyncChannel<News>()
        try await withThrowingTaskGroup { group in
          group.addTask {
            for try await batch in subscription { await news.send(.batch(batch)) }
            news.finish()
          }
          group.addTask {
            while !Task.isCancelled {
              try await Task.sleep(for: heartbeat)
              await news.send(.heartbeat)
            }
          }
          // So that a client sees at once that it is connected.
          try await writer.write(ByteBuffer(string: ": from \(start.value)\n\n"))
          try await withGracefulShutdownHandler {
            try await LiveRoute.write(news, view: view, to: &writer, from: start)
          } onGracefulShutdown: {
            news.finish()
          }
          group.cancelAll()
        }
        try await writer.finish(nil)
      })
  }

  private static func write(
    _ news: AsyncChannel<News>, view: EventView, to writer: inout any ResponseBodyWriter, from start: Position,
  ) async throws {
    var seen = start
    for await next in news {
      switch next {
      case .batch(let batch):
        seen = batch.position
        guard !batch.events.isEmpty else { continue }
        var bytes: [UInt8] = []
        for event in batch.events {
          bytes += "id: \(event.position.value)\ndata: ".utf8
          bytes += CloudEvents.encodeLine(view.of(event))
          bytes += "\n\n".utf8
        }
        try await writer.write(ByteBuffer(bytes: bytes))
      case .heartbeat:
        // An id without data is no event, and is remembered all the same: a rare condition is not looked for twice.
        let id = seen.value > 0 ? "id: \(seen.value - 1)\n" : ""
        try await writer.write(ByteBuffer(string: ": seen \(seen.value)\n\(id)\n"))
      }
    }
  }

  private static func lastSeen(_ headers: HTTPFields) throws(Problem) -> Position? {
    guard let name = lastEventID, let text = headers[name], !text.isEmpty else { return nil }
    guard let position = UInt64(text), position < .max - 1 else {
      throw .invalid("Last-Event-ID", "expected a position such as 17, found \(AdapterError.shown(text))")
    }
    return Position(position)
  }
}
