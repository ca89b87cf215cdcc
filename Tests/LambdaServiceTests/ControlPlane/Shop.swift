import EventSimulation
import LambdaService
import PacketFormats
import SimulatedTime
import VirtualNetwork

/// An account with two VPCs, and the calls that tests make of its control planes.
struct Shop {
  static let seed: UInt64 = 7

  var plane: ControlPlane
  let network: VirtualPrivateCloud
  let other: VirtualPrivateCloud

  /// A VPC `shop` with subnets `a` and `b` (251 addresses each), `tiny` (11) and groups `orders` and
  /// `billing`; a VPC `other` with a subnet and a group.
  init(
    _ settings: ControlPlaneSettings = ControlPlaneSettings(), hasDedicatedTenancy: Bool = false,
    dualStack: [String] = []
  ) throws {
    var network = try VirtualPrivateCloud(
      name: "shop", blocks: [IPv4Prefix("10.0.0.0/16")], seed: Self.seed)
    for (name, cidr, zone) in [
      ("a", "10.0.1.0/24", "use1-az1"), ("b", "10.0.2.0/24", "use1-az2"),
      ("tiny", "10.0.3.0/28", "use1-az1"),
    ] {
      _ = try network.addSubnet(name: name, cidr: IPv4Prefix(cidr), zone: zone)
    }
    for group in ["orders", "billing", "g3", "g4", "g5", "g6"] {
      _ = try network.addSecurityGroup(name: group)
    }
    var other = try VirtualPrivateCloud(
      name: "other", blocks: [IPv4Prefix("10.1.0.0/16")], seed: Self.seed)
    _ = try other.addSubnet(name: "a", cidr: IPv4Prefix("10.1.1.0/24"), zone: "use1-az1")
    _ = try other.addSecurityGroup(name: "orders")
    plane = ControlPlane(
      settings: settings, account: AccountIdentifier(owner: "shop", seed: Self.seed),
      seed: Self.seed)
    self.network = network
    self.other = other
    plane.addVPC(
      network, hasDedicatedTenancy: hasDedicatedTenancy, dualStackSubnets: dualStack.map(subnet))
    plane.addVPC(other)
  }

  func subnet(_ name: String) -> ResourceIdentifier {
    network.subnets.first { $0.name == name }?.identifier
      ?? ResourceIdentifier(rawValue: "subnet-\(name)")
  }

  func group(_ name: String) -> ResourceIdentifier {
    network.securityGroups.first { $0.name == name }?.identifier
      ?? ResourceIdentifier(rawValue: "sg-\(name)")
  }

  func vpc(
    _ subnets: [String] = ["a"], _ groups: [String] = ["orders"], dualStack: Bool = false
  ) -> VPCConfiguration {
    VPCConfiguration(
      subnets: subnets.map(subnet), securityGroups: groups.map(group),
      ipv6AllowedForDualStack: dualStack)
  }

  func function(
    _ name: String = "orders", _ vpc: VPCConfiguration? = nil, era: NetworkingEra = .hyperplane,
    role: Principal = .executionRole("lambda"), memory: Int = 512, reserved: Int? = nil
  ) -> FunctionConfiguration {
    FunctionConfiguration(
      name: name, memory: memory, role: role, vpc: vpc ?? self.vpc(),
      reservedConcurrency: reserved, era: era)
  }

  /// Takes time to `time`, stopping wherever something is due.
  mutating func run(to time: Instant) {
    while let due = plane.nextDue, due <= time { plane.advance(to: due) }
    plane.advance(to: time)
  }

  /// Network interfaces that exist.
  var living: [InterfaceRecord] { plane.networkInterfaces.filter { $0.status != .gone } }
}

func seconds(_ count: Int64) -> Instant { Instant(nanoseconds: count * 1_000_000_000) }

func days(_ count: Int64) -> Instant { seconds(count * 86_400) }

extension [Occurrence] {
  /// The calls of an API among them.
  func calls(_ name: String) -> [TrailRecord] {
    compactMap { occurrence in
      guard case .call(let record) = occurrence.kind, record.name == name else { return nil }
      return record
    }
  }

  /// The states that a function was in, in order, with repetitions left out.
  func states(of name: String) -> [FunctionState] {
    var states: [FunctionState] = []
    for case .function(_, let function) in map(\.kind)
    where function.name == name && function.version == "$LATEST" && states.last != function.state {
      states.append(function.state)
    }
    return states
  }

  /// The statuses that the interfaces of a name were in, in order.
  func statuses(of name: String) -> [InterfaceRecord.Status] {
    compactMap { occurrence in
      guard case .networkInterface(let interface) = occurrence.kind, interface.name == name
      else { return nil }
      return interface.status
    }
  }

  /// Environments that have got an interface, and when.
  var attached: [(environment: Int, time: Instant)] {
    compactMap { occurrence in
      guard case .attached(let environment, _) = occurrence.kind else { return nil }
      return (environment, occurrence.time)
    }
  }

  /// Environments that have got none, and why.
  var failures: [(environment: Int, error: InvokeError)] {
    compactMap { occurrence in
      guard case .notAttached(let environment, let error) = occurrence.kind else { return nil }
      return (environment, error)
    }
  }
}
