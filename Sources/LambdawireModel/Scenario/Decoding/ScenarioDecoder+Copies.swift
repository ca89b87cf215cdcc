import EventSimulation
import PacketFormats

extension ScenarioDecoder {
  /// What a file with entries that stand for several VPCs comes to.
  ///
  /// Each copy of a VPC is a VPC of its own, with all the functions that name the entry and their
  /// traffic. Everything behind the decoder sees only that.
  struct Copies {
    private(set) var outlines: [VPCOutline] = []
    private(set) var functions: [Scenario.Function] = []
    private(set) var traffic: [Scenario.Traffic] = []
    private(set) var hostTraffic: [Scenario.HostTraffic] = []

    var vpcs: [Scenario.VPC] { outlines.compactMap(\.vpc) }

    init(
      of outlines: [VPCOutline], _ functions: [Scenario.Function], _ traffic: [Scenario.Traffic],
      _ hostTraffic: [Scenario.HostTraffic], seed: UInt64,
      _ publicAddresses: inout PublicAddressBook
    ) {
      var copies: [String: Int] = [:]
      for outline in outlines {
        guard outline.copies > 1 else {
          self.outlines.append(outline)
          continue
        }
        copies[outline.name] = outline.copies
        for number in 1...outline.copies {
          self.outlines.append(outline.copy(number, seed: seed, &publicAddresses))
        }
      }
      var functionCopies: [String: Int] = [:]
      for function in functions {
        guard let count = copies[function.vpc] else {
          self.functions.append(function)
          continue
        }
        functionCopies[function.name] = count
        for number in 1...count {
          var copy = function
          copy.name = "\(function.name)-\(number)"
          copy.vpc = "\(function.vpc)-\(number)"
          self.functions.append(copy)
        }
      }
      for entry in traffic {
        guard let count = functionCopies[entry.function] else {
          self.traffic.append(entry)
          continue
        }
        for number in 1...count {
          var copy = entry
          copy.function = "\(entry.function)-\(number)"
          self.traffic.append(copy)
        }
      }
      for entry in hostTraffic {
        guard let vpc = entry.host.vpc, let count = copies[vpc] else {
          self.hostTraffic.append(entry)
          continue
        }
        for number in 1...count {
          var copy = entry
          copy.host.move(to: "\(vpc)-\(number)")
          self.hostTraffic.append(copy)
        }
      }
    }

    /// Those that events may name: the functions there are, and those that could not be read.
    func callers(_ callers: [Caller]) -> [Caller] {
      functions.map { function in
        Caller(
          name: function.name, vpc: outlines.first { $0.name == function.vpc }, function: function)
      } + callers.filter { $0.function == nil }
    }
  }

  /// The account of a VPC whose entry names none.
  static func account(of vpc: String, seed: UInt64) -> String {
    var random = RandomStream(seed: seed, name: "account/\(vpc)")
    return String(100_000_000_000 + random.next(below: 900_000_000_000))
  }

  /// Reports VPCs and functions whose numbered copies would have the name of another one.
  mutating func checkCopies(
    of entries: [SourceEntry], _ outlines: [VPCOutline],
    _ functions: [(entry: SourceEntry, function: Scenario.Function?)]
  ) {
    for vpc in outlines where vpc.copies > 1 {
      let copies = "a VPC that stands for \(vpc.copies)"
      for node in publicAddresses.places(in: vpc.name) {
        log.report(
          at: node.location, found: "a public address in \(copies)",
          expected: "`public-address: yes`, or no `elastic-ips`: no two VPCs have the same")
      }
      if let block = entries.first(where: { $0.key == vpc.name })?.value[
        Grammar.VPC.ipv6Block.name]
      {
        log.report(
          at: block.location, found: "an IPv6 block of \(copies)",
          expected: "none: each is given a block of its own")
      }
      for other in entries where Self.isCopy(other.key, of: vpc.name, among: vpc.copies) {
        log.report(
          at: other.location, found: "\(quoted(other.key)), which is also a copy of `\(vpc.name)`",
          expected: "a name of its own for each VPC")
      }
      for function in functions.compactMap(\.function) where function.vpc == vpc.name {
        for (other, otherFunction) in functions
        where Self.isCopy(other.key, of: function.name, among: vpc.copies) {
          // Copies of both have a number more, unless only one of them has copies of its own.
          let isCopied = outlines.contains { $0.name == otherFunction?.vpc && $0.copies > 1 }
          guard !isCopied else { continue }
          log.report(
            at: other.location,
            found: "\(quoted(other.key)), which is also a copy of `\(function.name)`",
            expected: "a name of its own for each function")
        }
      }
    }
  }

  private static func isCopy(_ name: String, of original: String, among count: Int) -> Bool {
    guard name.hasPrefix("\(original)-"), let number = Int(name.dropFirst(original.count + 1))
    else { return false }
    return (1...count).contains(number)
  }
}

extension VPCOutline {
  /// One of the VPCs that the entry stands for, counted from 1.
  fileprivate func copy(
    _ number: Int, seed: UInt64, _ publicAddresses: inout PublicAddressBook
  ) -> VPCOutline {
    let copyName = "\(name)-\(number)"
    var vpc = vpc
    vpc?.name = copyName
    if hasOwnAccount { vpc?.account = ScenarioDecoder.account(of: copyName, seed: seed) }
    for (index, host) in (vpc?.hosts ?? []).enumerated()
    where host.domainName == "\(host.name).\(name).internal" {
      vpc?.hosts[index].domainName = "\(host.name).\(copyName).internal"
    }
    if number > 1, vpc != nil {
      vpc?.moveIPv6(toCopy: number)
      for index in (vpc?.hosts ?? []).indices where vpc?.hosts[index].elasticAddress != nil {
        vpc?.hosts[index].elasticAddress = publicAddresses.nextOverflow()
      }
    }
    return VPCOutline(
      name: copyName, subnets: subnets, securityGroups: securityGroups, hosts: hosts,
      gateways: gateways, vpc: vpc, entry: name)
  }
}

extension Scenario.VPC {
  /// Gives a copy an IPv6 block of its own: what is made up has room for 4,096 entries and as many
  /// copies of each.
  fileprivate mutating func moveIPv6(toCopy number: Int) {
    func moved(_ address: IPv6Address) -> IPv6Address {
      IPv6Address(high: address.high | UInt64(number - 1) << 20, low: address.low)
    }
    func moved(_ prefix: IPv6Prefix) -> IPv6Prefix {
      IPv6Prefix(moved(prefix.address), length: prefix.length)
    }
    ipv6Prefix = ipv6Prefix.map(moved)
    for index in subnets.indices {
      subnets[index].ipv6Prefix = subnets[index].ipv6Prefix.map(moved)
    }
    for index in hosts.indices {
      hosts[index].ipv6Address = hosts[index].ipv6Address.map(moved)
      hosts[index].ipv6Prefixes = hosts[index].ipv6Prefixes.map(moved)
    }
  }
}
