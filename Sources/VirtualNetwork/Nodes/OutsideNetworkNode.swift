import AddressTranslation
public import EventSimulation
public import PacketFormats

/// A network outside all VPCs: the internet, a customer's own, or that of a service behind a gateway
/// endpoint.
///
/// Hosts and gateways hang on it, each on a link of its own, and see the same router at its end, which
/// answers for every address. The routers between gateways and hosts are real enough for traceroute
/// and path MTU discovery: each takes a hop, and the first refuses what is too long, or splits it if
/// it may.
public struct OutsideNetworkNode: Node, ~Copyable {
  /// A router, by its addresses.
  public struct Router: Hashable, Sendable {
    public var ipv4: IPv4Address
    public var ipv6: IPv6Address?

    public init(ipv4: IPv4Address, ipv6: IPv6Address? = nil) {
      self.ipv4 = ipv4
      self.ipv6 = ipv6
    }
  }

  /// What hangs on the network.
  private struct Member {
    var port: PortID
    var linkLayerAddress: MACAddress
    var point: CapturePoint
    /// Whether VPCs are behind it.
    var isGateway: Bool
  }

  public let name: String
  private let linkLayerAddress: MACAddress
  private let routers: [Router]
  private let limit: PathLimit
  private var members: [Member] = []
  /// Which member has an address; only ever asked for one.
  private var holders: [IPAddress: Int] = [:]
  /// Which member has a block of addresses, longest first.
  private var blocks: [(prefix: IPPrefix, member: Int)] = []
  private var answers = AnswerBuffer()

  /// A network without members.
  ///
  /// - Parameters:
  ///   - name: Where packets die that die here.
  ///   - linkLayerAddress: The Ethernet address of its routers.
  ///   - routers: The routers between gateways and hosts, the gateways' side first. None, and hops
  ///     are not counted.
  ///   - limit: How long packets may be.
  public init(
    name: String, linkLayerAddress: MACAddress, routers: [Router] = [],
    limit: PathLimit = PathLimit(mtu: 1500, tellsSender: true)
  ) {
    self.name = name
    self.linkLayerAddress = linkLayerAddress
    self.routers = routers
    self.limit = limit
  }

  /// What the port of the next member must be labelled.
  public var nextLabel: Int32 { Int32(members.count) }

  /// Attaches a host, to a port that is labelled ``nextLabel``.
  ///
  /// - Parameters:
  ///   - addresses: Its addresses; no other member has them.
  ///   - linkLayerAddress: Its Ethernet address.
  ///   - port: The way to it.
  ///   - point: Where its frames are captured.
  public mutating func attachHost(
    at addresses: [IPAddress], linkLayerAddress: MACAddress, to port: PortID,
    capturing point: CapturePoint = .none
  ) {
    for address in addresses { holders[address] = members.count }
    members.append(
      Member(port: port, linkLayerAddress: linkLayerAddress, point: point, isGateway: false))
  }

  /// Attaches a gateway with VPCs behind it, to a port that is labelled ``nextLabel``.
  ///
  /// - Parameters:
  ///   - prefixes: The addresses behind it.
  ///   - linkLayerAddress: Its Ethernet address.
  ///   - port: The way to it.
  public mutating func attachGateway(
    for prefixes: [IPPrefix], linkLayerAddress: MACAddress, to port: PortID
  ) {
    for prefix in prefixes {
      if prefix.length == prefix.family.addressBitCount {
        holders[prefix.address] = members.count
      } else {
        let place = blocks.firstIndex { $0.prefix.length < prefix.length } ?? blocks.endIndex
        blocks.insert((prefix, members.count), at: place)
      }
    }
    members.append(
      Member(port: port, linkLayerAddress: linkLayerAddress, point: .none, isGateway: true))
  }

  public mutating func receive(
    _ frame: consuming Frame, at port: PortID, in network: inout Network
  ) {
    let origin = Int(port.label)
    guard let packet = network.frames.withContents(of: frame, { FramePacket($0) }),
      packet.timeToLive != 255 || packet.protocol != .icmpv6 || packet.icmpType >> 1 != 67
    else {
      answerNeighbor(frame, origin, &network)
      return
    }
    network.capture(frame, at: members[origin].point, direction: .outbound)
    let holder = holders[packet.destination] ?? blockHolder(of: packet.destination)
    // A VPC may well send to one of its own public addresses, and gets the packet back.
    guard let holder, holder != origin || members[holder].isGateway else {
      drop(frame, packet, .noHost(packet.destination), &network)
      return
    }
    let path = path(from: origin, to: holder)
    guard path.count == 0 || Int(packet.timeToLive) > path.count else {
      let place = min(max(0, Int(packet.timeToLive) - 1), path.count - 1)
      refuse(
        frame, packet, .timeToLiveExceeded, .timeExceeded, from: path[place], to: origin, &network)
      return
    }
    network.frames.withBytes(of: frame) { bytes in
      packet.takeHops(path.count, in: &bytes)
      EthernetHeader.setSource(linkLayerAddress, in: &bytes)
      EthernetHeader.setDestination(members[holder].linkLayerAddress, in: &bytes)
    }
    guard packet.byteCount > limit.mtu else {
      deliver(frame, to: holder, &network)
      return
    }
    guard packet.mayBeFragmented else {
      let answer = ICMPAnswer.packetTooBig(mtu: UInt16(limit.mtu))
      let refusal = GatewayRefusal.tooBig(byteCount: packet.byteCount, mtu: limit.mtu)
      guard limit.tellsSender, let router = path.firstRouter else {
        drop(frame, packet, refusal, &network)
        return
      }
      refuse(frame, packet, refusal, answer, from: router, to: origin, &network)
      return
    }
    var fragments = Fragmentation(of: packet, mtu: limit.mtu)
    while let fragment = fragments.next(of: frame, &network, at: name) {
      deliver(fragment, to: holder, &network)
    }
    network.frames.discard(frame)
  }

  /// The routers between two members, in the order in which a packet meets them.
  ///
  /// Between members of one kind lies only the router at their side.
  private func path(from origin: Int, to holder: Int) -> RouterPath {
    let count = routers.count
    switch (members[origin].isGateway, members[holder].isGateway) {
    case (true, false): return RouterPath(first: 0, step: 1, count: count)
    case (false, true): return RouterPath(first: count - 1, step: -1, count: count)
    case (true, true): return RouterPath(first: 0, step: 1, count: min(1, count))
    case (false, false): return RouterPath(first: count - 1, step: 1, count: min(1, count))
    }
  }

  /// Numbers of routers, one after the other.
  private struct RouterPath {
    var first: Int
    var step: Int
    var count: Int
    subscript(place: Int) -> Int { self.first + place * step }
    var firstRouter: Int? { count > 0 ? self.first : nil }
  }

  private func blockHolder(of address: IPAddress) -> Int? {
    for block in blocks where block.prefix.contains(address) { return block.member }
    return nil
  }

  private mutating func deliver(
    _ frame: consuming Frame, to member: Int, _ network: inout Network
  ) {
    network.capture(frame, at: members[member].point, direction: .inbound)
    network.send(frame, from: members[member].port)
  }

  private mutating func answerNeighbor(
    _ frame: consuming Frame, _ origin: Int, _ network: inout Network
  ) {
    let point = members[origin].point
    network.capture(frame, at: point, direction: .outbound)
    guard let question = network.frames.withContents(of: frame, { NeighborQuestion($0) }) else {
      network.drop(
        frame, at: name, code: "UNREADABLE_FRAME", detail: "no IP packet", flow: "")
      return
    }
    let asker = network.frames.withContents(of: frame) { NeighborQuestion.asker($0) }
    network.frames.discard(frame)
    let made = question.makeAnswer(
      linkLayerAddress, isRouter: true, to: asker, &network, at: name)
    guard let answer = made else { return }
    network.capture(answer, at: point, direction: .inbound)
    network.send(answer, from: members[origin].port)
  }

  /// Ends a packet and tells its sender.
  private mutating func refuse(
    _ frame: consuming Frame, _ packet: FramePacket, _ refusal: GatewayRefusal,
    _ answer: ICMPAnswer, from router: Int, to origin: Int, _ network: inout Network
  ) {
    let address: IPAddress? =
      packet.source.family == .v4
      ? .v4(routers[router].ipv4) : routers[router].ipv6.map { .v6($0) }
    var made: Frame?
    if let address {
      let header = EthernetHeader(
        destination: members[origin].linkLayerAddress, source: linkLayerAddress, etherType: .ipv4)
      made = answers.makeAnswer(
        answer, to: frame, from: address, under: header, at: name, &network)
    }
    drop(frame, packet, refusal, &network)
    if let answer = made { deliver(answer, to: origin, &network) }
  }

  private mutating func drop(
    _ frame: consuming Frame, _ packet: FramePacket, _ refusal: GatewayRefusal,
    _ network: inout Network
  ) {
    network.drop(
      frame, at: name, code: refusal.code.rawValue, detail: refusal.sentence,
      flow: packet.description)
  }
}
