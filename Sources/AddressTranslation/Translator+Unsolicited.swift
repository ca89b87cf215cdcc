import PacketFormats

/// What becomes of packets from outside that belong to no translation and may begin none.
extension Translator {
  /// Answers a packet from outside that may not come in.
  mutating func refuse(
    _ key: FlowKey, _ packet: TransportPacket, _ reason: DropReason, now: Int64
  ) -> Verdict {
    guard packet.isTCP else { return .dropped(reason) }
    switch rules.behavior.unsolicitedPacket {
    case .drop: return .dropped(reason)
    case .reset:
      // RFC 9293, section 3.10.7.1: a RST is never answered by one.
      return packet.control.contains(.rst) ? .dropped(reason) : .resetSender
    case .refuseSYNLate:
      refuseSYNs(by: now)
      // A SYN in fragments is not worth waiting for, and neither is one from another inside host.
      guard packet.control.openConnection, !packet.isFragment,
        rules.isOutside(key.localAddress), !rules.isOutside(key.remoteAddress),
        !waitingSYNs.contains(key), !waitingSYNs.isFull,
        let held = heldPackets.hold(behind: 0)
      else { return .dropped(reason) }
      // Time that goes backwards must not bring their order of ends into disorder.
      latestSYNEnd = max(latestSYNEnd, IdleTimeouts.end(now, rules.timeouts.unsolicitedSYN))
      waitingSYNs.add(key, held: held, endingAt: latestSYNEnd)
      return .held(held)
    }
  }

  /// Forgets a SYN from outside because the connection it asks for has begun inside.
  mutating func forgetSYN(_ key: FlowKey, now: Int64) {
    refuseSYNs(by: now)
    if let held = waitingSYNs.take(key) { heldPackets.release(held, .drop(.unsolicited)) }
  }

  /// Refuses the SYNs whose time is up by `now` (RFC 5382, REQ-4).
  mutating func refuseSYNs(by now: Int64) {
    while let end = waitingSYNs.nextEnd, end <= now {
      guard let held = waitingSYNs.removeOldest() else { continue }
      heldPackets.release(held, .refuse(.unsolicited, .portUnreachable))
    }
  }
}
