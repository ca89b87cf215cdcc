import EventSimulation
import PacketFormats
import SimulatedTime

/// Echo requests that are under way.
struct PingState {
  let ping: Ping
  /// Where the requests go, once that is known.
  var destination = HostAddress(numbered: 0)
  let identifier: UInt16
  /// When it began, in nanoseconds.
  let began: Int64
  /// When each request left, in nanoseconds; negative once it was answered.
  var sendTimes: [Int64] = []
  var received = 0
  /// Sum of the times between request and reply, in nanoseconds.
  var totalRoundTrip: Int64 = 0
  /// When to give up waiting for replies, in nanoseconds.
  var deadline: Int64 = .max
}

extension Host {
  mutating func begin(_ ping: Ping, in network: inout Network) -> RecordID {
    let id = pings.insert(
      PingState(
        ping: ping, identifier: UInt16(truncatingIfNeeded: random.next()),
        began: network.now.nanoseconds))
    let header =
      ping.destination.family == .v6 ? IPv6Header.byteCount : IPv4Header.byteCount
    let longest = interface.maximumTransmissionUnit - header - ICMPv4Header.byteCount
    // Sequence numbers have 16 bits.
    guard (0...longest).contains(ping.payloadByteCount), (0...0xffff).contains(ping.count),
      ping.interval >= .zero
    else {
      finishPing(id, .failed(.badRequest), in: &network)
      return id
    }
    guard let destination = reach(ping.destination) else {
      finishPing(id, .failed(.unreachable), in: &network)
      return id
    }
    pings[Int(id.index)].destination = destination
    pingTimerFired(id, in: &network)
    return id
  }

  mutating func pingTimerFired(_ id: RecordID, in network: inout Network) {
    guard let index = pings.index(of: id) else { return }
    let now = network.now.nanoseconds
    if pings[index].deadline <= now {
      finishPing(id, echoes(of: index), in: &network)
      return
    }
    while pings[index].sendTimes.count < pings[index].ping.count {
      sendRequest(of: index, in: &network)
      if pings[index].ping.interval > .zero,
        pings[index].sendTimes.count < pings[index].ping.count
      {
        network.wake(
          at: network.now.advanced(by: pings[index].ping.interval),
          token: WakeToken(.ping, id).rawValue)
        return
      }
    }
    guard pings[index].received < pings[index].ping.count else {
      finishPing(id, echoes(of: index), in: &network)
      return
    }
    if pings[index].deadline == .max {
      let deadline = network.now.advanced(by: settings.echoTimeout)
      pings[index].deadline = deadline.nanoseconds
      network.wake(at: deadline, token: WakeToken(.ping, id).rawValue)
    }
  }

  private mutating func sendRequest(of index: Int, in network: inout Network) {
    let number = UInt16(truncatingIfNeeded: pings[index].sendTimes.count + 1)
    pings[index].sendTimes.append(network.now.nanoseconds)
    let byteCount = pings[index].ping.payloadByteCount
    fillScratch(byteCount)
    let destination = pings[index].destination
    sendMessage(
      .echoRequest(UInt32(pings[index].identifier) << 16 | UInt32(number)),
      from: source(for: destination), to: destination, payloadByteCount: byteCount,
      in: &network)
  }

  /// Makes the beginning of `scratch` the payload of an echo request.
  mutating func fillScratch(_ byteCount: Int) {
    if scratch.count < byteCount {
      scratch = [UInt8](repeating: 0, count: FramePool.longestFrame.jumbo)
    }
    for position in 0..<byteCount { scratch[position] = PayloadPattern.byte(at: position) }
  }

  /// Takes note of an echo reply, whose identifier and sequence number are `parameter`.
  mutating func receiveEchoReply(
    _ parameter: UInt32, from source: HostAddress, in network: inout Network
  ) {
    let identifier = UInt16(truncatingIfNeeded: parameter >> 16)
    let number = UInt16(truncatingIfNeeded: parameter)
    if traceReached(by: identifier, number, from: source, in: &network) { return }
    for index in 0..<pings.endIndex where pings.contains(index) {
      guard pings[index].identifier == identifier, pings[index].destination == source
      else { continue }
      let position = Int(number) - 1
      guard pings[index].sendTimes.indices.contains(position),
        pings[index].sendTimes[position] >= 0
      else { return }
      pings[index].totalRoundTrip += network.now.nanoseconds - pings[index].sendTimes[position]
      pings[index].sendTimes[position] = -1
      pings[index].received += 1
      if pings[index].received == pings[index].ping.count {
        finishPing(pings.id(of: index), echoes(of: index), in: &network)
      }
      return
    }
  }

  private func echoes(of index: Int) -> ExchangeResult {
    .echoes(
      sent: pings[index].sendTimes.count, received: pings[index].received,
      totalRoundTrip: .nanoseconds(pings[index].totalRoundTrip))
  }

  private mutating func finishPing(
    _ id: RecordID, _ result: ExchangeResult, in network: inout Network
  ) {
    let state = pings.take(Int(id.index))
    end(ExchangeID(kind: .ping, record: id), began: state.began, with: result, at: network.now)
  }
}
