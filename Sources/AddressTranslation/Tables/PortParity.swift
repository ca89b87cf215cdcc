/// Which ports a search may find: RTP has even ones and RTCP odd ones (RFC 4787, section 4.2.2).
package enum PortParity: Sendable, CaseIterable {
  case either
  case even
  case odd

  /// The parity of `port`.
  package init(of port: UInt16) {
    self = port % 2 == 0 ? .even : .odd
  }

  /// Whether a search for this parity may find `port`.
  func admits(_ port: UInt16) -> Bool { self == .either || self == PortParity(of: port) }

  /// The bits of a word of 64 ports, the first of them even, that stand for such ports.
  var mask: UInt64 {
    switch self {
    case .either: .max
    case .even: 0x5555_5555_5555_5555
    case .odd: 0xaaaa_aaaa_aaaa_aaaa
    }
  }
}
