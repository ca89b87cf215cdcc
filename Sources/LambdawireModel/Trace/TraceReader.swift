import CaptureFiles
import PacketFormats

/// Follows one packet and its answer through a merged capture.
struct TraceReader {
  private let path: TracedPath
  private let explanations: TraceExplanations
  private let drops: [RunSummary.DropCount]
  /// The first packet that the environment sent to the destination.
  private(set) var request = Track()
  /// The first packet that the destination sent back to where it came from.
  private(set) var answer = Track()

  /// A packet as far as it was followed.
  struct Track {
    var packetID: UInt64?
    var startTime: Int64 = 0
    var hops: [TraceHop] = []
    var outcome: TraceJourney.Outcome?

    var journey: TraceJourney? {
      guard let packetID, let last = hops.last else { return nil }
      return TraceJourney(
        packetID: packetID, hops: hops, outcome: outcome ?? .lost(after: last.point))
    }
  }

  init(_ path: TracedPath, settings: ModelSettings, drops: [RunSummary.DropCount]) {
    self.path = path
    self.drops = drops
    explanations = TraceExplanations(path, settings)
  }

  mutating func read(_ file: String) throws(CaptureFileError) {
    var reader = try CaptureReader(path: file)
    while let record = try reader.next() {
      guard let id = record.packetID else { continue }
      // Our own frames can be read; what is not IP is nobody's request.
      let headers = reader.withPacketBytes { try? PacketHeaders(ethernet: $0) }
      guard let headers else { continue }
      let interface = reader.interfaces[record.interface]
      let sighting = Sighting(
        id: id, time: record.time, point: interface.name ?? "",
        place: interface.description ?? "", isSent: record.flags?.direction == .outbound,
        isDropped: record.verdict == .drop, byteCount: record.originalByteCount,
        headers: headers, comments: reader.comments())
      take(sighting)
      if request.outcome != nil, answer.outcome != nil { return }
    }
  }

  struct Sighting {
    var id: UInt64
    var time: Int64
    var point: String
    var place: String
    var isSent: Bool
    var isDropped: Bool
    var byteCount: Int
    var headers: PacketHeaders
    var comments: [String]
  }

  private mutating func take(_ sighting: Sighting) {
    if sighting.id == request.packetID {
      request = extended(request, with: sighting, end: TraceExplanations.destination)
    } else if sighting.id == answer.packetID {
      answer = extended(answer, with: sighting, end: TraceExplanations.guest)
    } else if request.packetID == nil, isRequest(sighting) {
      request = extended(request, with: sighting, end: TraceExplanations.destination)
    } else if answer.packetID == nil, isAnswer(sighting) {
      answer = extended(answer, with: sighting, end: TraceExplanations.guest)
    }
  }

  private func isRequest(_ sighting: Sighting) -> Bool {
    sighting.point == TraceExplanations.guest && sighting.isSent
      && sighting.place.hasPrefix("\(path.environment.name): ")
      && sighting.headers.protocol == path.transport.rawValue
      && sighting.headers.destination == path.destination
  }

  private func isAnswer(_ sighting: Sighting) -> Bool {
    guard let arrival = request.hops.last, arrival.point == TraceExplanations.destination else {
      return false
    }
    return sighting.point == arrival.point && sighting.isSent
      && sighting.headers.protocol == arrival.headers.protocol
      && sighting.headers.source == arrival.headers.destination
      && sighting.headers.destination == arrival.headers.source
  }

  /// `track` with one more hop.
  private func extended(_ track: Track, with sighting: Sighting, end: String) -> Track {
    var track = track
    track.packetID = sighting.id
    let previous = track.hops.last
    if previous == nil { track.startTime = sighting.time }
    let time = sighting.time - track.startTime
    let isRequest = end == TraceExplanations.destination
    track.hops.append(
      TraceHop(
        point: sighting.point, place: explanations.place(of: sighting, isRequest: isRequest),
        isSent: sighting.isSent, time: time, elapsed: time - (previous?.time ?? 0),
        delays: previous.map {
          explanations.delays(from: $0.point, to: sighting.point, isFirstPacket: isRequest)
        } ?? [],
        byteCount: sighting.byteCount, headers: sighting.headers,
        changes: previous.map {
          HeaderChange.changes(
            from: ($0.headers, $0.byteCount), to: (sighting.headers, sighting.byteCount))
        } ?? [],
        decisions: explanations.decisions(about: sighting, after: previous)))
    if sighting.isDropped {
      let reason = explanations.dropReason(sighting) ?? "the capture does not say why"
      let known = drops.first { $0.place == sighting.point && reason.hasSuffix($0.detail) }
      track.outcome = .dropped(point: sighting.point, code: known?.code ?? "", reason: reason)
    } else if sighting.point == end, !sighting.isSent {
      track.outcome = .delivered
    }
    return track
  }
}
