import EventSimulation
import SimulatedTime
package import VirtualNetwork

/// Interfaces that Hyperplane asks for while functions use it.
///
/// No node can call another: Hyperplane wakes the frontend with a token, the frontend has the account's
/// control plane make an interface, and wakes Hyperplane when it is in use or cannot be had.
extension FunctionFrontend {
  /// Where a shared interface is or will be, and who has it made.
  package struct SharedPlace {
    /// The number of the account.
    package var account: Int
    /// The VPC's name.
    package var vpc: String
    package var subnet: ResourceIdentifier
    package var securityGroups: [ResourceIdentifier]
    /// What the plan calls the interface.
    package var name: String

    package init(
      account: Int, vpc: String, subnet: ResourceIdentifier, securityGroups: [ResourceIdentifier],
      name: String
    ) {
      self.account = account
      self.vpc = vpc
      self.subnet = subnet
      self.securityGroups = securityGroups
      self.name = name
    }
  }

  /// What the frontend is woken with when a shared interface is wanted because ports run short
  /// interfaces are numbered as in Hyperplane.
  package static func interfaceWantedToken(_ number: Int) -> UInt64 {
    Reminder.interfaceWanted.token(number)
  }

  /// What the frontend is woken with when a shared interface is wanted in the place of another
  ///
  package static func replacementWantedToken(_ number: Int, inPlaceOf former: Int) -> UInt64 {
    Reminder.replacementWanted.token(number << 24 | former)
  }

  /// Says where the next of Hyperplane's interfaces is or will be.
  package mutating func add(_ place: SharedPlace) { sharedPlaces.append(place) }

  /// Has the control plane make an interface that Hyperplane wants.
  mutating func addInterface(_ number: Int, inPlaceOf former: Int?, _ network: inout Network) {
    let place = sharedPlaces[number]
    let isOrdered = accounts[place.account].controlPlane.addInterface(
      place.name, inPlaceOf: former.map { sharedPlaces[$0].name }, subnet: place.subnet,
      securityGroups: place.securityGroups, at: network.now)
    if !isOrdered { refuseInterface("\(place.vpc)/\(place.name)", &network) }
    settle(account: place.account, &network)
  }

  /// Tells Hyperplane that an interface that it wanted cannot be had.
  mutating func refuseInterface(_ path: String, _ network: inout Network) {
    guard let (node, number) = interfaces[path]?.shared else { return }
    network.wake(node, at: network.now, token: HyperplaneNode.refusalToken(number))
  }
}
