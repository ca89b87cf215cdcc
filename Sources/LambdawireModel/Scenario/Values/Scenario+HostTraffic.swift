extension Scenario {
  /// What a host does of its own accord.
  public struct HostTraffic: Hashable, Sendable {
    public package(set) var host: HostReference
    public package(set) var arrivals: Arrivals
    /// When the first may come, counted from the start of the run.
    public package(set) var from: Duration
    /// How long they go on coming; `nil` for no limit.
    public package(set) var span: Duration?
    /// How many at most; `nil` for no limit.
    public package(set) var count: Int?
    /// What is done each time, one step after the other; at least one.
    public package(set) var steps: [Step]
  }

  /// A host, wherever it is.
  public enum HostReference: Hashable, Sendable {
    case inVPC(String, name: String)
    /// Behind the virtual private gateway of a VPC.
    case onPremises(String, name: String)
    case internet(name: String)

    /// Makes it the host of the same name in, or behind the gateway of, another VPC.
    mutating func move(to vpc: String) {
      switch self {
      case .inVPC(_, let name): self = .inVPC(vpc, name: name)
      case .onPremises(_, let name): self = .onPremises(vpc, name: name)
      case .internet: break
      }
    }

    /// The VPC that it is in, or behind whose gateway.
    public var vpc: String? {
      switch self {
      case .inVPC(let vpc, _), .onPremises(let vpc, _): vpc
      case .internet: nil
      }
    }
  }
}
