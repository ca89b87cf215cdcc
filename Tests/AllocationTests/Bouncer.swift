import EventSimulation

/// Sends every frame back where it came from, after writing it down.
struct Bouncer: Node, ~Copyable {
  var received = 0
  var point: CapturePoint = .none

  mutating func receive(_ frame: consuming Frame, at port: PortID, in network: inout Network) {
    received += 1
    network.capture(frame, at: point, direction: .inbound)
    network.send(frame, from: port)
  }
}
