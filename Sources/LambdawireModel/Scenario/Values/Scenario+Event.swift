extension Scenario {
  /// Something that happens to the network at a certain time.
  public struct Event: Hashable, Sendable {
    /// When, counted from the start of the run.
    public package(set) var time: Duration
    public package(set) var act: Act
    /// After how long it is over, or `nil` if it stays so.
    public package(set) var span: Duration?

    package init(time: Duration, act: Act, span: Duration?) {
      self.time = time
      self.act = act
      self.span = span
    }

    public enum Act: Hashable, Sendable {
      case fail(Component)
      /// A cell loses some packets and delays the others.
      case degrade(Component, loss: Ratio, delay: Duration)
      /// Lambda replaces the oldest shared interface of a function in a subnet (A-27).
      case replace(function: String, subnet: String)
      /// A function is connected to its VPC by other subnets and groups.
      case update(function: String, subnets: [String], securityGroups: [String])
      /// A function leaves its VPC.
      case removeVPC(function: String)
      /// A function is deleted.
      case delete(function: String)
      /// A VPC's rules or routes are changed.
      case change(vpc: String, NetworkChange)
    }
  }

  /// A part of the network that can break.
  public enum Component: Hashable, Sendable {
    /// A packet processor of Hyperplane, by its number from 1 on, counted over all cells or, with a
    /// VPC, over the hand that it was dealt.
    case top(Int, of: String?)
    /// One of a pair of Flow Masters, counted likewise.
    case flowMaster(pair: Int, isPrimary: Bool, of: String?)
    /// A cell of Hyperplane, counted over all zones or, with a VPC, over those it is in.
    case cell(Int, of: String?)
    /// An availability zone with all that is in it.
    case zone(String)
    /// EC2's API, which Lambda has network interfaces made and deleted by.
    case ec2API
  }
}

extension Scenario.Event.Act {
  /// The function that it is done to, if it is done to one.
  var function: String? {
    switch self {
    case .fail, .degrade, .change: nil
    case .replace(let function, _), .update(let function, _, _), .removeVPC(let function),
      .delete(let function):
      function
    }
  }
}

extension Scenario.Component: CustomStringConvertible {
  /// What scenarios call it, such as `hyperplane-top/1`.
  public var description: String {
    switch self {
    case .top(let number, _): "hyperplane-top/\(number)"
    case .flowMaster(let pair, let isPrimary, _):
      "hyperplane-flow-master/\(pair)-\(isPrimary ? "primary" : "secondary")"
    case .cell(let number, _): "hyperplane-cell/\(number)"
    case .zone(let name): "zone/\(name)"
    case .ec2API: "ec2-api"
    }
  }
}
