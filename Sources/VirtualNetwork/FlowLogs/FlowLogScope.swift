public import PacketFormats
public import SimulatedTime

/// What flow log records say of a VPC that the VPC does not know itself.
public struct FlowLogScope: Hashable, Sendable {
  /// The account that its interfaces belong to, those made by Lambda included (F-02): 12 digits.
  public var account: String
  /// The date of the start of the run.
  public var epoch: CalendarTime
  /// The public addresses of AWS's services, besides those that the VPC has gateway endpoints for; the
  /// first block that has an address counts.
  public var services: [ServiceBlock]
  /// Peering connections whose other VPC is in another Region.
  public var gatewaysBetweenRegions: [GatewayIndex]

  /// Addresses of one of AWS's services.
  public struct ServiceBlock: Hashable, Sendable {
    public var prefix: IPPrefix
    /// Such as `S3`, as `pkt-src-aws-service` has it (observability-formats §1.2).
    public var name: String

    public init(_ prefix: IPPrefix, name: String) {
      self.prefix = prefix
      self.name = name
    }
  }

  public init(
    account: String, epoch: CalendarTime, services: [ServiceBlock] = [],
    gatewaysBetweenRegions: [GatewayIndex] = []
  ) {
    self.account = account
    self.epoch = epoch
    self.services = services
    self.gatewaysBetweenRegions = gatewaysBetweenRegions
  }
}
