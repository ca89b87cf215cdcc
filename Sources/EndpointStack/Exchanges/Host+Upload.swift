import EventSimulation
import PacketFormats
import SimulatedTime

/// An upload that is under way.
struct UploadState {
  let upload: Upload
  /// Bytes that each connection is to carry.
  let bytesPerFlow: Int
  /// When it began, in nanoseconds.
  let began: Int64
  /// How many connections were to be opened so far, whatever became of them.
  var openedCount = 0
  var connections: [RecordID] = []
  /// Connections that are not over yet.
  var remaining: Int
  var completed = 0
  /// The first thing that went wrong.
  var failure: ExchangeFailure?
}

extension Host {
  mutating func begin(_ upload: Upload, in network: inout Network) -> RecordID {
    let (bytesPerFlow, isFlowTooLong) = upload.writesPerFlow.multipliedReportingOverflow(
      by: upload.bytesPerWrite)
    let (_, isTooLong) = upload.flowCount.multipliedReportingOverflow(by: bytesPerFlow)
    let isSensible =
      upload.flowCount >= 0 && upload.writesPerFlow >= 0 && upload.bytesPerWrite >= 0
      && upload.interval >= .zero && upload.stagger >= .zero
      && upload.timeLimit ?? .zero >= .zero
      && !isFlowTooLong && !isTooLong
    let id = uploads.insert(
      UploadState(
        upload: upload, bytesPerFlow: bytesPerFlow, began: network.now.nanoseconds,
        remaining: isSensible ? upload.flowCount : 0))
    guard isSensible, upload.flowCount > 0 else {
      endUpload(
        id, isSensible ? .transferred(byteCount: 0) : .failed(.badRequest), in: &network)
      return id
    }
    guard reach(upload.destination) != nil else {
      endUpload(id, .failed(.unreachable), in: &network)
      return id
    }
    if let limit = upload.timeLimit {
      network.wake(
        at: network.now.advanced(by: limit), token: WakeToken(.upload, id).rawValue)
    }
    openFlows(of: id, in: &network)
    return id
  }

  // MARK: Opening

  /// Opens the connections whose turn it is: the next, or all if they do not wait for each other.
  private mutating func openFlows(of id: RecordID, in network: inout Network) {
    while let number = uploads.index(of: id) {
      let upload = uploads[number].upload
      guard uploads[number].openedCount < upload.flowCount else { return }
      uploads[number].openedCount += 1
      openFlow(of: id, upload, in: &network)
      if upload.stagger > .zero {
        network.wake(
          at: network.now.advanced(by: upload.stagger), token: WakeToken(.flow, id).rawValue)
        return
      }
    }
  }

  private mutating func openFlow(of id: RecordID, _ upload: Upload, in network: inout Network) {
    guard let destination = reach(upload.destination) else {
      flowEnded(id, .unreachable, in: &network)
      return
    }
    let connection = connect(
      to: destination, port: upload.port, owner: .upload(id), in: &network)
    guard let connection, let number = uploads.index(of: id) else {
      flowEnded(id, .noSourcePort, in: &network)
      return
    }
    uploads[number].connections.append(connection)
    if upload.isPaced {
      tcp.connections[Int(connection.index)].delaysSmallSegments = false
    }
    flush(Int(connection.index), in: &network)
  }

  mutating func flowTimerFired(_ id: RecordID, in network: inout Network) {
    openFlows(of: id, in: &network)
  }

  // MARK: Writing

  /// Writes what is due to the upload's connection `index`, and closes it after the last write.
  mutating func writeNext(
    of id: RecordID, to index: Int, in network: inout Network
  ) {
    guard let number = uploads.index(of: id), !tcp.connections[index].isClosed else { return }
    let upload = uploads[number].upload
    let total = uploads[number].bytesPerFlow
    tcp.connections[index].buffer.appendPattern(
      byteCount: upload.isPaced ? upload.bytesPerWrite : total)
    if tcp.connections[index].buffer.patternEnd < total {
      network.wake(
        at: network.now.advanced(by: upload.interval),
        token: WakeToken(.write, tcp.connections.id(of: index)).rawValue)
    } else {
      tcp.connections[index].close()
    }
  }

  mutating func writeTimerFired(_ id: RecordID, in network: inout Network) {
    guard let index = tcp.connections.index(of: id),
      case .upload(let upload) = tcp.connections[index].owner
    else { return }
    writeNext(of: upload, to: index, in: &network)
    flush(index, in: &network)
  }

  /// Whether the upload's connection `index` has written everything, and all is acknowledged.
  func isComplete(_ id: RecordID, on index: Int) -> Bool {
    guard let number = uploads.index(of: id) else { return false }
    return tcp.connections[index].buffer.count == 0
      && tcp.connections[index].buffer.patternEnd == uploads[number].bytesPerFlow
  }

  // MARK: Ending

  mutating func uploadTimerFired(_ id: RecordID, in network: inout Network) {
    guard let index = uploads.index(of: id) else { return }
    let connections = uploads[index].connections
    // Ended first, so that connections that are broken off have nobody to tell.
    endUpload(id, .failed(.timedOut), in: &network)
    for connection in connections {
      if let index = tcp.connections.index(of: connection) { abort(index, in: &network) }
    }
  }

  /// One of an upload's connections is over.
  mutating func flowEnded(
    _ id: RecordID, _ failure: ExchangeFailure?, in network: inout Network
  ) {
    guard let index = uploads.index(of: id) else { return }
    uploads[index].remaining -= 1
    if let failure {
      if uploads[index].failure == nil { uploads[index].failure = failure }
    } else {
      uploads[index].completed += 1
    }
    guard uploads[index].remaining == 0 else { return }
    let bytes = uploads[index].completed * uploads[index].bytesPerFlow
    let result: ExchangeResult =
      if let failure = uploads[index].failure { .failed(failure) } else {
        .transferred(byteCount: bytes)
      }
    endUpload(id, result, in: &network)
  }

  private mutating func endUpload(
    _ id: RecordID, _ result: ExchangeResult, in network: inout Network
  ) {
    guard let index = uploads.index(of: id) else { return }
    let state = uploads.take(index)
    end(ExchangeID(kind: .upload, record: id), began: state.began, with: result, at: network.now)
  }
}
