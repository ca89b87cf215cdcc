import CaptureInspection

/// What an expectation says about one end of a flow: an address, with or without a port.
struct EndpointPattern {
  private let text: String

  /// - Parameter text: Such as `10.0.1.4`, `10.0.1.4:1024`, `2001:db8::1` or `[2001:db8::1]:1024`.
  init(_ text: String) {
    self.text = text
  }

  func matches(_ endpoint: Endpoint) -> Bool {
    text == "\(endpoint.address)" || text == "\(endpoint)"
  }

  /// Whether it fits an end as `PacketHeaders` writes it.
  func matches(_ written: String) -> Bool {
    if written == text { return true }
    guard let colon = written.lastIndex(of: ":") else { return false }
    let address = written[..<colon]
    return address == text || address == "[\(text)]"
  }
}

/// Whether an interface is the one of the environment: its label begins with the name.
func isInterface(_ label: String?, of environment: String) -> Bool {
  label == environment || label?.hasPrefix("\(environment): ") == true
}
