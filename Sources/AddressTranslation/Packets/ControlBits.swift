/// TCP's control bits, as far as a translator looks at them (RFC 9293, section 3.1).
///
/// PacketFormats declares them too; ``HeaderLayout`` says why they are here again.
package struct ControlBits: OptionSet {
  package var rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  package static var fin: ControlBits { ControlBits(rawValue: 0x01) }
  package static var syn: ControlBits { ControlBits(rawValue: 0x02) }
  package static var rst: ControlBits { ControlBits(rawValue: 0x04) }
  package static var ack: ControlBits { ControlBits(rawValue: 0x10) }
  package static var urg: ControlBits { ControlBits(rawValue: 0x20) }

  /// The bits that say how a connection comes and goes.
  static var decisive: ControlBits { ControlBits(rawValue: 0x17) }

  /// Whether a segment with these bits begins a connection: a SYN and neither ACK, FIN nor RST.
  var openConnection: Bool { intersection(.decisive) == .syn }

  /// Whether a TCP sends these bits together: SYN, RST and FIN never with one another, and FIN and
  /// URG only with what is acknowledged or, for URG, with a SYN (RFC 9293, section 3.10; the same
  /// that Linux's connection tracking takes).
  package var isSensible: Bool {
    switch intersection(.decisive) {
    case .syn, .ack, [.fin, .ack]: true
    case [.syn, .ack], .rst, [.rst, .ack]: !contains(.urg)
    default: false
    }
  }
}
