/// The capture points by name, and where on the path each of them lies.
struct PointTable {
  /// Points that are told apart; further names share the last one.
  static let limit = 64

  private(set) var points: [Point] = []
  private let path: [String]

  /// A place on the path.
  struct Point {
    let name: String
    /// Grows from the inside out.
    let rank: Int
    /// The direction flag that outward packets bear there, if known.
    let outwardFlag: UInt32?
    /// Whether frames there may be wrapped in a tunnel.
    let mayTunnel: Bool
    /// Whether a frame there that looks like a tunnel's is one for sure.
    let mustTunnel: Bool
    /// Whether no outward packet can begin there, whatever its flow.
    let isStrictOutward: Bool
    /// Whether no inward packet can begin there, whatever its flow.
    let isStrictInward: Bool
    /// How what gets there from the inside is translated just before, if that needs no memory.
    let exchange: TranslationMethod?
    /// Whether it is one of the two sides of a NAT gateway.
    let isNATGateway: Bool
  }

  init(path: [String]) {
    self.path = path
  }

  /// The point of this name, which is added if it is new.
  mutating func index(of name: String) -> Int {
    if let found = points.firstIndex(where: { $0.name == name }) { return found }
    if points.count == Self.limit - 1 {
      points.append(point("(other)"))
      return points.count - 1
    }
    if points.count == Self.limit { return Self.limit - 1 }
    points.append(point(name))
    return points.count - 1
  }

  func isOnPath(_ name: String) -> Bool { path.contains(name) }

  func isInnermost(_ name: String) -> Bool { path.first == name }

  private func point(_ name: String) -> Point {
    let place = path.firstIndex(of: name)
    return Point(
      name: name, rank: place ?? path.count + points.count,
      outwardFlag: place == nil ? nil : Self.outwardFlags[name],
      // A port of 6081 elsewhere may just as well be one that a translator has picked.
      mayTunnel: name == Self.tunnel || !InspectionSettings.lambdawirePath.contains(name),
      mustTunnel: name == Self.tunnel,
      isStrictOutward: place != nil && Self.strictOutward.contains(name),
      isStrictInward: place != nil && Self.strictInward.contains(name),
      exchange: place == nil ? nil : Self.exchanges[name],
      isNATGateway: place != nil && name.hasPrefix("nat-gateway-"))
  }

  /// Points of a Lambdawire run at which outward packets are sent (2) or received (1).
  private static let outwardFlags: [String: UInt32] = [
    "guest": 2, "slot": 2, "tunnel": 2, "hyperplane-in": 1, "hyperplane-out": 2, "eni": 2,
    "nat-gateway-in": 1, "nat-gateway-out": 2, "virtual-private-gateway": 2,
    "egress-only-internet-gateway": 2, "internet-gateway": 2, "destination": 1,
  ]

  private static let tunnel = "tunnel"

  /// Points of a Lambdawire run that show packets behind a translation without memory: IPv6 in a slot
  /// (A-80), IPv4 at an internet gateway (VPC guide, "Enable internet access for a VPC using an internet
  /// gateway").
  private static let exchanges: [String: TranslationMethod] = [
    "slot": .prefix, "internet-gateway": .oneToOne,
  ]

  /// Points before which, as an outward packet goes, there is nobody to send packets of their own,
  /// except for resets and ICMP errors.
  private static let strictOutward = ["tunnel", "hyperplane-in", "hyperplane-out", "eni"]
  /// The same for inward packets: the resolver, which answers from beyond `eni`, and hosts are
  /// farther out.
  private static let strictInward = ["tunnel", "hyperplane-in", "hyperplane-out"]
}
