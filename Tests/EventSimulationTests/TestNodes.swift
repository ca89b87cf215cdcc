import EventSimulation
import SimulatedTime

/// Notes what arrives, and sends the first few back.
struct Recorder: Node, ~Copyable {
  var arrivals: [(time: Instant, byteCount: Int, label: Int32)] = []
  var packets: [UInt64] = []
  var wakes: [(time: Instant, token: UInt64)] = []
  var answers = 0

  mutating func receive(_ frame: consuming Frame, at port: PortID, in network: inout Network) {
    arrivals.append((network.now, frame.byteCount, port.label))
    packets.append(network.frames.packetID(of: frame).rawValue)
    if answers > 0 {
      answers -= 1
      network.send(frame, from: port)
    } else {
      network.frames.discard(frame)
    }
  }

  mutating func wake(_ token: UInt64, in network: inout Network) {
    wakes.append((network.now, token))
  }
}

/// Loses every frame it is given.
struct Careless: Node, ~Copyable {
  mutating func receive(_ frame: consuming Frame, at port: PortID, in network: inout Network) {}
}

/// Sends frames at times of its own.
struct Talker: Node, ~Copyable {
  var port: PortID?
  /// Lengths of the frames to send, by the token it is woken with.
  var byteCounts: [Int] = []

  mutating func receive(_ frame: consuming Frame, at port: PortID, in network: inout Network) {
    network.frames.discard(frame)
  }

  mutating func wake(_ token: UInt64, in network: inout Network) {
    guard let port else { return }
    let made = network.frames.makeFrame(byteCount: byteCounts[Int(token)])
    guard let frame = made else { return }
    network.send(frame, from: port)
  }
}

/// Holds each frame for as many nanoseconds as it has bytes, then notes it.
struct Holder: Node, ~Copyable {
  var released: [(time: Int64, byteCount: Int)] = []

  mutating func receive(_ frame: consuming Frame, at port: PortID, in network: inout Network) {
    if port.label == -7 {
      released.append((network.now.nanoseconds, frame.byteCount))
      network.frames.discard(frame)
    } else {
      let time = network.now.advanced(by: .nanoseconds(frame.byteCount))
      network.hold(frame, until: time, label: -7)
    }
  }
}

extension Simulation {
  /// Sends one frame of `byteCount` bytes from `port`.
  ///
  /// - Returns: whether the pool had one.
  @discardableResult
  mutating func send(byteCount: Int, from port: PortID) -> Bool {
    let made = network.frames.makeFrame(byteCount: byteCount)
    guard let frame = made else { return false }
    network.send(frame, from: port)
    return true
  }
}
