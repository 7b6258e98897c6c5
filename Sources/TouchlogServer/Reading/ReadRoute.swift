import HTTPTypes
import Hummingbird
import HummingbirdCore
import JSON
import NIOCore
import Touchlog
import TouchlogAdapters
import TouchlogStore

/// `GET /v1/events`: a page of events as one JSON object, or all that are asked for as lines, by `Accept`.
struct ReadRoute: Sendable {
  let store: Store
  let threads: WorkThreads
  let looks: Looks

  /// How many events a page has, unless told otherwise, and at most.
  static let pageEvents = 100
  static let pageEventsMaximum = 1000

  func answer(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let asked = try EventQuery(request.uri.queryParameters, of: context.admitted)
    try await looks.note(asked.query, by: context.admitted, at: "GET /v1/events?customer={reference}")
    let view = EventView(context.admitted.role)
    let accepted = request.headers[.accept].map { MediaTypeText($0.split(separator: ",").first.map(String.init) ?? "") }
    if accepted?.name == EventForm.linesMediaType { return try await lines(asked, view: view) }
    return try await page(asked, view: view, request)
  }

  // MARK: A page

  private func page(_ asked: EventQuery, view: EventView, _ request: Request) async throws -> Response {
    let limit = asked.limit ?? ReadRoute.pageEvents
    guard limit <= ReadRoute.pageEventsMaximum else {
      throw Problem.invalid(
        "limit", "expected \(ReadRoute.pageEventsMaximum) at most; more come with Accept: \(EventForm.linesMediaType)")
    }
    var query = asked.query
    // One more tells whether there is a next page.
    query.limit = limit + 1
    let (store, asks) = (store, query)
    let (events, head) = try await threads.run { (try store.events(asks), try store.head()) }
    var writer = JSONWriter()
    writer.object { object in
      object.key("events")
      object.array { array in
        for event in events.prefix(limit) { CloudEvents.write(view.of(event), to: &array) }
      }
      object.key("head")
      object.integer(head.value)
      if events.count > limit, let last = events.prefix(limit).last {
        object.key("next")
        object.string(ReadRoute.next(request.uri, after: last.position, order: query.order))
      }
    }
    return Response(
      status: .ok, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: writer.bytes)))
  }

  /// The same request, from where a page has ended.
  private static func next(_ uri: URI, after position: Position, order: Query.Order) -> String {
    let (name, value) = order == .forward ? ("from", position.value + 1) : ("until", position.value)
    let others = (uri.query ?? "").split(separator: "&").filter { !$0.hasPrefix(name + "=") }
    return uri.path + "?" + (others.map(String.init) + ["\(name)=\(value)"]).joined(separator: "&")
  }

  // MARK: Lines

  /// Events in one step of a stream of lines.
  private static let stepEvents = 1000

  private func lines(_ asked: EventQuery, view: EventView) async throws -> Response {
    var query = asked.query
    let (store, threads, limit) = (store, threads, asked.limit)
    // The end is settled at the start, so that the reading comes to one.
    let head = try await threads.run { try store.head() }
    query.until = min(query.until ?? head, head)
    let first = query
    return Response(
      status: .ok, headers: [.contentType: EventForm.linesMediaType],
      body: ResponseBody { writer in
        var query = first
        var rest = limit ?? .max
        while rest > 0 {
          query.limit = min(rest, ReadRoute.stepEvents)
          let asks = query
          let events = try await threads.run { try store.events(asks) }
          guard let last = events.last else { break }
          var bytes: [UInt8] = []
          for event in events {
            bytes += CloudEvents.encodeLine(view.of(event))
            bytes.append(UInt8(ascii: "\n"))
          }
          try await writer.write(ByteBuffer(bytes: bytes))
          rest -= events.count
          guard events.count == asks.limit else { break }
          switch query.order {
          case .forward: query.from = last.position.next
          case .backward: query.until = last.position
          }
        }
        try await writer.finish(nil)
      })
  }
}
