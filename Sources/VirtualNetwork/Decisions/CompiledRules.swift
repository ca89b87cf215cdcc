import PacketFormats

/// What packets are judged by, made from a ``VirtualPrivateCloud`` so that judging allocates and searches
/// nothing.
///
/// Made anew when rules, routes, lists or sets of groups have changed, not when interfaces come and go.
struct CompiledRules: Sendable {
  /// The configuration that it was made from.
  let revision: VirtualPrivateCloud.Revision
  private let rules: [CompiledRule]
  /// Where the rules of a set of groups are: for ingress at twice its number, for egress behind.
  private let groupRanges: [Range<Int32>]
  /// Those rules of groups that are for every address, and where the ones of a set of groups are.
  private let openRules: [CompiledRule]
  private let openRanges: [Range<Int32>]
  /// Where the rules of a network ACL are, likewise.
  private let aclRanges: [Range<Int32>]
  /// The routes of each table; values are places in ``RouteTable/routes``.
  private let routes: [BlockMap]
  private let ipv6Blocks: [IPv6Prefix]
  private let prefixLists: [BlockMap]
  /// One bit for each set of groups and group: whether the group is in the set.
  private let membership: [UInt64]
  private let wordsPerSet: Int
  /// The addresses in each group of another VPC, ascending.
  private let peeredMembers: [[IPAddress]]

  init(_ network: VirtualPrivateCloud) {
    revision = network.revision
    var rules: [CompiledRule] = []
    var blocks: [IPv6Prefix] = []
    groupRanges = network.groupSets.flatMap { set in
      TrafficDirection.allCases.map { direction in
        let start = Int32(rules.count)
        for group in set {
          for (place, rule) in network.securityGroups[group.position].rules(direction).enumerated()
          {
            rules.append(
              CompiledRule(
                rule.traffic, rule.peer, .init(group: group, rule: Int32(place)),
                ipv6Blocks: &blocks))
          }
        }
        return start..<Int32(rules.count)
      }
    }
    var openRules: [CompiledRule] = []
    openRanges = groupRanges.map { range in
      let start = Int32(openRules.count)
      openRules += rules[Int(range.lowerBound)..<Int(range.upperBound)].filter(\.isEverywhere)
      return start..<Int32(openRules.count)
    }
    self.openRules = openRules
    aclRanges = network.networkACLs.flatMap { list in
      TrafficDirection.allCases.map { direction in
        let start = Int32(rules.count)
        for (place, rule) in list.rules(direction).enumerated() {
          rules.append(
            CompiledRule(
              rule.traffic, .prefix(rule.peer),
              .init(rule: Int32(place), allows: rule.action == .allow), ipv6Blocks: &blocks))
        }
        return start..<Int32(rules.count)
      }
    }
    self.rules = rules
    ipv6Blocks = blocks
    prefixLists = network.prefixLists.map { BlockMap($0.entries.map { ($0, 0) }) }
    peeredMembers = network.peeredGroups.map(\.members)
    routes = network.routeTables.map { Self.routes(of: $0, in: network) }
    wordsPerSet = (network.securityGroups.count + 63) / 64
    var membership = Array(repeating: UInt64(0), count: wordsPerSet * network.groupSets.count)
    for (number, set) in network.groupSets.enumerated() {
      for group in set {
        membership[number * wordsPerSet + group.position / 64] |= 1 << UInt64(group.position % 64)
      }
    }
    self.membership = membership
  }

  /// The routes of a table in the order in which they win over equally long ones: static before
  /// propagated, blocks before prefix lists (lambda-vpc §7.5).
  private static func routes(
    of table: RouteTable, in network: VirtualPrivateCloud
  ) -> BlockMap {
    var blocks: [(block: IPPrefix, value: Int32)] = []
    for origin in [Route.Origin.static, .propagated] {
      for (place, route) in table.routes.enumerated() where route.origin == origin {
        if case .prefix(let block) = route.destination { blocks.append((block, Int32(place))) }
      }
      for (place, route) in table.routes.enumerated() where route.origin == origin {
        guard case .prefixList(let list) = route.destination else { continue }
        for block in network.prefixLists[list.position].entries {
          blocks.append((block, Int32(place)))
        }
      }
    }
    return BlockMap(blocks)
  }

  // MARK: - What rules ask

  func contains(ipv6Block number: UInt32, _ address: IPAddress) -> Bool {
    if case .v6(let address) = address { ipv6Blocks[Int(number)].contains(address) } else { false }
  }

  func contains(prefixList number: UInt32, _ address: IPAddress) -> Bool {
    prefixLists[Int(number)][address] >= 0
  }

  @inline(__always)
  func contains(group: UInt32, inSet set: UInt32) -> Bool {
    let word = membership[Int(set) * wordsPerSet + Int(group / 64)]
    return word >> UInt64(group % 64) & 1 != 0
  }

  func contains(peeredGroup number: UInt32, _ address: IPAddress) -> Bool {
    let members = peeredMembers[Int(number)]
    var low = 0
    var high = members.count
    while low < high {
      let middle = (low + high) / 2
      if members[middle] < address { low = middle + 1 } else { high = middle }
    }
    return low < members.count && members[low] == address
  }

  // MARK: - What packets meet

  /// The first rule of a set of groups that lets the packet through, in the order of the groups.
  func rule(
    for key: FlowKey, _ direction: TrafficDirection, groupSet: UInt32, far: FarEnd
  ) -> CompiledRule.Source? {
    for place in groupRanges[Int(groupSet) * 2 + Int(direction.rawValue)] {
      if rules[Int(place)].matches(key, far, in: self) { return rules[Int(place)].source }
    }
    return nil
  }

  /// Whether a network ACL lets the packet through, and the place of the rule that says so.
  ///
  /// - Returns: No place if none of its rules matches, which denies.
  func verdict(
    on key: FlowKey, _ direction: TrafficDirection, _ acl: NetworkACLIndex, far: FarEnd
  ) -> (allows: Bool, rule: Int32?) {
    for place in aclRanges[acl.position * 2 + Int(direction.rawValue)] {
      if rules[Int(place)].matches(key, far, in: self) {
        return (rules[Int(place)].source.allows, rules[Int(place)].source.rule)
      }
    }
    return (false, nil)
  }

  /// Whether the rules of a set of groups leave a TCP or UDP flow untracked.
  ///
  /// AWS, "Security group connection tracking": a rule lets it through from or to everywhere, and a rule
  /// of the other direction lets all ports through to or from everywhere (lambda-vpc §7.4).
  func leavesUntracked(
    _ key: FlowKey, _ direction: TrafficDirection, groupSet: UInt32, far: FarEnd
  ) -> Bool {
    var isOpenThere = false
    for place in openRanges[Int(groupSet) * 2 + Int(direction.rawValue)]
    where openRules[Int(place)].matches(key, far, in: self) {
      isOpenThere = true
      break
    }
    guard isOpenThere else { return false }
    for place in openRanges[Int(groupSet) * 2 + Int(direction.opposite.rawValue)]
    where openRules[Int(place)].isEverywhere(for: far)
      && openRules[Int(place)].coversEverything(of: key.protocol)
    {
      return true
    }
    return false
  }

  /// The place of the route that a packet to `address` takes.
  func route(in table: RouteTableIndex, to address: IPAddress) -> Int? {
    let place = routes[table.position][address]
    return place < 0 ? nil : Int(place)
  }
}
