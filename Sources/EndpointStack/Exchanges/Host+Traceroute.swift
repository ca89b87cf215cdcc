import EventSimulation
import PacketFormats
import SimulatedTime

/// A traceroute that is under way.
struct TraceState {
  struct Probe {
    /// When it left, in nanoseconds.
    let sent: Int64
    var answer: RouteAnswer?
    var isOver = false
  }

  let trace: Traceroute
  /// When it began, in nanoseconds.
  let began: Int64
  /// Where the packets go, once that is known.
  var destination = HostAddress(numbered: 0)
  /// The source port of datagrams, or the identifier of echo requests.
  var identifier: UInt16 = 0
  var probes: [Probe] = []
  /// Probes that wait for an answer.
  var waiting = 0
  /// The distance at which the way ends, once that is known.
  var lastHop = Int.max

  /// The distance that the probe at `index` may go.
  func distance(of index: Int) -> Int { index / trace.probesPerHop + 1 }

  /// Whether another probe is to be sent now.
  var wantsProbe: Bool {
    probes.count < trace.maximumHops * trace.probesPerHop && waiting < trace.simultaneousProbes
      && distance(of: probes.count) <= lastHop
  }

  /// Whether nothing more can come that matters.
  var isOver: Bool {
    let count = min(trace.maximumHops, lastHop) * trace.probesPerHop
    return probes.count >= count && probes[..<count].allSatisfy { $0.isOver }
  }

  /// What is known in the end.
  var hops: [RouteHop] {
    (1...min(trace.maximumHops, lastHop)).map { distance in
      let first = (distance - 1) * trace.probesPerHop
      return RouteHop(
        distance: distance, answers: probes[first..<first + trace.probesPerHop].map(\.answer))
    }
  }
}

extension Host {
  mutating func begin(_ trace: Traceroute, in network: inout Network) -> RecordID {
    openAnnex()
    let id = annex[0].traces.insert(TraceState(trace: trace, began: network.now.nanoseconds))
    let headers =
      UDPHeader.byteCount
      + (trace.destination.family == .v6 ? IPv6Header.byteCount : IPv4Header.byteCount)
    guard trace.isSensible,
      (headers...interface.maximumTransmissionUnit).contains(trace.packetByteCount)
    else {
      finishTrace(id, .failed(.badRequest), in: &network)
      return id
    }
    guard let destination = reach(trace.destination) else {
      finishTrace(id, .failed(.unreachable), in: &network)
      return id
    }
    let index = Int(id.index)
    annex[0].traces[index].destination = destination
    switch trace.probe {
    case .datagram:
      guard let port = takeDatagramPort() else {
        finishTrace(id, .failed(.noSourcePort), in: &network)
        return id
      }
      openSocket(port, for: .trace(id))
      annex[0].traces[index].identifier = port
    case .echo:
      annex[0].traces[index].identifier = UInt16(truncatingIfNeeded: random.next())
    }
    goOn(id, in: &network)
    return id
  }

  /// Sends what may be sent now, or ends the exchange.
  private mutating func goOn(_ id: RecordID, in network: inout Network) {
    guard let index = annex[0].traces.index(of: id) else { return }
    while annex[0].traces[index].wantsProbe { sendProbe(of: index, in: &network) }
    if annex[0].traces[index].isOver {
      finishTrace(id, .route(annex[0].traces[index].hops), in: &network)
    }
  }

  private mutating func sendProbe(of index: Int, in network: inout Network) {
    let number = annex[0].traces[index].probes.count
    let distance = UInt8(annex[0].traces[index].distance(of: number))
    let destination = annex[0].traces[index].destination
    let source = source(for: destination)
    let trace = annex[0].traces[index].trace
    let identifier = annex[0].traces[index].identifier
    let byteCount =
      trace.packetByteCount - destination.headerByteCount - UDPHeader.byteCount
    annex[0].traces[index].probes.append(TraceState.Probe(sent: network.now.nanoseconds))
    annex[0].traces[index].waiting += 1
    network.wake(
      at: network.now.advanced(by: trace.timeout),
      token: WakeToken(.trace, annex[0].traces.id(of: index)).rawValue)
    switch trace.probe {
    case .echo:
      fillScratch(byteCount)
      sendMessage(
        .echoRequest(UInt32(identifier) << 16 | UInt32(number + 1)), from: source,
        to: destination, payloadByteCount: byteCount, hopLimit: distance, in: &network)
    case .datagram:
      let made = makeDatagram(
        from: source, port: identifier, to: destination,
        port: trace.firstPort + UInt16(number), payloadByteCount: byteCount, in: &network
      ) { bytes, offset in
        PayloadPattern.fill(&bytes, at: offset, byteCount, number: UInt64(number))
      }
      guard let frame = made else { return }
      setHopLimit(distance, of: frame, to: destination, in: &network)
      sendWithinPath(frame, to: destination, isDatagram: true, in: &network)
    }
  }

  mutating func traceTimerFired(_ id: RecordID, in network: inout Network) {
    guard let index = annex[0].traces.index(of: id) else { return }
    let latest =
      network.now.nanoseconds - annex[0].traces[index].trace.timeout.wholeNanoseconds
    for number in annex[0].traces[index].probes.indices
    where !annex[0].traces[index].probes[number].isOver
      && annex[0].traces[index].probes[number].sent <= latest
    {
      annex[0].traces[index].probes[number].isOver = true
      annex[0].traces[index].waiting -= 1
    }
    goOn(id, in: &network)
  }

  // MARK: Answers

  /// Takes note of an error about a probe.
  ///
  /// - Returns: whether it was one.
  mutating func traceAnswered(
    by error: ICMPError, from source: HostAddress, about quoted: QuotedPacket,
    in network: inout Network
  ) -> Bool {
    guard hasAnnex, annex[0].traces.count > 0,
      let (index, number) = probe(in: quoted)
    else { return false }
    let kind: RouteAnswer.Kind
    switch error.kind {
    case .expired: kind = .timeExceeded
    case .refused: kind = source == quoted.destination ? .reached : .unreachable(code: error.code)
    case .unreachable: kind = .unreachable(code: error.code)
    case .tooBig(let limit): kind = .tooLong(maximumTransmissionUnit: limit)
    }
    note(kind, from: source, of: number, of: index, in: &network)
    return true
  }

  /// Which probe of which traceroute is quoted, or `nil` if none is.
  private mutating func probe(in quoted: QuotedPacket) -> (Int, Int)? {
    for index in 0..<annex[0].traces.endIndex where annex[0].traces.contains(index) {
      guard annex[0].traces[index].destination == quoted.destination else { continue }
      let identifier = annex[0].traces[index].identifier
      let number: Int
      switch annex[0].traces[index].trace.probe {
      case .datagram:
        guard quoted.protocol == .udp, quoted.sourcePort == identifier else { continue }
        number = Int(quoted.destinationPort) - Int(annex[0].traces[index].trace.firstPort)
      case .echo:
        guard quoted.protocol == .icmp || quoted.protocol == .icmpv6,
          quoted.word >> 16 == UInt32(identifier)
        else { continue }
        number = Int(quoted.word & 0xffff) - 1
      }
      guard annex[0].traces[index].probes.indices.contains(number) else { continue }
      return (index, number)
    }
    return nil
  }

  /// Takes note of an echo reply to a probe.
  ///
  /// - Returns: whether it was one.
  mutating func traceReached(
    by identifier: UInt16, _ sequenceNumber: UInt16, from source: HostAddress,
    in network: inout Network
  ) -> Bool {
    guard hasAnnex else { return false }
    for index in 0..<annex[0].traces.endIndex where annex[0].traces.contains(index) {
      let number = Int(sequenceNumber) - 1
      guard annex[0].traces[index].trace.probe == .echo,
        annex[0].traces[index].identifier == identifier,
        annex[0].traces[index].destination == source,
        annex[0].traces[index].probes.indices.contains(number)
      else { continue }
      note(.reached, from: source, of: number, of: index, in: &network)
      return true
    }
    return false
  }

  private mutating func note(
    _ kind: RouteAnswer.Kind, from source: HostAddress, of number: Int, of index: Int,
    in network: inout Network
  ) {
    let probe = annex[0].traces[index].probes[number]
    // An answer that comes too late is none, and a second one is the first one's copy.
    guard !probe.isOver else { return }
    annex[0].traces[index].probes[number].answer = RouteAnswer(
      kind: kind, address: address(of: source),
      roundTrip: .nanoseconds(network.now.nanoseconds - probe.sent))
    annex[0].traces[index].probes[number].isOver = true
    annex[0].traces[index].waiting -= 1
    if kind != .timeExceeded {
      let distance = annex[0].traces[index].distance(of: number)
      annex[0].traces[index].lastHop = min(annex[0].traces[index].lastHop, distance)
    }
    goOn(annex[0].traces.id(of: index), in: &network)
  }

  private mutating func finishTrace(
    _ id: RecordID, _ result: ExchangeResult, in network: inout Network
  ) {
    let state = annex[0].traces.take(Int(id.index))
    if state.trace.probe == .datagram, state.identifier != 0 { closeSocket(state.identifier) }
    end(ExchangeID(kind: .trace, record: id), began: state.began, with: result, at: network.now)
  }
}
