/// Which way a packet crosses a network interface.
public enum TrafficDirection: UInt8, Hashable, Sendable, CaseIterable {
  /// Into the interface, towards its host.
  case ingress
  /// Out of the interface, into the VPC.
  case egress

  var opposite: Self { self == .ingress ? .egress : .ingress }
}

extension TrafficDirection: CustomStringConvertible {
  public var description: String { self == .ingress ? "ingress" : "egress" }
}
