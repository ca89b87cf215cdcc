import PacketFormats
import VirtualNetwork

/// A VPC in the words of `ip` and `nft`.
///
/// Security groups are the stateful filter of a namespace for each interface, network ACLs a filter
/// without state between subnets, and route tables routing tables that a packet's origin chooses.
struct KernelRules: Encodable {
  /// Rules of nft for each interface.
  var guards: [String]
  /// How many gateways there are.
  var gateways: Int
  var fabric: Fabric

  struct Fabric: Encodable {
    /// Commands for `ip -batch`.
    var routes: [String]
    /// Rules of nft.
    var rules: String
  }

  init(_ network: VirtualPrivateCloud) {
    guards = network.interfaces.map { Self.guardRules($0, network) }
    gateways = network.gateways.count
    fabric = Fabric(routes: Self.routes(network), rules: Self.borders(network))
  }

  // MARK: - Filters

  private static func guardRules(
    _ interface: NetworkInterface, _ network: VirtualPrivateCloud
  ) -> String {
    var lines = [
      "table ip guard {", "chain raw {", "type filter hook prerouting priority raw",
      "ip protocol 253 notrack", "}", "chain forward {",
      "type filter hook forward priority filter; policy drop", "ip protocol 253 accept",
    ]
    if interface.checksSourceAndDestination {
      let own = addresses(of: interface)
      lines += ["iifname host ip saddr != \(own) drop", "iifname net ip daddr != \(own) drop"]
    }
    // What is about a connection, such as an error, is judged by the rules.
    lines.append("ct state established accept")
    if interface.securityGroups.isEmpty { lines.append("accept") }
    for group in interface.securityGroups.map({ network.securityGroups[Int($0.rawValue)] }) {
      for direction in TrafficDirection.allCases {
        for rule in group.rules(direction) {
          guard let match = match(rule, direction, network) else { continue }
          lines.append("iifname \(direction == .egress ? "host" : "net") \(match) accept")
        }
      }
    }
    return (lines + ["}", "}"]).joined(separator: "\n")
  }

  private static func borders(_ network: VirtualPrivateCloud) -> String {
    var lines = ["table ip fabric {"]
    var jumps = ["ip protocol 253 accept"]
    for (number, subnet) in network.subnets.enumerated() {
      let members = network.interfaces.indices.filter {
        network.interfaces[$0].subnet.rawValue == UInt32(number)
      }
      guard !members.isEmpty else { continue }
      let names = "{ " + members.map { "n\($0)" }.joined(separator: ", ") + " }"
      let list = network.networkACLs[Int(subnet.networkACL.rawValue)]
      for direction in TrafficDirection.allCases {
        lines.append("chain \(direction)\(number) {")
        for rule in list.rules(direction).sorted(by: { $0.number < $1.number }) {
          guard let traffic = match(rule.traffic), case .v4(let peer) = rule.peer else { continue }
          let end = direction == .egress ? "daddr" : "saddr"
          lines.append(
            "ip \(end) \(peer) \(traffic) \(rule.action == .allow ? "return" : "drop")")
        }
        lines += ["drop", "}"]
      }
      jumps += [
        "iifname \(names) oifname != \(names) jump egress\(number)",
        "oifname \(names) iifname != \(names) jump ingress\(number)",
      ]
    }
    lines += ["chain forward {", "type filter hook forward priority filter; policy accept"]
    // A packet leaves one subnet before it enters another.
    lines += jumps.filter { $0.contains("egress") || $0.contains("253") }
    lines += jumps.filter { $0.contains("ingress") }
    return (lines + ["}", "}"]).joined(separator: "\n")
  }

  private static func match(
    _ rule: SecurityGroupRule, _ direction: TrafficDirection, _ network: VirtualPrivateCloud
  ) -> String? {
    guard let traffic = match(rule.traffic) else { return nil }
    let peer: String
    switch rule.peer {
    case .prefix(.v4(let prefix)): peer = "\(prefix)"
    case .prefixList(let list):
      let entries = network.prefixLists[Int(list.rawValue)].entries
      guard entries.first?.family == .v4 else { return nil }
      peer = "{ " + entries.map { "\($0)" }.joined(separator: ", ") + " }"
    case .securityGroup(let group):
      let members = network.interfaces.filter { $0.securityGroups.contains(group) }
      guard !members.isEmpty else { return nil }
      peer = "{ " + members.flatMap(ipv4Addresses).map { "\($0)" }.joined(separator: ", ") + " }"
    case .prefix(.v6), .peeredSecurityGroup: return nil
    }
    return "ip \(direction == .egress ? "daddr" : "saddr") \(peer) \(traffic)"
  }

  private static func match(_ traffic: SecurityGroupRule.Traffic) -> String? {
    switch traffic {
    case .all: ""
    case .tcp(let ports): "tcp dport \(ports.lowerBound)-\(ports.upperBound)"
    case .udp(let ports): "udp dport \(ports.lowerBound)-\(ports.upperBound)"
    case .icmp(nil, _): "ip protocol icmp"
    case .icmp(let type?, nil): "icmp type \(type)"
    case .icmp(let type?, let code?): "icmp type \(type) icmp code \(code)"
    case .icmpv6: nil
    case .other(let number): "ip protocol \(number.rawValue)"
    }
  }

  private static func ipv4Addresses(_ interface: NetworkInterface) -> [IPv4Address] {
    [interface.address] + interface.secondaryAddresses
  }

  private static func addresses(of interface: NetworkInterface) -> String {
    "{ " + ipv4Addresses(interface).map { "\($0)" }.joined(separator: ", ") + " }"
  }

  // MARK: - Routes

  /// The table of all addresses, and where those of subnets and of route tables begin.
  private enum Table {
    static let mapping = 50
    static let subnets = 200
    static let routes = 300
  }

  private static func routes(_ network: VirtualPrivateCloud) -> [String] {
    var lines: [String] = []
    for (number, interface) in network.interfaces.enumerated() {
      let subnet = Int(interface.subnet.rawValue)
      for address in ipv4Addresses(interface) {
        for table in [Table.mapping, Table.subnets + subnet] {
          lines.append("route add \(address)/32 \(way(toInterface: number)) table \(table)")
        }
      }
      let home = network.subnets[subnet]
      lines += [
        "rule add iif n\(number) to \(home.cidr) lookup \(Table.subnets + subnet) pref 100",
        "rule add iif n\(number) lookup \(Table.routes + Int(home.routeTable.rawValue)) pref 200",
      ]
    }
    for (number, gateway) in network.gateways.enumerated() {
      guard let table = gateway.routeTable else { continue }
      lines.append("rule add iif g\(number) lookup \(Table.routes + Int(table.rawValue)) pref 200")
    }
    lines.append("rule add lookup \(Table.mapping) pref 300")
    for (number, table) in network.routeTables.enumerated() {
      for route in table.routes {
        lines += destinations(of: route, network).map { destination, metric in
          let end = "metric \(metric) table \(Table.routes + number)"
          return switch route.target {
          // The table of all addresses says who has it.
          case .local: "route add throw \(destination) \(end)"
          case .blackhole: "route add blackhole \(destination) \(end)"
          case .networkInterface(let index):
            "route add \(destination) \(way(toInterface: Int(index.rawValue))) \(end)"
          case .gateway(let index):
            "route add \(destination) via 169.254.3.\(index.rawValue + 1) dev g\(index.rawValue) "
              + "onlink \(end)"
          }
        }
      }
    }
    let tables =
      [Table.mapping] + network.subnets.indices.map { Table.subnets + $0 }
      + network.routeTables.indices.map { Table.routes + $0 }
    return lines + tables.map { "route add blackhole default metric 9999 table \($0)" }
  }

  private static func way(toInterface number: Int) -> String {
    "via 169.254.2.\(number + 1) dev n\(number) onlink"
  }

  /// The blocks of a route, and how it ranks among those of the same length.
  private static func destinations(
    of route: Route, _ network: VirtualPrivateCloud
  ) -> [(String, metric: Int)] {
    switch route.destination {
    case .prefix(.v4(let prefix)): [("\(prefix)", route.origin == .static ? 100 : 200)]
    case .prefix(.v6): []
    case .prefixList(let list):
      network.prefixLists[Int(list.rawValue)].entries.filter { $0.family == .v4 }
        .map { ("\($0)", 150) }
    }
  }
}
