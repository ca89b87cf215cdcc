/// A flow log: whose traffic is written down, which of it, how often, and in which fields.
///
/// It can never be changed (VPC guide, "Flow log limitations": documented).
public struct FlowLog: Hashable, Sendable {
  /// A name that no other flow log of the VPC has.
  public let name: String
  /// `fl-` and 17 hexadecimal digits.
  public let identifier: ResourceIdentifier
  public let resource: Resource
  public let traffic: Traffic
  /// The longest time that goes into one record; see ``FlowLogSubject/isNitro``.
  public let interval: Interval
  public let format: FlowLogFormat

  /// Whose traffic is written down: that of every network interface there.
  public enum Resource: Hashable, Sendable {
    case vpc
    case subnet(SubnetIndex)
    case interface(InterfaceIndex)
  }

  /// Which traffic is written down, as `CreateFlowLogs` calls it in capitals.
  public enum Traffic: String, Hashable, Sendable, CaseIterable {
    case accept
    case reject
    case all
  }

  /// The maximum aggregation interval (VPC guide, "Flow log records": documented).
  public enum Interval: UInt8, Hashable, Sendable, CaseIterable {
    case oneMinute
    /// What AWS takes unless told otherwise.
    case tenMinutes

    /// In seconds.
    public var seconds: Int64 { self == .oneMinute ? 60 : 600 }
  }

  /// Makes a flow log of a VPC or of something in it.
  ///
  /// - Parameters:
  ///   - name: A name that no other flow log of the VPC has.
  ///   - network: The VPC.
  ///   - resource: Whose traffic is written down.
  ///   - traffic: Which traffic is.
  ///   - interval: The maximum aggregation interval.
  ///   - format: The fields of its records.
  public init(
    name: String, in network: VirtualPrivateCloud, of resource: Resource = .vpc,
    traffic: Traffic = .all, interval: Interval = .tenMinutes, format: FlowLogFormat = .default
  ) {
    self.name = name
    identifier = network.identifier(.flowLog, name)
    self.resource = resource
    self.traffic = traffic
    self.interval = interval
    self.format = format
  }
}

extension FlowLog {
  /// Whether the traffic of an interface is written down.
  func covers(_ subject: FlowLogSubject) -> Bool {
    switch resource {
    case .vpc: true
    case .subnet(let subnet): subject.subnet == subnet
    case .interface(let interface): subject.interface == interface
    }
  }

  /// How long the windows are in which the traffic of an interface is added up.
  func interval(of subject: FlowLogSubject) -> Interval {
    subject.isNitro ? .oneMinute : interval
  }
}
