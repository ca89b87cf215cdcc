import PacketFormats
import SimulatedTime
import TestSupport
import Testing
import VirtualNetwork

@Suite struct TrackedConnectionLimitTests {
  func makePlane(limit: Int) throws(VirtualNetworkError) -> DataPlane {
    var quotas = NetworkQuotas()
    quotas.trackedConnectionsPerInterface = limit
    var network = try VirtualPrivateCloud(
      name: "shop", blocks: [prefix(10, 0, 0, 0, 16)], seed: 7, quotas: quotas)
    let subnet = try network.addSubnet(name: "a", cidr: prefix(10, 0, 1, 0, 24), zone: "z")
    let group = try network.addSecurityGroup(name: "g")
    _ = try network.addInterface(name: "eni", in: subnet, securityGroups: [group])
    _ = try network.addInterface(name: "far", in: subnet, securityGroups: [group])
    return DataPlane(network)
  }

  func key(_ port: UInt16, _ number: IPProtocol = .tcp) -> FlowKey {
    FlowKey(
      number, source: IPv4Address(10, 0, 1, 4), sourcePort: port,
      destination: IPv4Address(10, 0, 1, 5), destinationPort: 443)
  }

  let eni = InterfaceIndex(rawValue: 0)

  @Test func `A full table refuses new connections and keeps the old ones`() throws {
    var plane = try makePlane(limit: 3)
    for port in 1...3 as ClosedRange<UInt16> {
      #expect(plane.egress(key(port), flags: .syn, from: eni, now: .start).verdict == .accept)
    }
    for _ in 0..<2 {
      let refused = plane.egress(key(4), flags: .syn, from: eni, now: .start)
      #expect(refused.verdict == .reject)
      #expect(plane.decision(refused.decision).reasons.map(\.code) == [.trackingAllowanceExceeded])
    }
    #expect(plane.egress(key(2), flags: .ack, from: eni, now: .start).verdict == .accept)
    // Connections that have not come about end after 60 s, and make room.
    #expect(plane.egress(key(4), flags: .syn, from: eni, now: seconds(59)).verdict == .reject)
    #expect(plane.egress(key(4), flags: .syn, from: eni, now: seconds(61)).verdict == .accept)
    let isTracked = plane.tracks(key(4), at: eni, now: seconds(61))
    #expect(isTracked)
  }

  @Test func `The other interface has a table of its own`() throws {
    var plane = try makePlane(limit: 1)
    #expect(plane.egress(key(1), flags: .syn, from: eni, now: .start).verdict == .accept)
    let far = InterfaceIndex(rawValue: 1)
    let back = key(7).reversed
    #expect(plane.egress(back, flags: .syn, from: far, now: .start).verdict == .accept)
    #expect(plane.egress(key(2), flags: .syn, from: eni, now: .start).verdict == .reject)
  }

  @Test func `A connection begun again takes no more room`() throws {
    var plane = try makePlane(limit: 1)
    for _ in 0..<3 {
      #expect(plane.egress(key(1), flags: .syn, from: eni, now: .start).verdict == .accept)
      #expect(plane.egress(key(1), flags: .rst, from: eni, now: .start).verdict == .accept)
    }
    #expect(plane.egress(key(1, .udp), from: eni, now: .start).verdict == .reject)
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func `At no time more connections are tracked than allowed, and none is refused without need`(
    seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    let limit = 20
    var plane = try makePlane(limit: limit)
    var now: Int64 = 0
    var last: [UInt16: Int64] = [:]
    for _ in 0..<3_000 {
      now += .random(in: 0..<4_000_000_000, using: &random)
      let port = UInt16.random(in: 0..<60, using: &random)
      let verdict = plane.egress(
        key(port, .udp), from: eni, now: Instant(nanoseconds: now)
      ).verdict
      let live = last.filter { now - $0.value <= 30_000_000_000 }
      if verdict == .accept { last[port] = now }
      #expect(verdict == .reject || live[port] != nil || live.count < limit)
      // Room is looked for once a second.
      let settled = last.filter { now - $0.value <= 31_000_000_000 }
      #expect(verdict == .accept || settled.count >= limit)
    }
  }
}
