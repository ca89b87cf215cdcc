import PacketFormats
import SimulatedTime
import TestSupport
import Testing
import VirtualNetwork

/// The recorder against a dictionary that does what the guide says, one packet at a time.
@Suite struct FlowLogOracleTests {
  private struct Key: Hashable {
    var window: Int64
    var interface: UInt32
    var direction: TrafficDirection
    var verdict: PathVerdict
    var ends: [String]
  }

  private struct Sum: Equatable {
    var packets = 0
    var bytes = 0
    var flags: UInt8 = 0
    var first = Instant(nanoseconds: .max)
    var last = Instant.start
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `Records are the sums of packets`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var shop = try Shop()
    try shop.network.authorize(
      SecurityGroupRule(.all, peer: .prefix(.v4(prefix(10, 0, 2, 0, 24)))), .ingress,
      in: shop.orders)
    try shop.network.authorize(
      SecurityGroupRule(.udp(0...9), peer: .anywhere), .egress, in: shop.orders)
    let log = FlowLog(name: "all", in: shop.network, interval: .oneMinute)
    let epoch = CalendarTime(
      nanosecondsSince1970: Int64.random(in: 0..<100_000_000_000, using: &random))
    var recorder = FlowLogRecorder(
      [log], of: shop.network,
      scope: FlowLogScope(account: "1", epoch: epoch))
    var plane = DataPlane(shop.network)
    var expected: [Key: Sum] = [:]
    var records: [FlowLogRecord] = []
    var subjects: [FlowLogSubject] = []
    var now = Instant.start
    for _ in 0..<4000 {
      now = now.advanced(by: .milliseconds(Int.random(in: 0...120, using: &random)))
      let interface = Bool.random(using: &random) ? shop.eni : shop.postgres
      let isOut = Bool.random(using: &random)
      let own = shop.network.interfaces[Int(interface.rawValue)].address
      let far = shop.network.interfaces[
        Int((interface == shop.eni ? shop.postgres : shop.eni).rawValue)
      ].address
      let number =
        [IPProtocol.tcp, .udp, .icmp, IPProtocol(rawValue: 50)].randomElement(using: &random)
        ?? .tcp
      let ports = [UInt16(5432), 9, 80, 40000].shuffled(using: &random)
      let (source, destination) = isOut ? (own, far) : (far, own)
      let key =
        number == .icmp
        ? FlowKey(
          icmpType: 8, code: 0, identifier: ports[0], source: source, destination: destination)
        : number == .tcp || number == .udp
          ? FlowKey(
            number, source: source, sourcePort: ports[0], destination: destination,
            destinationPort: ports[1])
          : FlowKey(number, source: source, destination: destination)
      let flags = TCPHeader.Flags(rawValue: UInt8.random(in: 0...63, using: &random))
      let bytes = Int.random(in: 20...9001, using: &random)
      let decision =
        isOut
        ? plane.egress(key, flags: flags, from: interface, now: now)
        : plane.ingress(key, flags: flags, at: interface, now: now)
      recorder.record(
        key, flags: flags, byteCount: bytes, isOut ? .egress : .ingress, at: interface,
        by: decision.decision, of: plane, now: now)
      let isPorted = number == .tcp || number == .udp
      let minute = 60_000_000_000 as Int64
      let place = Key(
        window: (epoch.nanosecondsSince1970 + now.nanoseconds) / minute,
        interface: interface.rawValue, direction: isOut ? .egress : .ingress,
        verdict: decision.verdict,
        ends: ["\(number)", "\(source)", "\(destination)"]
          + (isPorted ? ["\(ports[0])", "\(ports[1])"] : ["0", "0"]))
      var sum = expected[place, default: Sum()]
      sum.packets += 1
      sum.bytes += bytes
      if number == .tcp {
        let isAnswer = flags.contains(.syn) && flags.contains(.ack)
        sum.flags |= isAnswer ? 18 : flags.rawValue & 7
      }
      sum.first = min(sum.first, now)
      sum.last = now
      expected[place] = sum
      if Int.random(in: 0..<100, using: &random) == 0 {
        let batch = recorder.takeBatch(at: now, of: plane)
        records += batch.records(of: 0)
        subjects = batch.subjects
      }
    }
    let batch = recorder.takeLastBatch(at: now, of: plane)
    records += batch.records(of: 0)
    subjects = batch.subjects
    var actual: [Key: Sum] = [:]
    for record in records {
      guard let traffic = record.traffic else { continue }
      let place = Key(
        window: (epoch.nanosecondsSince1970 + record.first.nanoseconds) / 60_000_000_000,
        interface: subjects[record.subject].interface.rawValue, direction: traffic.direction,
        verdict: traffic.verdict,
        ends: [
          "\(traffic.protocol)", "\(traffic.source)", "\(traffic.destination)",
          "\(traffic.sourcePort)", "\(traffic.destinationPort)",
        ])
      #expect(actual[place] == nil, "two records of one flow in one window")
      actual[place] = Sum(
        packets: traffic.packetCount, bytes: traffic.byteCount, flags: traffic.flags.rawValue,
        first: record.first, last: record.last)
    }
    #expect(actual == expected)
    #expect(records.count > 50)
  }
}
