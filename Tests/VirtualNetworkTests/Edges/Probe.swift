import EventSimulation
import SimulatedTime

/// A node that writes down what it receives and sends what it is told to.
struct Probe: Node, ~Copyable {
  private(set) var received: [[UInt8]] = []
  private var outbox: [[UInt8]] = []
  var port: PortID?

  /// Has frames sent, the first at `time` and each other a nanosecond after the one before.
  static func send(
    _ frames: [[UInt8]], from probe: NodeID<Probe>, at time: Instant,
    in simulation: inout Simulation
  ) {
    for (number, frame) in frames.enumerated() {
      let token = simulation.withNode(probe) { node in
        node.outbox.append(frame)
        return UInt64(node.outbox.count - 1)
      }
      simulation.wake(probe, at: time.advanced(byNanoseconds: Int64(number)), token: token)
    }
  }

  mutating func receive(_ frame: consuming Frame, at port: PortID, in network: inout Network) {
    let count = frame.byteCount
    received.append(
      network.frames.withContents(of: frame) { bytes in
        (0..<count).map { unsafe bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
      })
    network.frames.discard(frame)
  }

  mutating func wake(_ token: UInt64, in network: inout Network) {
    let bytes = outbox[Int(token)]
    guard let port, let frame = network.frames.makeFrame(byteCount: bytes.count) else {
      preconditionFailure("the probe cannot send")
    }
    network.frames.withBytes(of: frame) { target in
      for (place, byte) in bytes.enumerated() {
        target.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
      }
    }
    network.send(frame, from: port)
  }

  mutating func take() -> [[UInt8]] {
    defer { received = [] }
    return received
  }
}
