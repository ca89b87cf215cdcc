import EventSimulation
import PacketFormats

/// What becomes of a host whose surroundings fail.
extension Host {
  /// What a host is woken with to be cut off from its network: nothing reaches it and nothing leaves
  /// it, and it does not know.
  package static var cutOffToken: UInt64 { WakeToken(.cutOff, .none).rawValue }
  /// What a host is woken with to be joined to its network again.
  package static var rejoinToken: UInt64 { WakeToken(.rejoin, .none).rawValue }
  /// What a host is woken with to be gone, with its connections and everything it was doing.
  ///
  /// Its program is told of nothing. Woken with ``rejoinToken``, it begins anew.
  package static var switchOffToken: UInt64 { WakeToken(.switchOff, .none).rawValue }

  mutating func suffer(_ token: WakeToken, in network: inout Network) {
    isCutOff = token.kind != .rejoin
    if token.kind == .switchOff { forgetEverything(in: &network) }
  }

  private mutating func forgetEverything(in network: inout Network) {
    for index in 0..<tcp.connections.endIndex where tcp.connections.contains(index) {
      forget(index, in: &network)
    }
    for index in 0..<sockets.endIndex where sockets.contains(index) {
      closeSocket(sockets[index].port)
    }
    for index in 0..<lookups.endIndex where lookups.contains(index) { lookups.remove(index) }
    for index in 0..<trains.endIndex where trains.contains(index) { trains.remove(index) }
    for index in 0..<pings.endIndex where pings.contains(index) { pings.remove(index) }
    for index in 0..<requests.endIndex where requests.contains(index) { requests.remove(index) }
    for index in 0..<queries.endIndex where queries.contains(index) { queries.remove(index) }
    if hasAnnex { annex[0].forgetExchanges() }
    for index in 0..<uploads.endIndex where uploads.contains(index) { uploads.remove(index) }
    for part in reassemblies.flatMap(\.parts) {
      network.frames.discard(held.release(part.frame).takeFrame())
    }
    reassemblies.removeAll()
    pool.removeAll()
    endings.removeAll()
    for index in frozenFrames { network.frames.discard(held.release(index).takeFrame()) }
    frozenFrames.removeAll()
    frozenTokens.removeAll()
    isFrozen = false
  }

  /// Takes over a frame that leaves a host whose network has failed.
  mutating func loseCarrier(_ frame: consuming Frame, in network: inout Network) {
    network.capture(
      frame, at: interface.capturePoint, direction: .outbound, verdict: .dropped
    ) {
      $0.append("DROP host ")
      $0.append(FrameDisposition.cutOff.detail)
    }
    abandon(frame, .cutOff, in: &network)
  }
}

extension WakeToken {
  /// Whether it is about the host's surroundings, which reach it frozen or not.
  var isOutage: Bool {
    switch kind {
    case .cutOff, .rejoin, .switchOff: true
    default: false
    }
  }
}
