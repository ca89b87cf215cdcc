package import EventSimulation
package import VirtualNetwork

/// A network interface that a control plane may make or delete, and whom that concerns.
package struct KnownInterface {
  /// The function that it is made for.
  package var owner: String
  /// The VPC that it is in.
  package var network: NodeID<VPCNode>
  package var index: InterfaceIndex
  /// Its number in Hyperplane, if functions share it.
  package var shared: (node: NodeID<HyperplaneNode>, number: Int)?
  /// Where packets with its address are captured.
  package var points: [CapturePoint]
  /// Whether it is in the VPC now.
  var isUp: Bool

  package init(
    owner: String, network: NodeID<VPCNode>, index: InterfaceIndex,
    shared: (node: NodeID<HyperplaneNode>, number: Int)?, points: [CapturePoint], isUp: Bool
  ) {
    self.owner = owner
    self.network = network
    self.index = index
    self.shared = shared
    self.points = points
    self.isUp = isUp
  }
}
