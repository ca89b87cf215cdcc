import EventSimulation
import PacketFormats
import SimulatedTime

/// Requests to a datagram service that are under way.
struct RequestState {
  let request: DatagramRequest
  /// Where the questions go, once that is known.
  var destination = HostAddress(numbered: 0)
  /// When it began, in nanoseconds.
  let began: Int64
  /// The source port, once there is one.
  var port: UInt16 = 0
  /// What the datagram that waits for an answer begins with.
  var number: UInt64 = 0
  /// Answers so far.
  var answered = 0
  /// How often the datagram that waits for an answer was sent.
  var attempts = 0
  /// When to send it again, in nanoseconds.
  var deadline: Int64 = 0
}

extension Host {
  mutating func begin(_ request: DatagramRequest, in network: inout Network) -> RecordID {
    let id = requests.insert(RequestState(request: request, began: network.now.nanoseconds))
    let longest = Self.longestDatagram(to: request.destination)
    guard (0...longest).contains(request.payloadByteCount), request.count >= 0,
      request.attempts > 0, request.timeout > .zero
    else {
      finishRequest(id, .failed(.badRequest), in: &network)
      return id
    }
    guard let destination = reach(request.destination) else {
      finishRequest(id, .failed(.unreachable), in: &network)
      return id
    }
    let index = Int(id.index)
    requests[index].destination = destination
    guard let port = takeRequestPort(for: id, request, to: destination) else {
      finishRequest(id, .failed(.noSourcePort), in: &network)
      return id
    }
    requests[index].port = port
    guard request.count > 0 else {
      finishRequest(id, .answers(count: 0), in: &network)
      return id
    }
    sendNextRequest(of: index, in: &network)
    return id
  }

  /// A socket for requests: one that was kept, or a new one.
  private mutating func takeRequestPort(
    for id: RecordID, _ request: DatagramRequest, to destination: HostAddress
  ) -> UInt16? {
    if request.isPooled {
      for index in 0..<sockets.endIndex where sockets.contains(index) {
        guard case .kept(let kept, let port) = sockets[index].owner, kept == destination,
          port == request.port
        else { continue }
        sockets[index].owner = .request(id)
        return sockets[index].port
      }
    }
    guard let port = takeDatagramPort() else { return nil }
    openSocket(port, for: .request(id))
    return port
  }

  private mutating func sendNextRequest(of index: Int, in network: inout Network) {
    requestCount &+= 1
    requests[index].number = requestCount
    requests[index].attempts = 0
    sendRequest(of: index, in: &network)
  }

  private mutating func sendRequest(of index: Int, in network: inout Network) {
    let destination = requests[index].destination
    if let limit = limit(
      of: requests[index].request.payloadByteCount, to: destination,
      mayFragment: requests[index].request.mayFragment, in: network)
    {
      finishRequest(
        requests.id(of: index), .failed(.messageTooLong(limit: limit)), in: &network)
      return
    }
    let deadline = network.now.advanced(by: requests[index].request.timeout)
    requests[index].attempts += 1
    requests[index].deadline = deadline.nanoseconds
    network.wake(
      at: deadline, token: WakeToken(.request, requests.id(of: index)).rawValue)
    let number = requests[index].number
    let byteCount = requests[index].request.payloadByteCount
    sendDatagram(
      from: source(for: destination), port: requests[index].port,
      to: destination, port: requests[index].request.port,
      payloadByteCount: byteCount, in: &network
    ) { bytes, offset in
      PayloadPattern.fill(&bytes, at: offset, byteCount, number: number)
    }
  }

  mutating func requestTimerFired(_ id: RecordID, in network: inout Network) {
    guard let index = requests.index(of: id), requests[index].deadline <= network.now.nanoseconds
    else { return }
    if requests[index].attempts < requests[index].request.attempts {
      sendRequest(of: index, in: &network)
    } else {
      finishRequest(id, .failed(.timedOut), in: &network)
    }
  }

  /// Takes note of a datagram to the socket of requests, as a connected socket does: what comes
  /// from elsewhere is no answer, and neither is what answers another datagram.
  @inline(__always)
  mutating func receiveReply(
    _ frame: borrowing Frame, _ payload: Range<Int>, from source: HostAddress, port: UInt16,
    to id: RecordID, in network: inout Network
  ) {
    guard let index = requests.index(of: id), requests[index].destination == source,
      requests[index].request.port == port
    else { return }
    let number = requests[index].number
    if PayloadPattern.numberByteCount(requests[index].request.payloadByteCount) > 0 {
      let isAnswer = network.frames.withContents(of: frame) { bytes in
        payload.count >= 8 && bytes[Field<UInt64>(at: 0), at: payload.lowerBound] == number
      }
      guard isAnswer else { return }
    }
    requests[index].answered += 1
    if requests[index].answered < requests[index].request.count {
      sendNextRequest(of: index, in: &network)
    } else {
      finishRequest(id, .answers(count: requests[index].answered), in: &network)
    }
  }

  mutating func requestFailed(
    _ id: RecordID, _ failure: ExchangeFailure, asking destination: HostAddress,
    in network: inout Network
  ) {
    guard let index = requests.index(of: id), requests[index].destination == destination
    else { return }
    finishRequest(id, .failed(failure), in: &network)
  }

  private mutating func finishRequest(
    _ id: RecordID, _ result: ExchangeResult, in network: inout Network
  ) {
    let state = requests.take(Int(id.index))
    if state.port != 0 {
      // A program whose request failed makes itself a new socket, as one does that tries again.
      if state.request.isPooled, case .answers = result, let index = findSocket(state.port) {
        sockets[index].owner = .kept(for: state.destination, port: state.request.port)
      } else {
        closeSocket(state.port)
      }
    }
    end(ExchangeID(kind: .request, record: id), began: state.began, with: result, at: network.now)
  }
}
