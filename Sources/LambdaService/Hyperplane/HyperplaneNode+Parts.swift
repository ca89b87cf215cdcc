package import EventSimulation
package import PacketFormats
package import VirtualNetwork

/// Who is on either side of Hyperplane.
extension HyperplaneNode {
  /// Where the packets of one execution environment go.
  struct Environment {
    /// The shared interface on which it begins flows.
    var sharedInterface: Int
    let worker: Int
    let slotLinkLayerAddress: MACAddress
    /// Whether it may still have flows on other interfaces, which keep them.
    var hasFormerInterfaces = false

    init(sharedInterface: Int, worker: Int, slotLinkLayerAddress: MACAddress) {
      self.sharedInterface = sharedInterface
      self.worker = worker
      self.slotLinkLayerAddress = slotLinkLayerAddress
    }
  }

  /// What decides which interface an environment has; apart from what every packet reads.
  struct Placement {
    let group: Int
    /// A number that stands for the environment.
    let identity: UInt64
    /// Interfaces that it had before and may still have flows on.
    var formerInterfaces: [Int] = []

    init(group: Int, identity: UInt64) {
      self.group = group
      self.identity = identity
    }
  }

  /// A Hyperplane ENI seen from this side of it: what the translator's packets look like outside.
  package struct SharedInterface {
    /// The interface in its VPC.
    package var index: InterfaceIndex
    package var vpc: Int
    package var linkLayerAddress: MACAddress
    /// The gateway of its subnet.
    package var gatewayLinkLayerAddress: MACAddress
    package var networkIdentifier: UInt32

    package init(
      index: InterfaceIndex, vpc: Int, linkLayerAddress: MACAddress,
      gatewayLinkLayerAddress: MACAddress, networkIdentifier: UInt32
    ) {
      self.index = index
      self.vpc = vpc
      self.linkLayerAddress = linkLayerAddress
      self.gatewayLinkLayerAddress = gatewayLinkLayerAddress
      self.networkIdentifier = networkIdentifier
    }
  }

  /// Who looks after a shared interface; apart from what every packet reads.
  package struct Duty {
    /// The number of the group it belongs to.
    package var group: Int
    /// The number of the hand of Tops its customer was dealt, in ``TopFleet``.
    package var ring: Int
    package var cell: Int
    /// The pairs of Flow Masters that keep its flows: as many as its translator has state nodes.
    package var pairs: [Int]
    /// What the random ports of its translator derive from.
    package var seed: UInt64
    /// What it is called when it is made anew, counted from the first time on.
    package var identifier: @Sendable (_ ordinal: Int) -> String
    /// How often it has been made.
    var timesMade = 0

    package init(
      group: Int, ring: Int, cell: Int, pairs: [Int], seed: UInt64,
      identifier: @escaping @Sendable (_ ordinal: Int) -> String
    ) {
      self.group = group
      self.ring = ring
      self.cell = cell
      self.pairs = pairs
      self.seed = seed
      self.identifier = identifier
    }
  }

  package struct Worker {
    package var port: PortID
    package var address: IPv4Address
    package var linkLayerAddress: MACAddress

    package init(port: PortID, address: IPv4Address, linkLayerAddress: MACAddress) {
      self.port = port
      self.address = address
      self.linkLayerAddress = linkLayerAddress
    }
  }
}
