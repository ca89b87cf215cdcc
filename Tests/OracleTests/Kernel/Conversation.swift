import AddressTranslation
import PacketFormats
import Testing

/// A TCP connection whose two ends agree, to be sent through both translators segment by segment.
final class Conversation {
  let flow: Flow
  private let pair: SideBySide
  private var inside: UInt32 = 1000
  private var outside: UInt32 = 0xffff_f000

  init(
    _ pair: SideBySide, from inside: TransportAddress,
    to remote: TransportAddress = TransportAddress(KernelTests.x, 443)
  ) {
    self.pair = pair
    flow = Flow(protocol: .tcp, inside: inside, remote: remote)
  }

  /// Has both ends begin anew.
  func begin(outsideAt outside: UInt32, insideAt inside: UInt32) {
    (self.inside, self.outside) = (inside, outside)
  }

  func handshake(at location: SourceLocation = #_sourceLocation) throws {
    try out(.syn, expecting: .forwarded, at: location)
    try `in`([.syn, .ack], expecting: .forwarded, at: location)
    try out(.ack, expecting: .forwarded, at: location)
  }

  /// Sends a segment from inside.
  ///
  /// - Parameters:
  ///   - flags: Its control bits.
  ///   - byteCount: How much it carries.
  ///   - offset: How far it is from the sequence number that is due.
  ///   - again: Whether its SYN was sent before.
  ///   - timeToLive: How many hops it has left.
  ///   - fate: What the kernel must make of it.
  ///   - difference: What we make of it instead, knowingly.
  ///   - location: Where to complain.
  /// - Throws: ``KernelRouter/Failure``.
  func out(
    _ flags: TCPHeader.Flags, _ byteCount: Int = 0, offset: UInt32 = 0, again: Bool = false,
    timeToLive: UInt8 = 64, expecting fate: SideBySide.Fate? = nil,
    except difference: KnownDifference? = nil, at location: SourceLocation = #_sourceLocation
  ) throws {
    let left = try pair.outbound(
      segment(
        flow.inside, flow.remote, flags, byteCount, inside &+ offset &- (again ? 1 : 0), outside,
        timeToLive),
      expecting: fate, except: difference, at: location)
    if left != nil, offset == 0, !again { inside &+= length(flags, byteCount) }
  }

  /// Sends a segment from outside.
  func `in`(
    _ flags: TCPHeader.Flags, _ byteCount: Int = 0, offset: UInt32 = 0, again: Bool = false,
    timeToLive: UInt8 = 64, expecting fate: SideBySide.Fate? = nil,
    except difference: KnownDifference? = nil, at location: SourceLocation = #_sourceLocation
  ) throws {
    let port = pair.ports[flow] ?? Both(flow.inside.port)
    let left = try pair.inbound(
      port.map {
        segment(
          flow.remote, TransportAddress(KernelRouter.outside, $0), flags, byteCount,
          outside &+ offset &- (again ? 1 : 0), inside, timeToLive)
      }, expecting: fate, except: difference, at: location)
    if left != nil, offset == 0, !again { outside &+= length(flags, byteCount) }
  }

  private func segment(
    _ source: TransportAddress, _ destination: TransportAddress, _ flags: TCPHeader.Flags,
    _ byteCount: Int, _ sequence: UInt32, _ acknowledgment: UInt32, _ timeToLive: UInt8
  ) -> [UInt8] {
    RawPacket.tcp(
      source, destination, flags, sequence: sequence,
      acknowledgment: flags.contains(.ack) ? acknowledgment : 0,
      payload: [UInt8](repeating: 0x61, count: byteCount), timeToLive: timeToLive)
  }

  private func length(_ flags: TCPHeader.Flags, _ byteCount: Int) -> UInt32 {
    UInt32(byteCount) + (flags.contains(.syn) ? 1 : 0) + (flags.contains(.fin) ? 1 : 0)
  }
}
