import CaptureInspection
import PacketFormats

/// The same analysis as the module's, with dictionaries and from what packets were meant to be
/// rather than from their bytes: slow, and short enough to be read.
struct SlowAnalysis {
  struct FlowCount: Equatable {
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
    var first = Int64.max
    var last = Int64.min
  }

  struct TranslationCount: Equatable {
    var outward: UInt64 = 0
    var inward: UInt64 = 0
    var first = Int64.max
    var last = Int64.min
  }

  /// By point, label, protocol and the two ends in the packet's order.
  private(set) var flows: [String: FlowCount] = [:]
  /// By crossing, environment, protocol, inside, outside and remote.
  private(set) var translations: [String: TranslationCount] = [:]
  /// By points and direction.
  private(set) var hops: [String: [Int64]] = [:]
  /// Packets by the point where they were seen last.
  private(set) var ends: [String: Int] = [:]

  init(_ recording: Recording) {
    var journeys: [UInt64: [Recording.Record]] = [:]
    for record in recording.records {
      guard let packet = record.packet, let id = record.packetID else { continue }
      let flow =
        "\(record.point) \(record.label) \(packet.protocol) \(packet.source) \(packet.destination)"
      flows[flow, default: FlowCount()].packets += 1
      flows[flow, default: FlowCount()].bytes += UInt64(record.bytes.count)
      flows[flow, default: FlowCount()].first = min(flows[flow]?.first ?? .max, record.time)
      flows[flow, default: FlowCount()].last = max(flows[flow]?.last ?? .min, record.time)
      journeys[id, default: []].append(record)
    }
    for (_, journey) in journeys {
      let isOutward = Self.rank(journey[0]) <= Self.rank(journey[journey.count - 1])
      ends["\(journey[journey.count - 1].point) \(isOutward)", default: 0] += 1
      for (before, after) in zip(journey, journey.dropFirst()) {
        hops["\(before.point) \(after.point)", default: []].append(after.time - before.time)
        add(before, after, isOutward, journey)
      }
    }
  }

  private static func rank(_ record: Recording.Record) -> Int {
    LambdaPath.points.firstIndex(of: record.point) ?? 0
  }

  private mutating func add(
    _ before: Recording.Record, _ after: Recording.Record, _ isOutward: Bool,
    _ journey: [Recording.Record]
  ) {
    let (inner, outer) = isOutward ? (before, after) : (after, before)
    guard let inside = inner.packet, let outside = outer.packet,
      inside.source != outside.source || inside.destination != outside.destination
    else { return }
    let insideEnd = isOutward ? inside.source : inside.destination
    let outsideEnd = isOutward ? outside.source : outside.destination
    let remote = isOutward ? inside.destination : inside.source
    let key =
      "\(inner.point) \(inner.label) \(outer.point) \(inside.protocol) \(insideEnd) \(outsideEnd) \(remote)"
    var count = translations[key] ?? TranslationCount()
    if isOutward { count.outward += 1 } else { count.inward += 1 }
    count.first = min(count.first, after.time)
    count.last = max(count.last, after.time)
    translations[key] = count
  }
}
