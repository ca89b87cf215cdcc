import EventSimulation
import PacketFormats
import SimulatedTime

/// A train of datagrams that is under way.
struct TrainState {
  let train: DatagramTrain
  /// Where the datagrams go, once that is known.
  var destination = HostAddress(numbered: 0)
  /// When it began, in nanoseconds.
  let began: Int64
  /// The source port of each flow.
  var ports: [UInt16]
  let total: Int
  var sent = 0
  /// Which flow's turn it is.
  var nextFlow = 0
}

extension Host {
  mutating func begin(_ train: DatagramTrain, in network: inout Network) -> RecordID {
    // What is longer than the interface takes leaves in fragments; it has to fit into a frame of the
    // pool all the same.
    let longest = Self.longestDatagram(to: train.destination)
    let (total, overflows) = train.flowCount.multipliedReportingOverflow(by: train.datagramsPerFlow)
    let isSensible =
      (0...longest).contains(train.payloadByteCount) && train.flowCount >= 0
      && train.datagramsPerFlow >= 0 && train.interval >= .zero && !overflows
    let id = trains.insert(
      TrainState(
        train: train, began: network.now.nanoseconds, ports: [], total: isSensible ? total : 0))
    guard isSensible else {
      finishTrain(id, .failed(.badRequest), in: &network)
      return id
    }
    guard let destination = reach(train.destination) else {
      finishTrain(id, .failed(.unreachable), in: &network)
      return id
    }
    trains[Int(id.index)].destination = destination
    guard openPorts(of: id, count: train.flowCount) else {
      finishTrain(id, .failed(.noSourcePort), in: &network)
      return id
    }
    trainTimerFired(id, in: &network)
    return id
  }

  private mutating func openPorts(of id: RecordID, count: Int) -> Bool {
    let index = Int(id.index)
    trains[index].ports.reserveCapacity(min(count, 1 << 16))
    for _ in 0..<count {
      guard let port = takeDatagramPort() else { return false }
      openSocket(port, for: .train(id))
      trains[index].ports.append(port)
    }
    return true
  }

  mutating func trainTimerFired(_ id: RecordID, in network: inout Network) {
    guard let index = trains.index(of: id) else { return }
    let interval = trains[index].train.interval
    while trains[index].sent < trains[index].total {
      if let limit = limit(
        of: trains[index].train.payloadByteCount, to: trains[index].destination,
        mayFragment: trains[index].train.mayFragment, in: network)
      {
        finishTrain(id, .failed(.messageTooLong(limit: limit)), in: &network)
        return
      }
      sendNext(of: index, in: &network)
      if interval > .zero, trains[index].sent < trains[index].total {
        network.wake(
          at: network.now.advanced(by: interval), token: WakeToken(.train, id).rawValue)
        return
      }
    }
    finishTrain(id, .datagramsSent(trains[index].sent), in: &network)
  }

  @inline(__always)
  private mutating func sendNext(of index: Int, in network: inout Network) {
    let number = UInt64(truncatingIfNeeded: trains[index].sent)
    let flow = trains[index].nextFlow
    let port = trains[index].ports[flow]
    trains[index].sent += 1
    trains[index].nextFlow = flow + 1 == trains[index].train.flowCount ? 0 : flow + 1
    let destination = trains[index].destination
    let destinationPort = trains[index].train.port
    let byteCount = trains[index].train.payloadByteCount
    sendDatagram(
      from: source(for: destination), port: port, to: destination, port: destinationPort,
      payloadByteCount: byteCount, in: &network
    ) { bytes, offset in
      PayloadPattern.fill(&bytes, at: offset, byteCount, number: number)
    }
  }

  private mutating func finishTrain(
    _ id: RecordID, _ result: ExchangeResult, in network: inout Network
  ) {
    let state = trains.take(Int(id.index))
    for port in state.ports { closeSocket(port) }
    end(ExchangeID(kind: .train, record: id), began: state.began, with: result, at: network.now)
  }
}
