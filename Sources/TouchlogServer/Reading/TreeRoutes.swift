import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import TouchlogProof
import TouchlogStore

/// `GET /checkpoint` and `GET /tile/…`: the log's Merkle tree, after C2SP tlog-tiles (https://c2sp.org/tlog-tiles).
struct TreeRoutes: Sendable {
  let store: Store
  let threads: WorkThreads
  /// What signs checkpoints; nil where there is none.
  let signingKey: SigningKey?

  func checkpoint(_ request: Request, _ context: ServiceContext) async throws -> Response {
    guard let signingKey else {
      var problem = Problem(.notFound, .missing, "this service has no key that signs checkpoints")
      problem.cure = "whoever runs it makes one with: touchlog checkpoint --new-key"
      throw problem
    }
    let store = store
    let text = try await threads.run {
      let checkpoint = try store.tree { tree in
        try Checkpoint(origin: signingKey.verifier.name, size: tree.size, root: tree.root)
      }
      return try signingKey.sign(checkpoint).encoded
    }
    return Response(
      status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-cache"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  func tile(_ request: Request, _ context: ServiceContext) async throws -> Response {
    let name = String(request.uri.path.drop { $0 == "/" })
    let store = store
    let bytes: [UInt8]?
    do {
      bytes = try await threads.run { try store.tile(named: name) }
    } catch let error as TilePathError {
      throw Problem(.notFound, .missing, "\(error)")
    }
    guard let bytes else { throw Problem(.notFound, .missing, "the tree has no such tile, or none so wide yet") }
    // What was answered once is answered for ever, narrow tiles too.
    return Response(
      status: .ok,
      headers: [.contentType: "application/octet-stream", .cacheControl: "private, max-age=31536000, immutable"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
