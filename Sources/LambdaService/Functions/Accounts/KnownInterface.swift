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
  /// Whether it is made when Hyperplane asks for it, and not for a function that is connected.
  package var isAdditional: Bool
  /// Where packets with its address are captured.
  package var points: [CapturePoint]
  /// Whether the VPC has it now, be it only its address for one that is made later.
  var isUp: Bool

  package init(
    owner: String, network: NodeID<VPCNode>, index: InterfaceIndex,
    shared: (node: NodeID<HyperplaneNode>, number: Int)?, isAdditional: Bool = false,
    points: [CapturePoint], isUp: Bool
  ) {
    self.owner = owner
    self.network = network
    self.index = index
    self.shared = shared
    self.isAdditional = isAdditional
    self.points = points
    self.isUp = isUp
  }
}
