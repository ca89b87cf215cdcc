public import PacketFormats

/// A connection to a web server for one request, or the same several times (RFC 9112).
public struct HTTPFetch: Hashable, Sendable {
  public var server: IPAddress
  public var port: UInt16
  /// The name that the server is asked by, its address if it is empty.
  public var host: String
  public var path: String
  public var method: String
  /// Besides `Host`, `User-Agent` and `Accept`, which the client adds.
  public var headers: [HTTPHeader]
  /// How often it is asked, each time when the answer to the one before is complete.
  public var count: Int
  /// Whether a connection that an earlier exchange left open is used, and left open again, as the
  /// clients of AWS's SDKs do.
  public var isPooled: Bool
  /// When to give up, counted from the beginning; `nil` leaves that to TCP.
  public var timeLimit: Duration?

  public init(
    server: IPAddress, port: UInt16 = HTTPServer.defaultPort, host: String = "",
    path: String = "/", method: String = "GET", headers: [HTTPHeader] = [], count: Int = 1,
    isPooled: Bool = false, timeLimit: Duration? = nil
  ) {
    self.server = server
    self.port = port
    self.host = host
    self.path = path
    self.method = method
    self.headers = headers
    self.count = count
    self.isPooled = isPooled
    self.timeLimit = timeLimit
  }

  /// The request as it is sent, or `nil` if it cannot be said in HTTP.
  var request: HTTPRequest? {
    let name =
      if !host.isEmpty { host } else {
        switch server {
        case .v4(let address): "\(address)"
        case .v6(let address): "[\(address)]"
        }
      }
    let authority = port == HTTPServer.defaultPort ? name : "\(name):\(port)"
    let request = HTTPRequest(
      method: method, path: path,
      headers: [
        HTTPHeader("Host", authority), HTTPHeader("User-Agent", "lambdawire"),
        HTTPHeader("Accept", "*/*"),
      ] + headers)
    guard HTTPText.isToken(method), HTTPText.isTarget(path),
      request.headers.allSatisfy(\.isSendable)
    else { return nil }
    return request
  }
}
