import EventSimulation

/// The capture points of a partition, by where they are, whether they are written or not.
struct TapPoints {
  /// One to an environment.
  var guests: [CapturePoint] = []
  /// One to a worker.
  var slots: [CapturePoint] = []
  var tunnels: [CapturePoint] = []
  var hyperplaneIn = CapturePoint.none
  var hyperplaneOut = CapturePoint.none
  /// One to an interface of each VPC.
  var interfaces: [[CapturePoint]] = []
  /// One to a VPC.
  var resolvers: [CapturePoint] = []
  /// Two to a NAT gateway: inside, then outside.
  var natGateways: [CapturePoint] = []
  /// One to a gateway, to a peering connection, to a transit gateway.
  var gateways: [CapturePoint] = []
  /// One to a host outside all VPCs.
  var outsideHosts: [CapturePoint] = []
}

extension TapPoints {
  /// All points, in the order of ``TapLayout/places``.
  var all: [CapturePoint] {
    guests + slots + tunnels + [hyperplaneIn, hyperplaneOut].filter { $0 != .none }
      + interfaces.flatMap(\.self) + resolvers + natGateways + gateways + outsideHosts
  }
}
