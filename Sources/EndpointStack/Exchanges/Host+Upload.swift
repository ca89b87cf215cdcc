import EventSimulation
import PacketFormats
import SimulatedTime

/// An upload that is under way.
struct UploadState {
  let upload: Upload
  /// When it began, in nanoseconds.
  let began: Int64
  var connections: [RecordID] = []
  /// Connections that are not over yet.
  var remaining: Int
  var completed = 0
  /// The first thing that went wrong.
  var failure: ExchangeFailure?
}

extension Host {
  mutating func begin(_ upload: Upload, in network: inout Network) -> RecordID {
    let (_, overflows) = upload.flowCount.multipliedReportingOverflow(by: upload.bytesPerFlow)
    let isSensible =
      upload.flowCount >= 0 && upload.bytesPerFlow >= 0 && upload.timeLimit ?? .zero >= .zero
      && !overflows
    let id = uploads.insert(
      UploadState(
        upload: upload, began: network.now.nanoseconds,
        remaining: isSensible ? upload.flowCount : 0))
    guard isSensible, upload.flowCount > 0 else {
      endUpload(
        id, isSensible ? .transferred(byteCount: 0) : .failed(.badRequest), in: &network)
      return id
    }
    guard interface.nextHop(to: upload.destination) != nil else {
      endUpload(id, .failed(.unreachable), in: &network)
      return id
    }
    if let limit = upload.timeLimit {
      network.wake(
        at: network.now.advanced(by: limit), token: WakeToken(.upload, id).rawValue)
    }
    for _ in 0..<upload.flowCount {
      let connection = connect(
        to: upload.destination, port: upload.port, owner: .upload(id), in: &network)
      guard let connection else {
        flowEnded(id, .noSourcePort, in: &network)
        continue
      }
      uploads[Int(id.index)].connections.append(connection)
      flush(Int(connection.index), in: &network)
    }
    return id
  }

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
    let bytes = uploads[index].completed * uploads[index].upload.bytesPerFlow
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
