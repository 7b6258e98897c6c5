import HTTPTypes
import Hummingbird
import HummingbirdCore
import JSON
import NIOCore
import Touchlog
import TouchlogAdapters
import TouchlogStore

/// Why a request is refused, as RFC 9457 has it told ("Problem Details for HTTP APIs"): one JSON object that names the
/// event, the field and the cure.
struct Problem: Error {
  /// Which problem it is, for programs; with `Problem.prefix` before it the member `type`. Names never change.
  enum Kind: String {
    case unauthorized, forbidden, missing, invalid, conflict, precondition
    case tooLarge = "too-large"
    case mediaType = "media-type"
    case busy, unavailable, fault
  }

  static let mediaType = "application/problem+json"
  private static let prefix = "urn:touchlog:problem:"

  let status: HTTPResponse.Status
  let kind: Kind
  /// What was expected, what came, and what to do.
  let detail: String
  /// Which event of the request, from 0.
  var index: Int?
  /// Which line of the request, from 1.
  var line: Int?
  /// The attribute, or `data.` and the field.
  var field: String?
  /// What may stand there, in words.
  var expected: String?
  /// Where the event is that has the identity already.
  var stored: Position?
  /// The version that the stream has.
  var streamVersion: UInt32?
  /// How many events of a stream of lines are in the log all the same.
  var events: Int?
  /// What to do about it, where `detail` does not say.
  var cure: String?
  var headers: HTTPFields = [:]

  init(_ status: HTTPResponse.Status, _ kind: Kind, _ detail: String) {
    self.status = status
    self.kind = kind
    self.detail = detail
  }

  /// Something of the request that is not understood.
  static func invalid(_ field: String, _ detail: String) -> Problem {
    var problem = Problem(.badRequest, .invalid, "\(field): \(detail)")
    problem.field = field
    return problem
  }

  /// The object, as the writer's next value.
  func write(to writer: inout JSONWriter) {
    writer.object { object in
      func member(_ name: String, _ value: String?) {
        guard let value else { return }
        object.key(name)
        object.string(value)
      }
      func member(_ name: String, _ value: (some FixedWidthInteger)?) {
        guard let value else { return }
        object.key(name)
        object.integer(value)
      }
      member("type", Problem.prefix + kind.rawValue)
      member("title", status.reasonPhrase)
      member("status", status.code)
      member("detail", detail)
      member("index", index)
      member("line", line)
      member("field", field)
      member("expected", expected)
      member("stored", stored?.value)
      member("streamVersion", streamVersion)
      member("events", events)
      member("cure", cure)
    }
  }

  /// The object as bytes.
  var bytes: ByteBuffer {
    var writer = JSONWriter()
    write(to: &writer)
    return ByteBuffer(bytes: writer.bytes)
  }

  /// The answer to the request.
  var response: Response {
    var headers = headers
    headers[.contentType] = Problem.mediaType
    return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: bytes))
  }
}

extension Problem {
  /// What an error means to whoever made the request. What is nobody's business but the operator's stays in the log.
  init(explaining error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case let error as AppendError: self.init(error)
    case let error as AdapterError: self.init(error)
    case let error as EventError:
      self.init(.badRequest, .invalid, "\(error)")
      (field, expected) = (error.field, error.expected)
    case let error as StoreError: self.init(error)
    case is NIOTooManyBytesError:
      self.init(.contentTooLarge, .tooLarge, "the body is larger than this route takes")
      cure = "send the events in parts, or as lines with the media type \(EventForm.linesMediaType)"
    case let error as HTTPError where error.status == .notFound:
      self.init(.notFound, .missing, "there is nothing at this path for this method")
    case let error as any HTTPResponseError:
      self.init(error.status, .invalid, "the request is not understood")
    default:
      self.init(.internalServerError, .fault, "the service failed; its log tells how")
    }
  }

  private init(_ error: AppendError) {
    let text = "\(error)"
    switch error {
    case .invalid(let index, let cause):
      self.init(.badRequest, .invalid, text)
      (self.index, field, expected) = (index, cause.field, cause.expected)
      cure = "mend the field, and send the request again"
    case .conflict(let index, _, _, let stored, let field):
      self.init(.conflict, .conflict, text)
      (self.index, self.stored, self.field) = (index, stored, field)
    case .conflictWithinRequest(let index, _, _, _, let field):
      self.init(.conflict, .conflict, text)
      (self.index, self.field) = (index, field)
      cure = "an event never changes: give one of them an id of its own"
    case .unexpectedVersion(_, _, let found):
      self.init(.preconditionFailed, .precondition, text)
      streamVersion = found
    case .partlyStored: self.init(.preconditionFailed, .precondition, text)
    case .severalCustomers: self.init(.badRequest, .invalid, text)
    case .tooManyEvents: self.init(.contentTooLarge, .tooLarge, text)
    case .failed:
      self.init(.serviceUnavailable, .unavailable, "the log takes no events since a write failed; its log tells how")
      cure = "whoever runs the service mends the cause and starts it again; then send the request again"
    case .closed:
      self.init(.serviceUnavailable, .unavailable, "the service is stopping")
      cure = "send the request again; what is stored already is recognised"
      headers[.retryAfter] = "5"
    }
  }

  private init(_ error: AdapterError) {
    self.init(.badRequest, .invalid, "\(error)")
    (index, line) = (error.index, error.line)
    if case .event(let cause) = error.cause { (field, expected) = (cause.field, cause.expected) }
    cure = "mend the event, and send the request again"
  }

  private init(_ error: StoreError) {
    switch error {
    case .damaged:
      self.init(
        .internalServerError, .fault, "the log is damaged there; whoever runs the service runs: touchlog verify")
    default: self.init(.serviceUnavailable, .unavailable, "the log cannot be used; the service's log tells why")
    }
  }
}
