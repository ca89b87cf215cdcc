import Glibc
import PacketFormats
import VirtualNetwork

/// A VPC of a /16, every address of which an interface has.
struct BuildLoad {
  private func build() throws -> Int {
    var network = try VirtualPrivateCloud(
      name: "full", blocks: [IPv4Prefix(IPv4Address(10, 0, 0, 0), length: 16)], seed: 1)
    let group = try network.addSecurityGroup(name: "group")
    for number in 0..<16 as Range<UInt8> {
      let subnet = try network.addSubnet(
        name: "subnet-\(number)", cidr: IPv4Prefix(IPv4Address(10, 0, number * 16, 0), length: 20),
        zone: "use1-az1")
      for place in 0..<4091 {
        _ = try network.addInterface(
          name: "host-\(number)-\(place)", in: subnet, securityGroups: [group])
      }
    }
    let plane = DataPlane(network)
    return plane.network.interfaces.count
  }

  /// How long it takes, in seconds.
  func seconds() throws -> Double {
    let clock = ContinuousClock()
    var count = 0
    let duration = try clock.measure { count = try build() }
    guard count == 16 * 4091 else { throw FlowLoad.Trouble.refused }
    return duration / .seconds(1)
  }

  /// By how much the process grows, in bytes.
  func bytes() throws -> Double {
    let before = Self.peak
    _ = try build()
    return Double(Self.peak - before)
  }

  /// The most memory that the process has had, in bytes.
  private static var peak: Int {
    var usage = rusage()
    _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }
}
