import Foundation
import JSON
import Testing

/// What a server answered.
struct Reply: Sendable {
  let status: Int
  /// By lower-case name.
  let headers: [String: String]
  let body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }

  /// The body as JSON.
  var json: JSONValue {
    get throws { try JSONValue(parsing: text) }
  }

  /// The lines of the body as JSON.
  var lines: [JSONValue] {
    get throws { try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) } }
  }
}

extension JSONValue {
  /// A number, where it is one.
  var integer: Int? {
    guard case .number(let text) = self else { return nil }
    return Int(text)
  }

  /// A text, where it is one.
  var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The elements, where it is an array.
  var elements: [JSONValue] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }
}

/// A connection to a server on this machine, HTTP/1.1 over a socket that blocks, for a minute at most.
final class Connection {
  /// The server closed the connection, or was silent for a minute.
  struct Closed: Error {}

  private let socket: Int32
  private var buffer: [UInt8] = []

  init(port: Int) throws {
    #if canImport(Darwin)
      let stream = SOCK_STREAM
    #else
      let stream = Int32(SOCK_STREAM.rawValue)
    #endif
    socket = Foundation.socket(AF_INET, stream, 0)
    var minute = timeval(tv_sec: 60, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(socket, SOL_SOCKET, option, &minute, socklen_t(MemoryLayout<timeval>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if code != 0 { throw Closed() }
  }

  deinit { close(socket) }

  // MARK: Sending

  func write(_ text: String) throws { try write(Array(text.utf8)) }

  func write(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count <= 0 { throw Closed() }
      sent += count
    }
  }

  /// Sends a request whose length is known, or, without a body, one that has none.
  func request(_ method: String, _ path: String, _ headers: [String: String] = [:], body: String? = nil) throws {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if let body { head += "Content-Length: \(body.utf8.count)\r\n" }
    try write(head + "\r\n" + (body ?? ""))
  }

  /// Sends a piece of a request's body that goes on; an empty one ends it.
  func chunk(_ text: String) throws {
    try write(String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n")
  }

  // MARK: Receiving

  private func fill() throws {
    var piece = [UInt8](repeating: 0, count: 65_536)
    let count = recv(socket, &piece, piece.count, 0)
    if count <= 0 { throw Closed() }
    buffer += piece[..<count]
  }

  private func read(_ count: Int) throws -> [UInt8] {
    while buffer.count < count { try fill() }
    defer { buffer.removeFirst(count) }
    return Array(buffer[..<count])
  }

  /// The next line, without its end.
  func line() throws -> String {
    var from = 0
    while true {
      if let end = buffer[from...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { buffer.removeFirst(end + 1) }
        let line = buffer[..<end]
        return String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
      }
      from = buffer.count
      try fill()
    }
  }

  /// The status and the header fields of an answer.
  func head() throws -> (status: Int, headers: [String: String]) {
    let words = try line().split(separator: " ")
    guard words.count > 1, let status = Int(words[1]) else { throw Closed() }
    var headers: [String: String] = [:]
    while true {
      let line = try line()
      if line.isEmpty { return (status, headers) }
      guard let colon = line.firstIndex(of: ":") else { throw Closed() }
      headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
  }

  /// The next piece of an answer that goes on; nil at its end.
  func piece() throws -> [UInt8]? {
    guard let count = Int(try line(), radix: 16) else { throw Closed() }
    let piece = try read(count)
    _ = try line()
    return count == 0 ? nil : piece
  }

  /// A whole answer.
  func reply() throws -> Reply {
    let (status, headers) = try head()
    var body: [UInt8] = []
    if let length = headers["content-length"].flatMap({ Int($0) }) {
      body = try read(length)
    } else if headers["transfer-encoding"] == "chunked" {
      while let piece = try piece() { body += piece }
    }
    return Reply(status: status, headers: headers, body: body)
  }
}

/// Does something that blocks on a thread of its own: Swift's have to stay free for the service.
func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Swift.Result { try body() }) }
  }
}
