import EndpointStack
import EventSimulation
import SimulatedTime
import VirtualNetwork

/// A place for an execution environment of a function, and the environment that is in it, if any.
///
/// A place is a slot of a worker, or an interface, with a guest. Environments come and go; one that
/// ends leaves its place to another, which starts cold and has the place's name.
struct Environment {
  var name: String
  var function: Int
  /// Which of the connections of the function it belongs to.
  var connection: Int
  /// The subnet that its traffic leaves by, among those of the connection.
  var subnet: Int
  var host: NodeID<Host>
  var program: GuestProgram
  /// Where it needs an interface of its own, before September 2019.
  var interfaceSubnet: ResourceIdentifier?
  /// The worker whose slot it is, or `nil` where workers are not modelled.
  var worker: Int?
  /// The availability zone that it is in.
  var zone: String
  var random: RandomStream

  var state = State.vacant
  /// The invocation it works on, or worked on last.
  var invocation = 0
  /// When that invocation came.
  var arrived = Instant.start
  /// When its work began, or begins; that is a little after it came.
  var began = Instant.start
  /// When that invocation's time is up.
  var deadline: Instant?
  /// When it is to end: at that time, or with the invocation it then works on.
  var expiry = Instant.start
  /// Since when it has had nothing to do.
  var idleSince = Instant.start
  /// Whether a reminder to freeze it is on its way, so that it needs no other.
  var hasFreezeReminder = false
  /// Whether a reminder of an invocation's deadline is on its way.
  var hasTimeoutReminder = false
  /// Whether its guest was switched off with the environment that was here before.
  var isSwitchedOff = false

  enum State {
    /// There is none here.
    case vacant
    case starting, busy, idle, frozen
    /// Its zone has failed.
    case lost
  }
}
