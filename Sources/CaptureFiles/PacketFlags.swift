/// The flags word of a captured packet (`epb_flags`, draft-ietf-opsawg-pcapng, section 4.3.1).
///
/// Zero says nothing at all and is not written.
public struct PacketFlags: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Nothing is known.
  public static let none = PacketFlags(rawValue: 0)
  /// The interface received the packet.
  public static let inbound = PacketFlags(rawValue: 1)
  /// The interface sent the packet.
  public static let outbound = PacketFlags(rawValue: 2)

  /// Which way the packet went, in bits 0 and 1.
  public enum Direction: UInt32, Sendable {
    case unknown = 0
    case inbound = 1
    case outbound = 2
  }

  /// Which way the packet went; the reserved value 3 reads as unknown.
  public var direction: Direction {
    get { Direction(rawValue: rawValue & 0b11) ?? .unknown }
    set { rawValue = rawValue & ~0b11 | newValue.rawValue }
  }

  /// How the packet was addressed, in bits 2 to 4.
  public enum Reception: UInt32, Sendable {
    case unspecified = 0
    case unicast = 1
    case multicast = 2
    case broadcast = 3
    case promiscuous = 4
  }

  /// How the packet was addressed; reserved values read as unspecified.
  public var reception: Reception {
    get { Reception(rawValue: rawValue >> 2 & 0b111) ?? .unspecified }
    set { rawValue = rawValue & ~0b1_1100 | newValue.rawValue << 2 }
  }

  /// Length of the frame check sequence at the packet's end, in bytes; 0 when unknown (bits 5 to 8).
  public var frameCheckSequenceByteCount: Int {
    Int(rawValue >> 5 & 0xf)
  }
}
