import EventSimulation
import PacketFormats

/// Sends every IPv4 packet back to its sender with as many hops as a new one, and counts it.
struct Turner: Node, ~Copyable {
  var received = 0

  mutating func receive(_ frame: consuming Frame, at port: PortID, in network: inout Network) {
    received += 1
    network.frames.withBytes(of: frame) { bytes in
      let base = EthernetHeader.byteCount
      let transport = base + IPv4Header.byteCount
      guard let header = try? IPv4Header(parsing: bytes.bytes, at: base) else { return }
      IPv4Header(
        totalLength: header.totalLength, protocol: header.protocol, source: header.destination,
        destination: header.source
      ).write(to: &bytes, at: base)
      let source = bytes[UDPHeader.Layout.sourcePort, at: transport]
      bytes[UDPHeader.Layout.sourcePort, at: transport] =
        bytes[UDPHeader.Layout.destinationPort, at: transport]
      bytes[UDPHeader.Layout.destinationPort, at: transport] = source
    }
    network.send(frame, from: port)
  }
}
