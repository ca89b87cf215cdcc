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

  /// The bits that say how a connection comes and goes.
  static var decisive: ControlBits { ControlBits(rawValue: 0x17) }

  /// Whether a segment with these bits begins a connection: a SYN and neither ACK, FIN nor RST.
  var openConnection: Bool { intersection(.decisive) == .syn }
}
