public import SimulatedTime

/// A scenario that has been read and found sound: what exists, who talks to whom, and for how long.
///
/// Everything in it has been checked. Every name that refers to something refers to something that
/// exists, every address lies where it must, every number is in its range; code that builds a world
/// from a scenario need not check again. Order is that of the file, so that nothing downstream
/// depends on the order of a dictionary.
public struct Scenario: Hashable, Sendable {
  /// What the scenario shows, in one line.
  public package(set) var title: String
  /// Longer text for people; empty if the file has none.
  public package(set) var description: String
  /// What all random streams of the run are derived from.
  public package(set) var seed: UInt64
  /// Upper bound of simulated time; a run ends earlier when nothing is left to do.
  public package(set) var duration: Duration
  /// The date and time that captures show for the start of the run.
  public package(set) var start: CalendarTime
  /// The named values of the file, as text, after overrides.
  public package(set) var parameters: [Parameter]
  public package(set) var prefixLists: [PrefixList]
  public package(set) var internetHosts: [OutsideHost]
  public package(set) var vpcs: [VPC]
  public package(set) var peeringConnections: [PeeringConnection]
  public package(set) var transitGateways: [TransitGateway]
  public package(set) var functions: [Function]
  public package(set) var traffic: [Traffic]
  /// What hosts do of their own accord.
  public package(set) var hostTraffic: [HostTraffic]
  /// What breaks, is mended or is changed while the run goes on, in the order of the file.
  public package(set) var events: [Event]
  /// Every number of the model, with the overrides of this scenario applied.
  public package(set) var settings: ModelSettings
}

extension Scenario {
  /// The VPC called `name`.
  ///
  /// - Returns: `nil` if there is none; a validated scenario never refers to such a one.
  public func vpc(named name: String) -> VPC? {
    vpcs.first { $0.name == name }
  }

  /// The function entry called `name`.
  ///
  /// - Returns: `nil` if there is none; a validated scenario never refers to such a one.
  public func function(named name: String) -> Function? {
    functions.first { $0.name == name }
  }
}
