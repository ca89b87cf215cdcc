package import EventSimulation
package import PacketFormats

/// One end of the tunnels between workers and Hyperplane.
///
/// The header is that of Linux's Geneve device: outer IPv4, UDP to port 6081 from a port that
/// hashes the flow, no UDP checksum, no options, an Ethernet frame inside (A-02, assumed; that
/// the tunnel is Geneve and the VNI stands for the customer's VPC was disclosed in 2026).
package struct GeneveTunnel {
  /// What the tunnel puts in front of a frame, in bytes.
  package static let overhead =
    EthernetHeader.byteCount + IPv4Header.byteCount + UDPHeader.byteCount + GeneveHeader.byteCount
  private static let ipv4Offset = EthernetHeader.byteCount
  private static let udpOffset = ipv4Offset + IPv4Header.byteCount
  private static let geneveOffset = udpOffset + UDPHeader.byteCount

  package var localLinkLayerAddress: MACAddress
  package var local: IPv4Address

  package init(local: IPv4Address, localLinkLayerAddress: MACAddress) {
    self.local = local
    self.localLinkLayerAddress = localLinkLayerAddress
  }

  /// Puts `frame` into a tunnel to `remote`.
  ///
  /// - Parameters:
  ///   - frame: An Ethernet frame.
  ///   - remote: The other end.
  ///   - remoteLinkLayerAddress: Where to send it on this network.
  ///   - networkIdentifier: The VNI: which customer VPC the frame is for.
  ///   - entropy: A hash of the flow, from which the outer source port is made (RFC 8926,
  ///     section 3.3), so that routers spread flows.
  ///   - frames: The pool.
  package func encapsulate(
    _ frame: inout Frame, to remote: IPv4Address, at remoteLinkLayerAddress: MACAddress,
    networkIdentifier: UInt32, entropy: UInt32, in frames: inout FramePool
  ) {
    let innerByteCount = frame.byteCount
    frames.prepend(Self.overhead, to: &frame)
    let ethernet = EthernetHeader(
      destination: remoteLinkLayerAddress, source: localLinkLayerAddress, etherType: .ipv4)
    let ip = IPv4Header(
      totalLength: UInt16(
        innerByteCount + Self.overhead - EthernetHeader.byteCount), protocol: .udp,
      source: local, destination: remote)
    let udp = UDPHeader(
      sourcePort: 49_152 | UInt16(truncatingIfNeeded: entropy & 0x3fff),
      destinationPort: UDPHeader.Port.geneve,
      payloadByteCount: innerByteCount + GeneveHeader.byteCount)
    let geneve = GeneveHeader(virtualNetworkIdentifier: networkIdentifier)
    frames.withBytes(of: frame) { bytes in
      ethernet.write(to: &bytes, at: 0)
      ip.write(to: &bytes, at: Self.ipv4Offset)
      udp.write(to: &bytes, at: Self.udpOffset, checksum: 0)
      geneve.write(to: &bytes, at: Self.geneveOffset)
    }
  }

  /// What came out of a tunnel.
  package struct Arrival {
    package var networkIdentifier: UInt32
    /// The other end.
    package var remote: IPv4Address
  }

  /// Takes the tunnel's headers off `frame`.
  ///
  /// - Returns: `nil` if it is no Geneve packet with an Ethernet frame inside for this end; it is
  ///   then unchanged.
  package func decapsulate(_ frame: inout Frame, in frames: inout FramePool) -> Arrival? {
    let local = self.local
    let arrival: Arrival? = frames.withContents(of: frame) { bytes in
      guard bytes.byteCount >= Self.overhead + EthernetHeader.byteCount,
        bytes[EthernetHeader.Layout.etherType, at: 0] == EthernetHeader.EtherType.ipv4.rawValue,
        bytes[IPv4Header.Layout.versionAndHeaderLength, at: Self.ipv4Offset] == 0x45,
        bytes[IPv4Header.Layout.protocol, at: Self.ipv4Offset] == IPProtocol.udp.rawValue,
        bytes[IPv4Header.Layout.destination, at: Self.ipv4Offset] == local.rawValue,
        bytes[UDPHeader.Layout.destinationPort, at: Self.udpOffset] == UDPHeader.Port.geneve,
        bytes[GeneveHeader.Layout.versionAndOptionLength, at: Self.geneveOffset] == 0,
        bytes[GeneveHeader.Layout.protocolType, at: Self.geneveOffset]
          == EthernetHeader.EtherType.transparentEthernetBridging.rawValue
      else { return nil }
      return Arrival(
        networkIdentifier: bytes[
          GeneveHeader.Layout.virtualNetworkIdentifierAndReserved, at: Self.geneveOffset] >> 8,
        remote: IPv4Address(rawValue: bytes[IPv4Header.Layout.source, at: Self.ipv4Offset]))
    }
    if arrival != nil { frames.removeFirst(Self.overhead, of: &frame) }
    return arrival
  }

  /// Changes the VNI of a frame that is in a tunnel.
  ///
  /// This is what the worker's eBPF program does on egress since 2026 (lambda-vpc §4.2).
  static func setNetworkIdentifier(
    _ identifier: UInt32, of frame: borrowing Frame, in frames: inout FramePool
  ) {
    frames.withBytes(of: frame) { bytes in
      bytes[
        GeneveHeader.Layout.virtualNetworkIdentifierAndReserved, at: Self.geneveOffset] =
        identifier << 8
    }
  }
}
