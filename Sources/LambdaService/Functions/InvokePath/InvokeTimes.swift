/// How long the steps of an invocation and of starting an environment take.
public struct InvokeTimes: Hashable, Sendable {
  /// The frontend's part: who calls, and does the account have concurrency left (lambda-vpc §4).
  public var frontend: Distribution
  /// Finding a warm environment, or that there is none.
  public var assignment: Distribution
  /// Finding a worker for a new one (Firecracker paper: typically under 20 ms).
  public var placement: Distribution
  /// Starting Firecracker (its specification: 12 ms).
  public var virtualMachine: Distribution
  /// Booting the guest (Firecracker's specification: at most 125 ms).
  public var boot: Distribution
  /// Making a Geneve device, 2019 to 2025 (disclosed: about 150 ms).
  public var tunnel: Distribution
  /// DHCP and the rest of the network set-up, 2019 to 2025 (about 150 ms).
  public var dhcp: Distribution
  /// Entering a tunnel into the eBPF map, 2026 (disclosed: 200 µs).
  public var tunnelMapEntry: Distribution
  /// Starting the language's runtime in a guest that has booted.
  public var runtime: Distribution

  public init(
    frontend: Distribution, assignment: Distribution, placement: Distribution,
    virtualMachine: Distribution, boot: Distribution, tunnel: Distribution, dhcp: Distribution,
    tunnelMapEntry: Distribution, runtime: Distribution
  ) {
    self.frontend = frontend
    self.assignment = assignment
    self.placement = placement
    self.virtualMachine = virtualMachine
    self.boot = boot
    self.tunnel = tunnel
    self.dhcp = dhcp
    self.tunnelMapEntry = tunnelMapEntry
    self.runtime = runtime
  }
}
