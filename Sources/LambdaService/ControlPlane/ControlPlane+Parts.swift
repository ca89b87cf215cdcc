import EventSimulation
import PacketFormats
import SimulatedTime
import VirtualNetwork

/// What the control planes keep of each thing.
extension ControlPlane {
  struct VPC: Sendable {
    var name: String
    var identifier: ResourceIdentifier
    var isDedicated: Bool
    /// Hyperplane interfaces in it that exist.
    var sharedCount = 0
  }

  struct Subnet: Sendable {
    var vpc: Int
    var name: String
    var identifier: ResourceIdentifier
    var zone: String
    var hasIPv6: Bool
    var addresses: SubnetAddresses
  }

  struct Group: Sendable {
    var vpc: Int
    var record: InterfaceRecord.Group
  }

  /// What a plan says of an interface before the run: it may or may not have an address already.
  struct PlannedInterface: Sendable {
    var linkLayerAddress: MACAddress
    /// `nil` if it is to be given one when it is made.
    var address: IPv4Address?
    var identifier: ResourceIdentifier
    var description: String
    /// Whether the address is only kept for it until it is made for the first time.
    var isSpare: Bool
  }

  /// An interface that Lambda had EC2 make.
  struct Interface: Sendable {
    var record: InterfaceRecord
    var subnet: Int
    var purpose: Purpose
    /// Grows when what was planned for it no longer holds.
    var generation = 0
    /// The interface that goes when this one is in use, if it comes in the place of one.
    var former: Int?

    enum Purpose: Sendable {
      /// One of a group of Hyperplane interfaces.
      case shared(Int)
      case environment(Int, function: Int)
    }
  }

  /// A subnet with an exact set of security groups, and the interfaces made for it.
  struct Shared: Sendable {
    var key: SharedKey
    /// The function whose creation made it, and whose role pays for it.
    var owner: Int
    /// The groups in the order in which that function lists them.
    var groups: [Int]
    /// The first, and those added or put in its place later.
    var interfaces: [Int] = []
    /// Calls of `CreateNetworkInterface` so far; none if nobody has begun to make one.
    var attempts = 0
    /// Functions and versions that use it or wait for it.
    var users = 0
    /// Functions that wait for it.
    var waiting: [Int] = []
    /// Grows when what was planned for it no longer holds.
    var generation = 0
    /// Whether it can no longer be taken into use.
    var isGone = false
    /// The role that made or used it last, with which it is deleted.
    var role: Principal
    /// Whether it could not be deleted for want of a permission.
    var isStuck = false
  }

  /// An interface that a pair is to have beside its first, or in the place of one.
  struct Addition: Sendable {
    var shared: Int
    var name: String
    /// The interface in whose place it comes, if so.
    var former: Int?
    /// Calls of `CreateNetworkInterface` so far.
    var attempts = 0
  }

  /// The sharing key (lambda-vpc §3.1); the set of groups is sorted, for order does not matter.
  struct SharedKey: Hashable, Sendable {
    var subnet: Int
    var groups: [Int]
  }

  /// A function's `$LATEST`, or a published version, which has states, interfaces and environments of
  /// its own.
  struct Function: Sendable {
    var configuration: FunctionConfiguration
    /// Of a published version, the function that it is one of, and its number there.
    var published: (function: Int, version: Int)?
    var state = FunctionState.active
    var stateReason: StateReason?
    var lastUpdate = UpdateStatus.successful
    var lastUpdateReason: StateReason?
    var lastModified: Instant
    var revision = 0
    /// What it is being connected to, and why.
    var connecting: Connecting?
    /// Shared interfaces that it uses.
    var links: [Int] = []
    /// How many of them are out of order for now.
    var brokenLinks = 0
    /// Its published versions from the first on, deleted ones included.
    var versions: [Int] = []
    /// When it was last invoked or became Active.
    var lastUsed: Instant
    /// Whether it is looked at again for idleness.
    var isWatched = false
    var inFlight = 0
    /// For functions with reserved concurrency.
    var requests: RequestBucket?
    /// Why its network could not be made again the last time, if so.
    var restoreFailure: InvokeError?
    var isDeleted = false
    /// Environments whose interface waits for the next one, the last to be left at the end.
    var idlePlaces: [Int] = []
    /// How many of its environments' interfaces have been asked for.
    var turn = 0
  }

  struct Connecting: Sendable {
    enum Reason: Sendable { case creation, restoration, update }
    var reason: Reason
    var vpc: VPCConfiguration
    var links: [Int]
  }

  /// An environment's wish for an interface of its own.
  struct OwnRequest: Sendable {
    var environment: Int
    var name: String
    var function: Int
    var subnet: Int
    var attempts = 0
    var generation: Int
    var random: RandomStream
    /// How long attaching takes, once the interface is made.
    var attachment = Duration.zero
    /// Whether the environment has gone meanwhile.
    var isAbandoned = false
  }

  enum Task: Sendable {
    case orderShared(Int, generation: Int)
    case orderAddition(Int, generation: Int)
    case interfaceMade(Int, generation: Int)
    case interfaceAttached(Int, generation: Int)
    case detachShared(Int, generation: Int)
    case detachOwn(Int, generation: Int)
    case interfaceDetached(Int)
    case deleteInterface(Int)
    case retryOwn(Int, generation: Int)
    case idleCheck(Int)
  }
}
