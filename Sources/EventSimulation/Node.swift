/// One end of a link.
public struct PortID: Hashable, Sendable {
  /// The port's number among all ports of the network.
  public let index: Int32
  /// What the node that owns the port calls it.
  public let label: Int32

  init(index: UInt32, label: Int32) {
    self.index = Int32(index)
    self.label = label
  }
}

/// Something that frames arrive at.
///
/// A node reacts to one event at a time and never waits. Everything it may do to the outside
/// world goes through the `network` it is handed, which is what makes a run repeatable. A node
/// is a noncopyable value: the simulation keeps it in one place, reaches it without counting
/// references, and nobody else can hold on to it.
public protocol Node: ~Copyable {
  /// Takes over `frame`, which has just arrived at `port`.
  mutating func receive(_ frame: consuming Frame, at port: PortID, in network: inout Network)

  /// Acts at a time the node itself asked for with ``Network/wake(at:token:)``.
  mutating func wake(_ token: UInt64, in network: inout Network)
}

extension Node where Self: ~Copyable {
  public mutating func wake(_ token: UInt64, in network: inout Network) {}
}

/// Names a node of a known type, so that what it counted can be read between events.
public struct NodeID<Kind: Node & ~Copyable>: Sendable {
  let index: UInt32
}

/// The type-erased home of a node.
class NodeCell {
  func receive(_ frame: consuming Frame, at port: PortID, in network: inout Network) {
    preconditionFailure("not a node")
  }

  func wake(_ token: UInt64, in network: inout Network) {
    preconditionFailure("not a node")
  }
}

/// The home of one node.
///
/// The node is behind a pointer, not a stored property, because the accesses of a class are
/// checked for overlap while the program runs, twice for every event.
@safe final class TypedNodeCell<Kind: Node & ~Copyable>: NodeCell {
  let node: UnsafeMutablePointer<Kind>

  init(_ node: consuming Kind) {
    unsafe self.node = .allocate(capacity: 1)
    unsafe self.node.initialize(to: node)
  }

  deinit {
    unsafe node.deinitialize(count: 1)
    unsafe node.deallocate()
  }

  override func receive(_ frame: consuming Frame, at port: PortID, in network: inout Network) {
    unsafe node.pointee.receive(frame, at: port, in: &network)
  }

  override func wake(_ token: UInt64, in network: inout Network) {
    unsafe node.pointee.wake(token, in: &network)
  }
}
