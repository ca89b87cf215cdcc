public import PacketFormats

/// Who asks whom, over what.
public struct ReachQuery: Hashable, Sendable {
  /// A host, an interface by name or identifier, a function, an address, or `internet`.
  public var from: String
  public var to: String
  public var `protocol`: IPProtocol
  /// `nil` for that of the first service of the destination that fits.
  public var destinationPort: UInt16?
  /// The version of IP, if the ends leave it open.
  public var family: IPFamily?

  /// Whether packets of the protocol have ports.
  public var hasPorts: Bool { self.protocol == .tcp || self.protocol == .udp }

  /// Names of protocols (IANA, "Protocol Numbers").
  private static let names: [(name: String, value: IPProtocol)] = [
    ("icmp", .icmp), ("igmp", IPProtocol(rawValue: 2)), ("tcp", .tcp), ("udp", .udp),
    ("gre", IPProtocol(rawValue: 47)), ("esp", IPProtocol(rawValue: 50)),
    ("ah", IPProtocol(rawValue: 51)), ("icmpv6", .icmpv6), ("sctp", IPProtocol(rawValue: 132)),
  ]

  /// A question about the first packet of a flow.
  ///
  /// - Parameters:
  ///   - from: Who sends.
  ///   - to: Who is to receive it; a port may follow behind a colon.
  ///   - text: What follows the IP header, by name or number.
  ///   - port: The destination port, if `to` has none.
  ///   - prefersIPv6: Whether it is about IPv6 where the ends leave it open.
  /// - Throws: ``ModelError/unanswerable(_:)`` if the protocol is none, or has no ports and one is given.
  public init(
    from: String, to: String, protocol text: String = "tcp", port: UInt16? = nil,
    prefersIPv6: Bool = false
  ) throws(ModelError) {
    guard let number = Self.number(of: text) else {
      throw .unanswerable(
        "found the protocol `\(text)`, expected a number from 0 to 255 or one of "
          + Self.names.map(\.name).joined(separator: ", "))
    }
    self.protocol = number
    self.from = from
    family = prefersIPv6 ? .v6 : nil
    let (name, ownPort) = Self.split(to)
    self.to = name
    destinationPort = ownPort ?? port
    if destinationPort != nil, !hasPorts {
      throw .unanswerable("found a port, expected none: \(text) has no ports")
    }
  }

  static func name(of number: IPProtocol) -> String {
    names.first { $0.value == number }?.name ?? "\(number.rawValue)"
  }

  private static func number(of text: String) -> IPProtocol? {
    if let named = names.first(where: { $0.name == text.lowercased() }) { return named.value }
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt8(text)
    else { return nil }
    return IPProtocol(rawValue: number)
  }

  /// A destination and the port behind it; the colons of an IPv6 address are none of that kind, unless
  /// it stands in brackets (RFC 5952, section 6).
  private static func split(_ text: String) -> (String, UInt16?) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
    else { return (text.trimmingBrackets, nil) }
    let name = String(text[..<colon])
    if name.hasPrefix("["), name.hasSuffix("]") { return (name.trimmingBrackets, port) }
    return name.contains(":") ? (text, nil) : (name, port)
  }
}

extension String {
  fileprivate var trimmingBrackets: String {
    hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
  }
}
