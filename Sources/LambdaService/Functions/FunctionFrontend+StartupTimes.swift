extension FunctionFrontend {
  /// How long the parts of starting an environment take.
  public struct StartupTimes: Hashable, Sendable {
    /// Finding a worker (Firecracker paper: typically under 20 ms).
    public var placement: Duration
    /// Starting Firecracker (its specification: 12 ms).
    public var virtualMachine: Duration
    /// Booting the guest (Firecracker's specification: at most 125 ms).
    public var boot: Duration
    /// Making a network interface and attaching it, before September 2019.
    public var interfaceAttachment: LogNormal
    /// Making a Geneve device, 2019 to 2025 (disclosed: about 150 ms).
    public var tunnel: Duration
    /// DHCP and the rest of the network set-up, 2019 to 2025 (about 150 ms).
    public var dhcp: Duration
    /// Entering a tunnel into the eBPF map, 2026 (disclosed: 200 µs).
    public var tunnelMapEntry: Duration
    /// Making a Hyperplane interface.
    public var interfaceCreation: LogNormal

    public init(
      placement: Duration, virtualMachine: Duration, boot: Duration,
      interfaceAttachment: LogNormal, tunnel: Duration, dhcp: Duration, tunnelMapEntry: Duration,
      interfaceCreation: LogNormal
    ) {
      self.placement = placement
      self.virtualMachine = virtualMachine
      self.boot = boot
      self.interfaceAttachment = interfaceAttachment
      self.tunnel = tunnel
      self.dhcp = dhcp
      self.tunnelMapEntry = tunnelMapEntry
      self.interfaceCreation = interfaceCreation
    }
  }
}
