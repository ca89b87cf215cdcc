/// The network interfaces that Lambda had in the customer's subnets, and their addresses.
///
/// Each has one private IPv4 address of its subnet, from the moment it is made until it is deleted
/// (lambda-vpc §3.3). Interfaces of the customer's own hosts are not counted.
public struct InterfaceUse: Hashable, Sendable, Encodable {
  /// Interfaces that were there when the run began.
  public var earlier = 0
  /// Interfaces made during the run.
  public var made = 0
  /// Those of them that an invocation waited for.
  public var madeOnInvoke = 0
  /// How many interfaces AWS's guide told customers to plan for before September 2019: peak of
  /// concurrent executions × memory ÷ 3 GB, function by function.
  ///
  /// Documented until then (lambda-vpc §2): instances of 3 GB were shared by environments. In the
  /// model each environment has an instance, and an interface, of its own, so that functions with less
  /// memory come to need more than this.
  public var projected = 0
  /// How many addresses were in use from when on, in order of time.
  public var addresses: [Level] = []
  /// Addresses that the functions' subnets have for interfaces of Lambda.
  public var capacity = 0

  package init() {}

  /// A number of addresses, and from when on, since the run began.
  public struct Level: Hashable, Sendable, Encodable {
    public var time: Int64
    public var count: Int

    package init(time: Int64, count: Int) {
      self.time = time
      self.count = count
    }
  }

  /// Most addresses at one time.
  public var mostAddresses: Int { addresses.map(\.count).max() ?? 0 }

  /// Addresses in use at `time`.
  public func addresses(at time: Int64) -> Int {
    addresses.last { $0.time <= time }?.count ?? 0
  }
}
