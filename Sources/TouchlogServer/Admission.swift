import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// What a request carries from route to route.
struct ServiceContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// Who makes the request: there wherever `Admission` let it pass.
  var caller: Caller?

  init(source: Source) {
    coreContext = CoreRequestContextStorage(source: source)
  }

  /// The caller, on a route behind `Admission`.
  var admitted: Caller {
    guard let caller else { preconditionFailure("a route that asks for its caller lies behind Admission") }
    return caller
  }
}

/// Lets pass who bears a token of a role that the route admits; all others are told so: 401 without a good token (RFC
/// 6750), 403 with one of another role.
struct Admission: RouterMiddleware {
  typealias Context = ServiceContext

  let callers: any CallerDirectory
  let roles: Set<Role>

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response,
  ) async throws -> Response {
    let caller = try caller(of: request)
    guard roles.contains(caller.role) else {
      let admitted = Role.allCases.filter { roles.contains($0) }.map(\.rawValue).joined(separator: ", ")
      throw Problem(
        .forbidden, .forbidden, "this route is for \(admitted), and the token is of \(caller.role.rawValue)")
    }
    var context = context
    context.caller = caller
    return try await next(request, context)
  }

  private func caller(of request: Request) throws -> Caller {
    guard let field = request.headers[.authorization] else {
      throw refusal("a token is needed, in the header: Authorization: Bearer TOKEN", challenge: "Bearer")
    }
    let parts = field.split(separator: " ")
    guard parts.count == 2, parts[0].lowercased() == "bearer" else {
      throw refusal("expected Authorization: Bearer TOKEN, found another scheme", challenge: "Bearer")
    }
    guard let caller = try known(String(parts[1])) else {
      throw refusal(
        "the token is unknown, revoked or expired. Ask whoever runs the service for another",
        challenge: #"Bearer error="invalid_token""#)
    }
    return caller
  }

  private func known(_ token: String) throws -> Caller? {
    do {
      return try callers.caller(bearing: token)
    } catch {
      throw Problem(.serviceUnavailable, .unavailable, "the service cannot look up tokens; its log tells why")
    }
  }

  private func refusal(_ detail: String, challenge: String) -> Problem {
    var problem = Problem(.unauthorized, .unauthorized, detail)
    problem.headers[.wwwAuthenticate] = challenge
    return problem
  }
}

/// Answers what goes wrong with problem documents, and logs each request: those that failed always, others when asked to.
struct Answering: RouterMiddleware {
  typealias Context = ServiceContext

  let logger: Logger

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response,
  ) async throws -> Response {
    var metadata: Logger.Metadata = [
      "method": "\(request.method.rawValue)", "path": "\(request.uri.path)",
    ]
    do {
      let response = try await next(request, context)
      metadata["status"] = "\(response.status.code)"
      logger.debug("request", metadata: metadata)
      return response
    } catch let error as CancellationError {
      throw error
    } catch {
      let problem = Problem(explaining: error)
      metadata["status"] = "\(problem.status.code)"
      if problem.status.code >= 500 {
        metadata["error"] = "\(error)"
        logger.error("request failed", metadata: metadata)
      } else {
        metadata["problem"] = "\(problem.kind.rawValue)"
        logger.info("request refused", metadata: metadata)
      }
      return problem.response
    }
  }
}
