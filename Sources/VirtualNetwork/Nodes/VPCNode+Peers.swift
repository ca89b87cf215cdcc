public import EventSimulation
import PacketFormats

/// A VPC whose rules name a security group of this one.
struct GroupListener {
  var node: NodeID<VPCNode>
  /// The group here.
  var group: SecurityGroupIndex
  /// What the other VPC knows it by.
  var index: PeeredGroupIndex
}

/// Security groups that VPCs know of each other.
extension VPCNode {
  /// The kinds of tokens that say who is in a group of another VPC: in the top byte.
  static var memberKinds: ClosedRange<UInt64> { 3...4 }

  /// Has another VPC's node told when interfaces of a group come and go.
  ///
  /// IPv4 only: interfaces that come during a run have no other address.
  ///
  /// - Parameters:
  ///   - node: The other VPC's node.
  ///   - group: The group.
  ///   - index: What the other VPC knows it by.
  public mutating func tell(
    _ node: NodeID<VPCNode>, of group: SecurityGroupIndex, as index: PeeredGroupIndex
  ) {
    listeners.append(GroupListener(node: node, group: group, index: index))
  }

  /// Tells others that an interface has come or gone.
  mutating func announce(_ index: InterfaceIndex, isMember: Bool, _ network: inout Network) {
    for listener in listeners {
      let interface = dataPlane.network.interfaces[index.position]
      guard interface.securityGroups.contains(listener.group) else { continue }
      let kind = isMember ? Self.memberKinds.lowerBound : Self.memberKinds.upperBound
      let group = UInt64(listener.index.rawValue & 0xff_ffff)
      network.wake(
        listener.node, at: network.now,
        token: kind << 56 | group << 32 | UInt64(interface.address.rawValue))
    }
  }

  /// Takes note of who has come into a group of another VPC, or left it.
  mutating func noteMember(_ token: UInt64) {
    let group = PeeredGroupIndex(rawValue: UInt32(token >> 32 & 0xff_ffff))
    let address = IPAddress.v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: token)))
    var members = dataPlane.network.peeredGroups[group.position].members
    members.removeAll { $0 == address }
    if token >> 56 == Self.memberKinds.lowerBound { members.append(address) }
    do throws(VirtualNetworkError) {
      try dataPlane.update { vpc throws(VirtualNetworkError) in
        vpc.setMembers(of: group, members)
      }
    } catch {
      preconditionFailure("members of a group cannot be wrong: \(error)")
    }
  }
}
