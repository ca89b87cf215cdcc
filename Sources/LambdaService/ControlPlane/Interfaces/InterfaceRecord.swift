public import PacketFormats
public import SimulatedTime
public import VirtualNetwork

/// A network interface as EC2 knows it: everything that `DescribeNetworkInterfaces` shows of one that
/// Lambda made (lambda-vpc §3.3).
public struct InterfaceRecord: Hashable, Sendable {
  /// The life of a network interface.
  public enum Status: String, Hashable, Sendable, CaseIterable {
    /// `CreateNetworkInterface` has answered so; `DescribeNetworkInterfaces` does not list it yet.
    case pending
    case available
    case attaching
    case inUse = "in-use"
    case detaching
    /// It is deleted, and its address free.
    case gone

    /// What may come next.
    public var successors: [Status] {
      switch self {
      case .pending: [.available]
      case .available: [.attaching, .gone]
      case .attaching: [.inUse, .detaching]
      case .inUse: [.detaching]
      case .detaching: [.available]
      case .gone: []
      }
    }
  }

  /// To what an interface is attached.
  public struct Attachment: Hashable, Sendable {
    /// `ela-attach-…` of a Hyperplane interface, `eni-attach-…` of an environment's own.
    public var identifier: String
    /// When attaching began.
    public var time: Instant
    /// Observed: 1 (lambda-vpc §3.3).
    public var deviceIndex: Int
    /// Who owns what it is attached to.
    ///
    /// Observed: `amazon-aws` (lambda-vpc §3.3).
    public var instanceOwner: String

    public init(identifier: String, time: Instant, deviceIndex: Int, instanceOwner: String) {
      self.identifier = identifier
      self.time = time
      self.deviceIndex = deviceIndex
      self.instanceOwner = instanceOwner
    }
  }

  /// A security group with its name.
  public struct Group: Hashable, Sendable {
    public var identifier: ResourceIdentifier
    public var name: String

    public init(identifier: ResourceIdentifier, name: String) {
      self.identifier = identifier
      self.name = name
    }
  }

  /// What the model calls it: a name that no other existing interface of the VPC has.
  public var name: String
  public var identifier: ResourceIdentifier
  /// The name of its VPC in the model.
  public var vpc: String
  public var vpcIdentifier: ResourceIdentifier
  /// The name of its subnet in the model.
  public var subnet: String
  public var subnetIdentifier: ResourceIdentifier
  /// The zone's identifier, such as `use1-az1`.
  public var zone: String
  /// The zone's name in the account, such as `us-east-1a`.
  public var zoneName: String
  public var address: IPv4Address
  public var linkLayerAddress: MACAddress
  /// In the order in which the function that needed it first lists them.
  public var groups: [Group]
  public var type: InterfaceType
  public var description: String
  /// Who asked EC2 for it: the identifier of an assumed role and a session, or, before September
  /// 2019, the account and a session (lambda-vpc §2, §3.3).
  public var requester: String
  public var owner: AccountIdentifier
  public var status: Status
  /// `nil` unless it is attaching, in use or detaching.
  public var attachment: Attachment?
}

extension InterfaceRecord {
  /// Observed: `false`, although guides call such interfaces requester-managed (lambda-vpc §3.3).
  public static let isRequesterManaged = false
  /// Observed: `true` (lambda-vpc §3.3).
  public static let checksSourceAndDestination = true
}
