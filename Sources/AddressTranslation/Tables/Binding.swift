/// One inside end's hold on one outside port, for all the flows that share it (RFC 6146,
/// section 3.1, "binding information base").
struct Binding: SlabRecord {
  /// The inside end, and as much of the remote end as the mapping depends on.
  var insideKey: FlowKey
  var outsideAddress: UInt32
  var outsidePort: UInt16
  /// Flows that use the binding; it ends with the last of them.
  var flowCount: UInt32 = 0
  var nextFree: UInt32 = 0

  /// Stands in a flow for the number of a binding when a fixed mapping decided its outside end.
  static var fixed: UInt32 { .max }

  static let blank = Binding(
    insideKey: .blank, outsideAddress: 0,
    outsidePort: 0)

  /// The outside end, with the part of the remote end that `insideKey` has if ports are shared.
  func outsideKey(sharingPorts: Bool) -> FlowKey {
    FlowKey(
      protocolNumber: insideKey.protocolNumber, localAddress: outsideAddress,
      localPort: outsidePort, remoteAddress: sharingPorts ? insideKey.remoteAddress : 0,
      remotePort: sharingPorts ? insideKey.remotePort : 0)
  }
}
