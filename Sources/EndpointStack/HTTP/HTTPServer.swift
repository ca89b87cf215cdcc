/// A web server: HTTP/1.1 over TCP, one answer after the other on a connection that stays open
/// (RFC 9112).
public struct HTTPServer: Sendable {
  /// The port that is registered for HTTP.
  public static let defaultPort: UInt16 = 80

  public var port: UInt16
  /// From the last byte of a question to the first of its answer.
  public var thinkTime: Duration
  /// The answer to a request.
  public var respond: @Sendable (HTTPRequest) -> HTTPResponse

  public init(
    port: UInt16 = HTTPServer.defaultPort, thinkTime: Duration = .zero,
    respond: @escaping @Sendable (HTTPRequest) -> HTTPResponse
  ) {
    self.port = port
    self.thinkTime = thinkTime
    self.respond = respond
  }

  /// A server that gives `N` bytes to whoever asks for `/bytes/N`, and a short text for `/`.
  public static func bytes(
    port: UInt16 = HTTPServer.defaultPort, thinkTime: Duration = .zero
  ) -> HTTPServer {
    HTTPServer(port: port, thinkTime: thinkTime) { request in
      guard request.method == "GET" || request.method == "HEAD" else {
        return HTTPResponse(status: 405, headers: [HTTPHeader("Allow", "GET, HEAD")])
      }
      if request.path == "/" { return HTTPResponse(status: 200, body: .text("hello\n")) }
      let prefix = "/bytes/"
      guard request.path.hasPrefix(prefix),
        let count = Int(request.path.dropFirst(prefix.count)), (0...longestBody).contains(count)
      else { return HTTPResponse(status: 404) }
      return HTTPResponse(status: 200, body: .pattern(byteCount: count))
    }
  }

  /// The longest body that ``bytes(port:thinkTime:)`` gives: 1 TiB, so that lengths can be added.
  private static var longestBody: Int { 1 << 40 }
}
