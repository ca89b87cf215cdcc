/// What a client asks a web server for (RFC 9112, section 3).
public struct HTTPRequest: Hashable, Sendable {
  /// Such as `GET`.
  public var method: String
  /// The target, such as `/latest/meta-data/`.
  public var path: String
  public var headers: [HTTPHeader]

  public init(method: String = "GET", path: String = "/", headers: [HTTPHeader] = []) {
    self.method = method
    self.path = path
    self.headers = headers
  }

  /// The value of the first header called `name`, whatever its case.
  public func value(of name: String) -> String? { headers.value(of: name) }

  /// The request as it is sent.
  var encoded: [UInt8] {
    var text = "\(method) \(path) HTTP/1.1\r\n"
    for header in headers { text += "\(header.name): \(header.value)\r\n" }
    return Array((text + "\r\n").utf8)
  }
}
