import LambdaService
import PacketFormats
import VirtualNetwork

/// What the ends of a path may be called.
struct ReachEnds {
  /// An end that was found.
  struct Found {
    var end: PathQuery.End
    /// The port of its first service, if it has one.
    var port: UInt16?
    /// Whether it is the interface of a function behind Hyperplane.
    var isLambda = false
  }

  enum Role {
    case source, destination
  }

  private let plans: [WorldPlan]
  private let scenario: Scenario
  private let cloud: CloudNetwork

  init(_ plans: [WorldPlan], _ scenario: Scenario, _ cloud: CloudNetwork) {
    self.plans = plans
    self.scenario = scenario
    self.cloud = cloud
  }

  /// Who is called `name`.
  ///
  /// - Throws: ``ModelError/unknownEndpoint(_:available:)``.
  func end(_ name: String, as role: Role) throws(ModelError) -> Found {
    if name == "internet" { return Found(end: .internet) }
    if let address = try? IPAddress(name) { return found(at: address) }
    if role == .source || !isHost(name), let function = function(name) { return function }
    if let interface = interface(name) { return interface }
    if let function = function(name) { return function }
    if let host = scenario.outsideHosts.first(where: { $0.name == name || $0.domainName == name }) {
      return Found(end: .address(.v4(host.address)), port: host.services.first?.port)
    }
    throw .unknownEndpoint(name, available: known)
  }

  private func found(at address: IPAddress) -> Found {
    for vpc in cloud.vpcs {
      guard let index = vpc.interface(at: address) else { continue }
      let interface = vpc.interfaces[Int(index.rawValue)]
      return Found(
        end: .address(address), port: port(of: interface.name, in: vpc.name),
        isLambda: interface.type == .lambda)
    }
    return Found(end: .address(address))
  }

  private func isHost(_ name: String) -> Bool {
    scenario.vpcs.contains { $0.host(named: name) != nil }
  }

  /// The first interface of a function, or that of an environment.
  private func function(_ name: String) -> Found? {
    var first = 0
    for plan in plans {
      defer { first += plan.vpcs.count }
      for function in plan.functions {
        let isEntry = function.isMeant(by: name)
        for number in function.environments
        where isEntry || plan.environments[number].name == name {
          let vpc = VPCIndex(rawValue: UInt32(first + function.vpc))
          switch plan.environments[number].attachment {
          case .slot(_, _, let shared):
            return Found(
              end: .interface(vpc, plan.sharedInterfaces[shared].index), isLambda: true)
          case .own(let index): return Found(end: .interface(vpc, index))
          }
        }
      }
    }
    return nil
  }

  /// An interface by its name, alone or behind that of its VPC, or by its identifier.
  private func interface(_ name: String) -> Found? {
    for (number, vpc) in cloud.vpcs.enumerated() {
      let own = name.hasPrefix("\(vpc.name)/") ? String(name.dropFirst(vpc.name.count + 1)) : name
      let place = vpc.interfaces.firstIndex {
        $0.exists && ($0.name == own || $0.identifier.rawValue == name)
      }
      guard let place else { continue }
      return Found(
        end: .interface(
          VPCIndex(rawValue: UInt32(number)), InterfaceIndex(rawValue: UInt32(place))),
        port: port(of: vpc.interfaces[place].name, in: vpc.name),
        isLambda: vpc.interfaces[place].type == .lambda)
    }
    // A host by its domain name.
    for vpc in scenario.vpcs {
      if let host = vpc.hosts.first(where: { $0.domainName == name }) {
        return interface("\(vpc.name)/\(host.name)")
      }
    }
    return nil
  }

  private func port(of interface: String, in vpc: String) -> UInt16? {
    guard let vpc = scenario.vpc(named: vpc) else { return nil }
    if let host = vpc.host(named: interface) { return host.services.first?.port }
    for gateway in vpc.gateways where interface.hasPrefix("\(gateway.name)/") {
      if case .interfaceEndpoint(let endpoint) = gateway.kind {
        return endpoint.services.first?.port
      }
    }
    return nil
  }

  private var known: [String] {
    let functions = plans.flatMap { $0.functions.map(\.name) }
    let hosts = scenario.vpcs.flatMap { vpc in vpc.hosts.map(\.name) }
    return (functions + hosts + scenario.outsideHosts.map(\.name)).prefix(12)
      + ["internet", "an interface, or an address"]
  }
}
