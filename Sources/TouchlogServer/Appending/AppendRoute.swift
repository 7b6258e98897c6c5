import HTTPTypes
import Hummingbird
import HummingbirdCore
import JSON
import Logging
import NIOCore
import Touchlog
import TouchlogStore

/// `POST /v1/events`: takes events in all forms, and answers once they are on disk.
struct AppendRoute: Sendable {
  let store: Store
  let gate: AppendGate
  let threads: WorkThreads
  let figures: ServiceFigures
  let logger: Logger

  func answer(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let form = try EventForm(request.headers)
    let expectation = try Expectation(request.headers)
    let preparing = EventPreparing(store: store, caller: context.admitted)
    guard let maximumBytes = form.maximumBytes else {
      guard expectation == .any else {
        throw Problem.invalid("If-Match", "an expected version is about one commit, and lines are many: send a batch")
      }
      return try await LineStream.answer(request, preparing: preparing, route: self)
    }
    let announced = request.headers[.contentLength].flatMap { Int($0) }
    guard announced ?? 0 <= maximumBytes else { throw NIOTooManyBytesError(maxBytes: maximumBytes) }
    let room = announced ?? maximumBytes
    try gate.enter(bytes: room)
    defer { gate.leave(bytes: room) }
    let body = try await request.body.collect(upTo: maximumBytes)
    let prepared = try await prepare(body, form: form, headers: request.headers, preparing)
    let receipt = try await append(prepared, expecting: expectation)
    return AppendRoute.response(receipt)
  }

  /// What is over in a moment is done on the spot, what takes longer by a thread that nobody else waits for.
  private func prepare(
    _ body: ByteBuffer, form: EventForm, headers: HTTPFields, _ preparing: EventPreparing,
  ) async throws -> PreparedEvents {
    let work: @Sendable () throws -> PreparedEvents = {
      let bytes = Array(body.readableBytesView)
      let text = form == .binary ? try BinaryEvent.structured(headers, body: bytes.span) : bytes
      return try preparing.prepare(text, form: form)
    }
    return body.readableBytes <= AppendRoute.promptBytes ? try work() : try await threads.run(work)
  }

  private static let promptBytes = 16 << 10

  /// Appends, and counts what came of it.
  func append(_ prepared: PreparedEvents, expecting expectation: Expectation = .any) async throws -> Receipt {
    let begun = ContinuousClock.now
    do {
      let receipt = try await store.append(prepared, expecting: expectation)
      figures.appended(receipt, in: ContinuousClock.now - begun)
      return receipt
    } catch {
      figures.refused()
      throw error
    }
  }

  /// The receipt; the entity tag is the stream's version, to be expected by the next append.
  private static func response(_ receipt: Receipt) -> Response {
    var writer = JSONWriter()
    writer.object { object in
      object.key("positions")
      object.array { array in
        for position in receipt.positions { array.integer(position.value) }
      }
      object.key("appended")
      object.integer(receipt.appended)
      object.key("duplicates")
      object.integer(receipt.duplicates)
      if let version = receipt.streamVersion {
        object.key("streamVersion")
        object.integer(version)
      }
      object.key("head")
      object.integer(receipt.head.value)
      object.key("durability")
      object.string(receipt.durability.rawValue)
    }
    var headers: HTTPFields = [.contentType: "application/json"]
    if let version = receipt.streamVersion { headers[.eTag] = "\"\(version)\"" }
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: writer.bytes)))
  }
}
