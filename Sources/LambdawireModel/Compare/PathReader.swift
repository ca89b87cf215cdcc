import CaptureFiles
import PacketFormats
import VirtualNetwork

/// Measures a run's packets between guests and hosts from its merged capture.
package struct PathReader {
  /// A connection attempt or UDP flow, as its guest sees it.
  private struct FlowKey: Hashable {
    /// The guest's interface in the capture, since all guests have one address.
    var guest: Int
    var `protocol`: UInt8
    var host: UInt32
    var ports: UInt32
    /// The first sequence number of TCP, so that a port may be used again.
    var sequence: UInt32
  }

  /// A packet that was seen to leave.
  private struct Departure {
    var time: Int64
    var isAnswer: Bool
    /// The flow that it begins, or `nil`.
    var begins: FlowKey?
  }

  private var departures: [UInt64: Departure] = [:]
  private var datagramFlows: Set<FlowKey> = []
  private var connections: Set<FlowKey> = []
  private var connectionTimes: [Int64] = []
  private var firstPackets: [Int64] = []
  private var laterPackets: [Int64] = []
  private var answers: [Int64] = []

  /// One second, in nanoseconds.
  private static let second: Int64 = 1_000_000_000

  mutating func read(_ file: String) throws(CaptureFileError) {
    var reader = try CaptureReader(path: file)
    // Whether each interface is a guest's, or `nil` between the two ends.
    var ends: [Bool?] = []
    while let record = try reader.next() {
      while ends.count < reader.interfaces.count {
        let name = reader.interfaces[ends.count].name
        ends.append(name == "guest" ? true : name == "destination" ? false : nil)
      }
      guard let id = record.packetID, let isGuest = ends[record.interface] else { continue }
      let isSent = record.flags?.direction == .outbound
      if isSent {
        let packet = reader.withPacketBytes { Packet($0) }
        guard let packet,
          packet.remote(ofGuest: isGuest) != LinkLocalService.resolver.address.rawValue
        else { continue }
        departures[id] = Departure(
          time: record.time, isAnswer: !isGuest,
          begins: isGuest ? beginning(packet, guest: record.interface) : nil)
      } else if let departure = departures[id], departure.isAnswer == isGuest {
        departures[id] = nil
        arrive(departure, at: record.time)
      }
    }
  }

  /// The flow that a guest's packet begins.
  private mutating func beginning(_ packet: Packet, guest: Int) -> FlowKey? {
    guard let ports = packet.ports else { return nil }
    let key = FlowKey(
      guest: guest, protocol: packet.protocol.rawValue, host: packet.destination, ports: ports,
      sequence: packet.initialSequence ?? 0)
    switch packet.protocol {
    case .tcp: return packet.initialSequence == nil ? nil : key
    default: return datagramFlows.insert(key).inserted ? key : nil
    }
  }

  private mutating func arrive(_ departure: Departure, at time: Int64) {
    let elapsed = time - departure.time
    if departure.isAnswer {
      answers.append(elapsed)
    } else if let flow = departure.begins {
      firstPackets.append(elapsed)
      // A SYN that is sent again begins nothing new.
      if connections.insert(flow).inserted { connectionTimes.append(time) }
    } else {
      laterPackets.append(elapsed)
    }
  }

  /// What the packets say.
  func measurement(guests: Int, of environments: Int) -> PathMeasurement {
    var measurement = PathMeasurement()
    measurement.firstPacket = SampleSummary(firstPackets)
    measurement.laterPackets = SampleSummary(laterPackets)
    measurement.answers = SampleSummary(answers)
    measurement.connections = connections.count
    measurement.mostConnectionsPerSecond = Self.mostWithinOneSecond(connectionTimes)
    measurement.guests = guests
    measurement.environments = environments
    return measurement
  }

  /// The largest number of `times` that lie within one second of each other.
  package static func mostWithinOneSecond(_ times: [Int64]) -> Int {
    let sorted = times.sorted()
    var most = 0
    var first = 0
    for (last, time) in sorted.enumerated() {
      while time - sorted[first] >= second { first += 1 }
      most = max(most, last - first + 1)
    }
    return most
  }
}

extension PathReader {
  /// What matters of a frame with TCP or UDP over IPv4; scenarios have nothing else between
  /// functions and hosts that can be answered.
  private struct Packet {
    var `protocol`: IPProtocol
    var source: UInt32
    var destination: UInt32
    /// Both ports; `nil` for fragments after the first.
    var ports: UInt32?
    /// The sequence number, if the segment opens a connection.
    var initialSequence: UInt32?

    init?(_ frame: RawSpan) {
      guard let dissection = try? Dissection(ethernet: frame), dissection.network == .ipv4,
        dissection.protocol == .tcp || dissection.protocol == .udp
      else { return nil }
      `protocol` = dissection.protocol
      source = frame[IPv4Header.Layout.source, at: dissection.networkOffset]
      destination = frame[IPv4Header.Layout.destination, at: dissection.networkOffset]
      guard dissection.hasPorts, let transport = dissection.transportOffset else { return }
      ports = frame[Field<UInt32>(at: 0), at: transport]
      guard `protocol` == .tcp, let header = try? TCPHeader(parsing: frame, at: transport),
        header.flags.contains(.syn), !header.flags.contains(.ack)
      else { return }
      initialSequence = header.sequenceNumber
    }

    /// The address of the other side, as seen at a guest or at a host.
    func remote(ofGuest isGuest: Bool) -> UInt32 { isGuest ? destination : source }
  }
}
