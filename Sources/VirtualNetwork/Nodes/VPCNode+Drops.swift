import EventSimulation
import PacketFormats
import SimulatedTime

/// How packets die in the VPC.
extension VPCNode {
  mutating func reject(
    _ frame: consuming Frame, _ decision: FlowDecision, _ key: FlowKey, at point: CapturePoint,
    direction: CaptureDirection, _ network: inout Network
  ) {
    let reasons = dataPlane.decision(decision.decision).reasons
    guard let reason = reasons.last else {
      preconditionFailure("a rejection without a reason")
    }
    network.capture(frame, at: point, direction: direction, verdict: .dropped) { text in
      text.append("DROP ")
      text.append(text: reason.component.kind)
      text.append(" ")
      text.append(text: reason.sentence)
    }
    network.drop(
      frame, at: network.captures.name(of: point), code: reason.code.rawValue,
      detail: reason.sentence, flow: dataPlane.text(key))
  }

  /// Ends a packet that came in through a gateway and reached no interface.
  mutating func rejectArrival(
    _ frame: consuming Frame, _ decision: FlowDecision, _ key: FlowKey, _ network: inout Network
  ) {
    guard let reason = dataPlane.decision(decision.decision).reasons.last else {
      preconditionFailure("a rejection without a reason")
    }
    drop(frame, key, code: reason.code, reason.sentence, &network)
  }

  /// Whether link-local services take another packet from an interface now.
  mutating func admitsServicePacket(from index: InterfaceIndex, at now: Instant) -> Bool {
    guard let serviceLimit else { return true }
    while serviceAllowances.count <= Int(index.rawValue) {
      serviceAllowances.append(PacketAllowance(packetsPerSecond: serviceLimit))
    }
    return serviceAllowances[Int(index.rawValue)].take(at: now)
  }

  /// Ends a packet to a link-local service from an interface that has sent too many.
  mutating func refuseServicePacket(
    _ frame: consuming Frame, _ key: FlowKey, at point: CapturePoint, _ network: inout Network
  ) {
    end(
      frame, key, "resolver",
      code: ExplanationCode.linkLocalAllowanceExceeded,
      "the resolver takes \(serviceLimit ?? 0) packets a second from a network interface",
      at: point, direction: .outbound, &network)
  }

  /// Whether a packet's flow is not faster than one flow may be.
  mutating func admitsAtRate(
    _ frame: borrowing Frame, _ key: FlowKey, at point: CapturePoint, _ network: inout Network
  ) -> Bool {
    flowRates?.take(frame.byteCount, of: key, at: network.now) ?? true
  }

  /// Ends a packet of a flow that is too fast.
  mutating func refuseAtRate(
    _ frame: consuming Frame, _ key: FlowKey, at point: CapturePoint, _ network: inout Network
  ) {
    end(
      frame, key, "network-interface", code: .bandwidthAllowanceExceeded,
      "a single flow gets no more than \(flowRates?.bitsPerSecond ?? 0) bits a second", at: point,
      direction: .outbound, &network)
  }

  /// Ends a packet that is longer than an interface endpoint takes; nobody is told.
  mutating func refuseLength(
    _ frame: consuming Frame, _ key: FlowKey, at attachment: Attachment, _ network: inout Network
  ) {
    let refusal = GatewayRefusal.tooBig(
      byteCount: frame.byteCount - EthernetHeader.byteCount,
      mtu: Int(attachment.longestFrame) - EthernetHeader.byteCount)
    end(
      frame, key, "endpoint", code: refusal.code, refusal.sentence, at: attachment.point,
      direction: .inbound, &network)
  }

  /// Ends a packet at an interface.
  private mutating func end(
    _ frame: consuming Frame, _ key: FlowKey, _ component: StaticString, code: ExplanationCode,
    _ detail: String, at point: CapturePoint, direction: CaptureDirection, _ network: inout Network
  ) {
    network.capture(frame, at: point, direction: direction, verdict: .dropped) { text in
      text.append("DROP ")
      text.append(component)
      text.append(" ")
      text.append(text: detail)
    }
    network.drop(
      frame, at: network.captures.name(of: point), code: code.rawValue, detail: detail,
      flow: dataPlane.text(key))
  }

  mutating func drop(
    _ frame: consuming Frame, _ key: FlowKey, code: ExplanationCode, _ detail: String,
    _ network: inout Network
  ) {
    network.drop(
      frame, at: dataPlane.network.name, code: code.rawValue, detail: detail,
      flow: dataPlane.text(key))
  }

  mutating func dropUnreadable(_ frame: consuming Frame, _ network: inout Network) {
    unreadableCount += 1
    network.drop(
      frame, at: dataPlane.network.name, code: "UNREADABLE_FRAME",
      detail: "no IPv4 packet of an interface of this VPC", flow: "")
  }

  mutating func capture(
    _ frame: borrowing Frame, _ decision: FlowDecision, at point: CapturePoint,
    direction: CaptureDirection, _ network: inout Network
  ) {
    guard decision.isSlowPath, network.captures.annotations == .all else {
      network.capture(frame, at: point, direction: direction)
      return
    }
    let reasons = dataPlane.decision(decision.decision).reasons
    network.capture(frame, at: point, direction: direction) { text in
      text.append("SLOW PATH ")
      for (number, reason) in reasons.enumerated() {
        if number > 0 { text.append("; ") }
        text.append(text: reason.sentence)
      }
    }
  }
}
