/// What a web server answers (RFC 9112, section 4).
public struct HTTPResponse: Hashable, Sendable {
  /// What the server sends behind the headers.
  public enum Body: Hashable, Sendable {
    case none
    case text(String)
    /// So many characters of base64 in turn (RFC 4648, section 4): text without a line break or a colon.
    case pattern(byteCount: Int)
  }

  /// Three digits, such as 200.
  public var status: Int
  /// Besides `Content-Length`, which the server adds.
  public var headers: [HTTPHeader]
  public var body: Body

  public init(status: Int, headers: [HTTPHeader] = [], body: Body = .none) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The body's length, in bytes.
  var bodyByteCount: Int {
    switch body {
    case .none: 0
    case .text(let text): text.utf8.count
    case .pattern(let byteCount): max(0, byteCount)
    }
  }

  /// The head as it is sent.
  func head(closes: Bool) -> [UInt8] {
    var text = "HTTP/1.1 \(status) \(reason)\r\nContent-Length: \(bodyByteCount)\r\n"
    for header in headers where header.isSendable {
      text += "\(header.name): \(header.value)\r\n"
    }
    if closes { text += "Connection: close\r\n" }
    return Array((text + "\r\n").utf8)
  }

  /// What a status means, in a few words (RFC 9110, section 15).
  private var reason: String {
    switch status {
    case 200: "OK"
    case 204: "No Content"
    case 301: "Moved Permanently"
    case 302: "Found"
    case 304: "Not Modified"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 500: "Internal Server Error"
    case 503: "Service Unavailable"
    default: "Status"
    }
  }
}
