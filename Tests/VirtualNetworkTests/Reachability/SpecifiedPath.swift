import PacketFormats
import VirtualNetwork

/// The path of a packet by the rules of lambda-vpc §7 and the guides, told as plainly as possible: one VPC
/// after the other, each packet judged from scratch by ``SpecifiedDataPlane``.
struct SpecifiedPath {
  let networks: [VirtualPrivateCloud]
  let peers: [[GatewayIndex: (vpc: Int, gateway: GatewayIndex)]]
  let internet: IPv4Address
  var planes: [SpecifiedDataPlane] = [SpecifiedDataPlane(), SpecifiedDataPlane()]
  /// What a NAT gateway let out: its VPC, who sent it, and to whom.
  var translations: [(vpc: Int, inside: IPv4Address, remote: IPv4Address)] = []

  enum Place: Equatable {
    case host(Int, InterfaceIndex)
    case internet
  }

  struct Packet {
    var number: IPProtocol
    var source: IPv4Address
    var destination: IPv4Address
    var sourcePort: UInt16
    var destinationPort: UInt16
    var isFirst = true

    var key: FlowKey {
      FlowKey(
        number, source: source, sourcePort: sourcePort, destination: destination,
        destinationPort: destinationPort)
    }

    var answer: Packet {
      let back = key.reversed
      return Packet(
        number: number, source: destination, destination: source, sourcePort: back.sourcePort,
        destinationPort: back.destinationPort, isFirst: false)
    }
  }

  /// Whether the packet arrives, and whether its answer does.
  mutating func judge(_ packet: Packet, from start: Place) -> (arrives: Bool, isAnswered: Bool) {
    var packet = packet
    let (sender, receiver) = (packet.source, packet.destination)
    guard let end = carry(&packet, from: start) else { return (false, false) }
    var answer = packet.answer
    guard let back = carry(&answer, from: end) else { return (true, false) }
    guard back == start, answer.destination == sender else { return (true, false) }
    // The sender knows no flow with whoever else the answer says it is from.
    return (true, start == .internet || answer.source == receiver)
  }

  private mutating func carry(_ packet: inout Packet, from start: Place) -> Place? {
    switch start {
    case .host(let vpc, let index): leave(&packet, vpc, index, hops: 20)
    case .internet: cross(&packet, hops: 20)
    }
  }

  private mutating func ask(
    _ packet: Packet, _ vpc: Int, _ index: InterfaceIndex, _ direction: TrafficDirection,
    _ subnet: SubnetIndex?
  ) -> (PathVerdict, NextHop) {
    let flags: TCPHeader.Flags = packet.isFirst ? .syn : [.syn, .ack]
    return planes[vpc].judge(
      .init(key: packet.key, source: .v4(packet.source), destination: .v4(packet.destination)),
      direction, packet.number == .tcp ? flags : [], index, from: subnet, 0, networks[vpc])
  }

  private mutating func leave(
    _ packet: inout Packet, _ vpc: Int, _ index: InterfaceIndex, hops: Int
  ) -> Place? {
    let (verdict, hop) = ask(packet, vpc, index, .egress, nil)
    guard verdict == .accept, hops > 0 else { return nil }
    switch hop {
    case .none, .service: return nil
    case .interface(let next):
      let subnet = networks[vpc].interfaces[Int(index.rawValue)].subnet
      return enter(&packet, vpc, next, subnet, hops: hops - 1)
    case .gateway(let gateway):
      if let peer = peers[vpc][gateway] {
        // Only between the two VPCs, and only with their own addresses.
        guard networks[vpc].contains(packet.source), networks[peer.vpc].contains(packet.destination)
        else { return nil }
        return arrive(&packet, peer.vpc, hops: hops - 1)
      }
      let sender = networks[vpc].interfaces.first {
        $0.allAddresses.contains(.v4(packet.source))
      }
      guard let address = sender?.publicAddress(of: packet.source),
        packet.destination.rawValue >> 24 != 10
      else { return nil }
      packet.source = address
      return cross(&packet, hops: hops - 1)
    }
  }

  private mutating func enter(
    _ packet: inout Packet, _ vpc: Int, _ index: InterfaceIndex, _ subnet: SubnetIndex?, hops: Int
  ) -> Place? {
    guard ask(packet, vpc, index, .ingress, subnet).0 == .accept else { return nil }
    let interface = networks[vpc].interfaces[Int(index.rawValue)]
    if interface.type == .natGateway {
      if packet.destination == interface.address {
        let (remote, place) = (packet.source, vpc)
        guard let known = translations.last(where: { $0.vpc == place && $0.remote == remote })
        else { return nil }
        packet.destination = known.inside
      } else {
        translations.append((vpc, packet.source, packet.destination))
        packet.source = interface.address
      }
      return leave(&packet, vpc, index, hops: hops)
    }
    guard packet.destination == interface.address else { return nil }
    return interface.type == .lambda && packet.isFirst ? nil : .host(vpc, index)
  }

  private mutating func arrive(_ packet: inout Packet, _ vpc: Int, hops: Int) -> Place? {
    guard !networks[vpc].contains(packet.source) else { return nil }
    guard let index = networks[vpc].interface(at: packet.destination) else { return nil }
    return enter(&packet, vpc, index, nil, hops: hops)
  }

  private mutating func cross(_ packet: inout Packet, hops: Int) -> Place? {
    if packet.destination == internet { return .internet }
    for (vpc, network) in networks.enumerated() {
      guard let owner = network.association(of: packet.destination) else { continue }
      guard network.gateways.contains(where: { $0.kind == .internet }),
        packet.source.rawValue >> 24 != 10
      else { return nil }
      packet.destination = owner.privateAddress
      return arrive(&packet, vpc, hops: hops)
    }
    return nil
  }
}
