import AddressTranslation
import PacketFormats

/// What a translator is made from, and what is random about the traffic through it.
struct OracleCase: CustomStringConvertible {
  var name: String
  var behavior: Behavior
  var outsideAddresses = [IPv4Address(203, 0, 113, 7)]
  var insideAddresses: [IPv4Address] = []
  var fixedMappings: [FixedMapping] = []
  var seed: UInt64

  var description: String { "\(name), seed \(seed)" }

  static let outside = (7...9).map { IPv4Address(203, 0, 113, $0) }
  /// The hosts; the last two have fixed mappings at times.
  static let inside = (1...5).map { IPv4Address(10, 0, 0, $0) }

  /// A profile with so few ports that they run out, and one or two addresses.
  static func profile(_ name: String, _ behavior: Behavior, seed: UInt64) -> OracleCase {
    var behavior = behavior
    behavior.ports = 1024...1025
    behavior.identifiers = 0...3
    if behavior.portsPerDestination != nil { behavior.portsPerDestination = 1 }
    behavior.fragments.maximumPackets = 3
    behavior.fragments.maximumWaiting = 2
    if behavior.mtu != nil { behavior.mtu = 120 }
    if behavior.maximumSegmentSize != nil { behavior.maximumSegmentSize = 1460 }
    let count = behavior.method == .oneToOne ? 3 : behavior.keepsLowPortsLow ? 1 : Int(1 + seed % 2)
    return OracleCase(
      name: name, behavior: behavior, outsideAddresses: Array(outside.prefix(count)),
      insideAddresses: Array(inside.prefix(count)), seed: seed)
  }

  /// Any behaviour there can be, small enough for every limit to be met.
  static func random(seed: UInt64) -> OracleCase {
    var chance = TestGenerator(seed: ~seed)
    var behavior = Behavior()
    if chance.below(12) == 0 { behavior.method = .oneToOne }
    behavior.protocols =
      [
        [.tcp, .udp, .icmpQueries], [.tcp, .udp, .icmpQueries], [.tcp, .udp, .icmpQueries],
        [.tcp, .udp], [.udp, .icmpQueries], [.tcp, .icmpQueries],
      ][chance.below(6)]
    behavior.translatesErrors = chance.below(8) != 0
    behavior.mapping = chance.any(of: Behavior.Dependence.allCases)
    behavior.filtering = chance.any(of: Behavior.Dependence.allCases)
    let lowest = UInt16(1024 + chance.below(3) * 32_000)
    behavior.ports = lowest...lowest + UInt16(3 + chance.below(12))
    behavior.identifiers = 0...UInt16(3 + chance.below(20))
    behavior.keepsLowPortsLow = chance.below(3) == 0
    behavior.portChoice = chance.any(of: Behavior.PortChoice.allCases)
    behavior.portOverloading = chance.below(2) == 0
    behavior.addressPooling = chance.any(of: Behavior.AddressPooling.allCases)
    if chance.below(2) == 0 { behavior.portQuota = 1 + chance.below(8) }
    if chance.below(3) == 0 { behavior.portsPerDestination = 1 + chance.below(8) }
    behavior.whenFull = chance.any(of: Behavior.FullTreatment.allCases)
    behavior.unsolicitedPacket = chance.any(of: Behavior.UnsolicitedTreatment.allCases)
    behavior.latePacketFromInside = chance.any(of: Behavior.LatePacketTreatment.allCases)
    behavior.hairpinning = chance.below(2) == 0
    behavior.inboundRefresh = chance.below(2) == 0
    behavior.resetWindow = chance.any(of: [nil, 0, 10, 1000, 1 << 20, UInt32(Int32.max)])
    behavior.checksSegments = chance.below(3) == 0
    behavior.revivesAfterReset = chance.below(2) == 0
    behavior.mtu = chance.any(of: [nil, nil, 68, 100])
    behavior.maximumSegmentSize = chance.any(of: [nil, 1, 536, 1460])
    behavior.timeToLiveDecrement = UInt8(chance.any(of: [0, 1, 1, 3]))
    behavior.answersTimeExceeded = chance.below(2) == 0
    behavior.fragments.tcp = chance.any(of: Behavior.FragmentTreatment.allCases)
    behavior.fragments.udp = chance.any(of: Behavior.FragmentTreatment.allCases)
    behavior.fragments.icmp = chance.any(of: Behavior.FragmentTreatment.allCases)
    behavior.fragments.timeout = .seconds(1 + chance.below(60))
    behavior.fragments.maximumPackets = 1 + chance.below(8)
    behavior.fragments.maximumWaiting = 1 + chance.below(4)
    behavior.timers = randomTimers(&chance)
    let isOneToOne = behavior.method == .oneToOne
    let count = isOneToOne ? 3 : 1 + chance.below(3)
    let addresses = Array(outside.prefix(count))
    return OracleCase(
      name: "random behaviour", behavior: behavior, outsideAddresses: addresses,
      insideAddresses: Array(inside.prefix(count)),
      fixedMappings: isOneToOne ? [] : randomFixedMappings(&chance, addresses), seed: seed)
  }

  private static func randomTimers(_ chance: inout TestGenerator) -> Behavior.Timers {
    var timers = Behavior.Timers()
    for path: WritableKeyPath<Behavior.Timers, Duration> in [
      \.tcpHalfOpen, \.tcpHalfOpenAnswered, \.tcpEstablished, \.tcpHalfClosed, \.tcpClosing,
      \.portHold, \.portHoldAfterReset, \.udpOneWay, \.udp, \.icmpQuery, \.unsolicitedSYN,
    ] {
      timers[keyPath: path] =
        chance.below(16) == 0
        ? .nanoseconds(1 + chance.below(1000)) : .seconds(1 + chance.below(400))
    }
    if chance.below(2) == 0 { timers.udpByRemotePort[80] = .seconds(1 + chance.below(100)) }
    return timers
  }

  private static func randomFixedMappings(
    _ chance: inout TestGenerator, _ outside: [IPv4Address]
  ) -> [FixedMapping] {
    var mappings: [FixedMapping] = []
    guard chance.below(2) == 0, let last = outside.last else { return [] }
    let server = inside[3]
    // With one address only, one that stands for a host would leave none to give out.
    let all: [FixedMapping] = [
      FixedMapping(
        protocol: .tcp, inside: server, outside: outside[0],
        ports: .init(inside: 1024, outside: 80)),
      FixedMapping(
        inside: server, outside: outside[0], ports: .init(inside: 1030, outside: 1026)),
      FixedMapping(
        protocol: .udp, inside: server, outside: last, ports: .init(inside: 700, outside: 1024)),
      FixedMapping(
        protocol: outside.count == 1 || chance.below(4) == 0 ? .udp : nil, inside: inside[4],
        outside: last),
    ]
    for mapping in all where chance.below(2) == 0 { mappings.append(mapping) }
    return mappings
  }
}

extension TestGenerator {
  mutating func any<Element>(of array: [Element]) -> Element { array[below(array.count)] }
}
