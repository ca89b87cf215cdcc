import CaptureFiles
import CaptureInspection
import PacketFormats

/// Makes the frames that a packet leaves behind along a Lambdawire path.
struct LambdaPath {
  static let points = [
    "guest", "slot", "tunnel", "hyperplane-in", "hyperplane-out", "eni", "destination",
  ]
  static let guest = NetworkAddress("169.254.79.1")
  static let eni = NetworkAddress("10.0.1.37")

  var recording = Recording()
  private var nextID: UInt64 = 1
  /// Nanoseconds from one point to the next.
  var hopTimes: [Int64] = [30_000, 10_000, 60_000, 30_000, 5_000, 75_000]

  /// The addresses that one connection has along the path.
  struct Connection {
    /// Label of the environment.
    var environment = "orders-1"
    var `protocol` = IPProtocol.tcp
    var guest = Endpoint(LambdaPath.guest, port: 40_000)
    var slot = Endpoint("10.128.0.1", 40_000)
    var eni = Endpoint(LambdaPath.eni, port: 41_822)
    var remote = Endpoint("10.0.2.20", 5432)

    /// The inside as it is called at a point.
    func inside(at point: String) -> Endpoint {
      switch point {
      case "guest": guest
      case "slot", "tunnel", "hyperplane-in": slot
      default: eni
      }
    }
  }

  /// Sends a packet outwards; `packet` has any addresses, which are replaced.
  @discardableResult
  mutating func request(
    _ connection: Connection, _ packet: Packet, at time: Int64, until last: String = "destination",
    verdict: PacketVerdict? = nil
  ) -> UInt64 {
    send(connection, packet, at: time, Self.points, last, verdict, isOutward: true)
  }

  /// Sends a packet inwards.
  @discardableResult
  mutating func reply(
    _ connection: Connection, _ packet: Packet, at time: Int64, from first: String = "destination",
    until last: String = "guest", verdict: PacketVerdict? = nil
  ) -> UInt64 {
    let points = Self.points.reversed().drop { $0 != first }
    return send(connection, packet, at: time, Array(points), last, verdict, isOutward: false)
  }

  private mutating func send(
    _ connection: Connection, _ packet: Packet, at time: Int64, _ points: [String], _ last: String,
    _ verdict: PacketVerdict?, isOutward: Bool
  ) -> UInt64 {
    let id = nextID
    nextID += 1
    var now = time
    for (number, point) in points.enumerated() {
      var packet = packet
      packet.protocol = connection.protocol
      let inside = connection.inside(at: point)
      packet.source = isOutward ? inside : connection.remote
      packet.destination = isOutward ? connection.remote : inside
      // One hop less behind Hyperplane.
      let isBehind = ["hyperplane-out", "eni", "destination"].contains(point) == isOutward
      packet.timeToLive = isBehind ? 63 : 64
      let sends = point != "hyperplane-in" && point != "destination"
      recording.records.append(
        Recording.Record(
          point: point, label: point == "guest" ? connection.environment : "", time: now,
          flags: sends == isOutward ? .outbound : .inbound, packetID: id,
          verdict: point == last ? verdict : nil,
          bytes: point == "tunnel" ? packet.tunnelled() : packet.frame, packet: packet))
      if point == last { break }
      if number < hopTimes.count {
        now += hopTimes[isOutward ? number : hopTimes.count - 1 - number]
      }
    }
    return id
  }

  /// A whole TCP connection with one request and its answer: nine packets.
  mutating func exchange(_ connection: Connection, at time: Int64) {
    let step: Int64 = 1_000_000
    let any = Endpoint("0.0.0.0", 0)
    func packet(
      _ flags: TCPHeader.Flags, _ sequence: UInt32, _ acknowledgment: UInt32,
      _ payload: [UInt8] = []
    ) -> Packet {
      .tcp(
        any, any, flags, sequence: sequence, acknowledgment: acknowledgment, payload: payload)
    }
    let question = Array("select 1".utf8)
    let answer = Array("one row of one column".utf8)
    request(connection, packet([.syn], 100, 0), at: time)
    reply(connection, packet([.syn, .ack], 900, 101), at: time + step)
    request(connection, packet([.ack], 101, 901), at: time + 2 * step)
    request(connection, packet([.ack, .psh], 101, 901, question), at: time + 3 * step)
    reply(connection, packet([.ack, .psh], 901, 109, answer), at: time + 4 * step)
    request(connection, packet([.ack, .fin], 109, 922), at: time + 5 * step)
    reply(connection, packet([.ack, .fin], 922, 110), at: time + 6 * step)
    request(connection, packet([.ack], 110, 923), at: time + 7 * step)
  }

  /// The records in the order of time, as a merged capture has them.
  mutating func sort() {
    recording.records = recording.records.enumerated().sorted { left, right in
      left.element.time != right.element.time
        ? left.element.time < right.element.time : left.offset < right.offset
    }.map(\.element)
  }
}
