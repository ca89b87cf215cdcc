import PacketFormats

/// Who has which public IPv4 address, in the whole file.
struct PublicAddressBook {
  private struct Claim {
    var owner: String
    /// The VPC's entry; `nil` outside.
    var vpc: String?
    var node: SourceNode
  }

  // Only ever asked for one key, never walked.
  private var claims: [IPv4Address: Claim] = [:]
  /// Those of VPCs, in the order of the file.
  private var ofVPCs: [(vpc: String, node: SourceNode)] = []
  private var overflow = 0

  /// What hosts are given as long as it lasts (RFC 5737); NAT gateways have the other half.
  private static let examples = IPv4Prefix(IPv4Address(198, 51, 100, 0), length: 25)
  /// What they are given then: addresses that EC2 has in us-east-1.
  private static let more = IPv4Prefix(IPv4Address(54, 80, 0, 0), length: 14)

  /// Takes note of an address that the file gives.
  ///
  /// - Returns: who has it already, if somebody does.
  mutating func claim(
    _ address: IPv4Address, for owner: String, in vpc: String?, at node: SourceNode
  ) -> String? {
    if let other = claims[address] { return other.owner }
    claims[address] = Claim(owner: owner, vpc: vpc, node: node)
    if let vpc { ofVPCs.append((vpc, node)) }
    return nil
  }

  /// Where the file gives addresses to what is in a VPC.
  func places(in vpc: String) -> [SourceNode] { ofVPCs.filter { $0.vpc == vpc }.map(\.node) }

  /// Makes up an address: the one of the host's place in the file if it is free.
  mutating func makeUp(for owner: String, place: Int, in vpc: String, at node: SourceNode)
    -> IPv4Address
  {
    let preferred = place + 1 < Self.examples.count - 7 ? [place + 1] : []
    let offset = (preferred + Array(1..<Self.examples.count)).first {
      claims[Self.examples[$0]] == nil
    }
    guard let offset else { return nextOverflow() }
    claims[Self.examples[offset]] = Claim(owner: owner, vpc: vpc, node: node)
    return Self.examples[offset]
  }

  /// An address that nothing else in the file has.
  mutating func nextOverflow() -> IPv4Address {
    // As many as there can be hosts in a file; more would begin again.
    repeat { overflow += 1 } while claims[Self.more[overflow % Self.more.count]] != nil
    return Self.more[overflow % Self.more.count]
  }
}

extension ScenarioDecoder {
  /// Reports a public address that is none, or that somebody has already.
  mutating func claim(
    _ address: Located<IPv4Address>, for owner: String, in vpc: String?, called kind: String
  ) {
    if let block = Self.unusable.first(where: { $0.block.contains(address.value) }) {
      log.report(
        at: address.node.location,
        found: "\(address.node.summary), in \(block.block) (\(block.name))",
        expected: "\(kind), such as 198.51.100.7")
      return
    }
    let other = publicAddresses.claim(address.value, for: owner, in: vpc, at: address.node)
    if let other {
      log.report(
        at: address.node.location, found: "\(address.node.summary), which `\(other)` has",
        expected: "an address that nobody else has")
    }
  }

  /// Blocks that are nobody's on the internet (RFC 6890, section 2.2.2; RFC 1918; RFC 6598).
  private static let unusable = [
    (block: IPv4Prefix(IPv4Address(0, 0, 0, 0), length: 8), name: "this network"),
    (block: IPv4Prefix(IPv4Address(10, 0, 0, 0), length: 8), name: "private"),
    (block: IPv4Prefix(IPv4Address(100, 64, 0, 0), length: 10), name: "shared"),
    (block: IPv4Prefix(IPv4Address(127, 0, 0, 0), length: 8), name: "loopback"),
    (block: IPv4Prefix(IPv4Address(169, 254, 0, 0), length: 16), name: "link-local"),
    (block: IPv4Prefix(IPv4Address(172, 16, 0, 0), length: 12), name: "private"),
    (block: IPv4Prefix(IPv4Address(192, 168, 0, 0), length: 16), name: "private"),
    (block: IPv4Prefix(IPv4Address(224, 0, 0, 0), length: 3), name: "multicast and reserved"),
  ]

  /// Gives hosts that are to have any public address one that nobody else has.
  mutating func makeUpPublicAddresses(_ outlines: inout [VPCOutline]) {
    var place = 0
    for number in outlines.indices {
      for host in outlines[number].hosts {
        defer { place += 1 }
        guard
          let index = outlines[number].vpc?.hosts.firstIndex(where: {
            $0.name == host && $0.elasticAddress == .unspecified
          })
        else { continue }
        let address = publicAddresses.makeUp(
          for: host, place: place, in: outlines[number].name, at: root)
        outlines[number].vpc?.hosts[index].elasticAddress = address
      }
    }
  }
}
