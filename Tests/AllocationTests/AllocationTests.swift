import AddressTranslation
import CaptureFiles
import EventSimulation
import Foundation
import LambdaService
import LambdawireModel
import PacketFormats
import SimulatedTime
import TestSupport
import Testing
import VirtualNetwork

/// Memory is taken at set-up, never for a packet.
@Suite(.enabled(if: AllocationCount.isMeaningful), .serialized)
struct AllocationTests {
  @Test func `The counter counts`() {
    var kept: [[UInt8]] = []
    kept.reserveCapacity(8)
    #expect(AllocationCount.during { kept.append([UInt8](repeating: 1, count: 5_000)) } >= 1)
  }

  @Test func `Ten thousand bounces between nodes allocate nothing`() {
    var simulation = Simulation(seed: 1, frames: FramePool(capacity: 8))
    let a = simulation.add(Bouncer())
    let b = simulation.add(Bouncer())
    let link = simulation.connect(
      a, b, name: "a-b",
      LinkBehavior(
        bitsPerSecond: 10_000_000_000, propagation: .nanoseconds(10), jitter: .nanoseconds(5)))
    let made = simulation.network.frames.makeFrame(byteCount: 60)
    guard let frame = made else {
      Issue.record("no frame")
      return
    }
    simulation.network.send(frame, from: link.a)
    simulation.run(until: Instant(nanoseconds: 1_000))
    let count = AllocationCount.during { simulation.run(until: Instant(nanoseconds: 1_000_000)) }
    let bounces = simulation.withNode(a) { $0.received } + simulation.withNode(b) { $0.received }
    #expect(bounces > 10_000)
    #expect(count == 0)
  }

  @Test func `Bounces written to two files allocate nothing once the buffers have grown`() throws {
    let scratch = try Scratch()
    var captures = CaptureSet()
    var own = try PcapngWriter(path: scratch.path("own.pcapng"))
    var merged = try PcapngWriter(path: scratch.path("all.pcapng"))
    let interfaces = (
      own.add(InterfaceDescription(name: "a")), merged.add(InterfaceDescription(name: "a"))
    )
    let point = captures.addPoint(named: "a")
    captures.attach(point, to: captures.add(own), interface: interfaces.0)
    captures.attach(point, toMerged: captures.add(merged), interface: interfaces.1)
    var simulation = Simulation(seed: 1, frames: FramePool(capacity: 8), captures: captures)
    let a = simulation.add(Bouncer(point: point))
    let link = simulation.connect(
      a, a, name: "a-a", LinkBehavior(propagation: .nanoseconds(50)))
    let made = simulation.network.frames.makeFrame(byteCount: 100)
    guard let frame = made else {
      Issue.record("no frame")
      return
    }
    simulation.network.send(frame, from: link.a)
    // A megabyte and more for each file.
    simulation.run(until: Instant(nanoseconds: 1_000_000))
    let count = AllocationCount.during { simulation.run(until: Instant(nanoseconds: 3_000_000)) }
    let records = simulation.network.captures.recordCount
    try simulation.network.finishCaptures()
    #expect(records > 100_000)
    #expect(count == 0)
  }

  @Test func `Writing and reading a capture allocate nothing for a packet`() throws {
    let scratch = try Scratch()
    let packet = [UInt8](repeating: 7, count: 1_500)
    var writer = try PcapngWriter(path: scratch.path("packets.pcapng"))
    let interface = writer.add(InterfaceDescription(name: "eni"))
    func write(_ numbers: Range<Int>, _ writer: inout PcapngWriter) {
      for number in numbers {
        unsafe writer.write(
          packet.span.bytes, interface: interface, time: Int64(number),
          originalByteCount: packet.count, flags: .outbound, packetID: UInt64(number))
      }
    }
    write(0..<2_000, &writer)
    let before = AllocationCount.now
    write(2_000..<10_000, &writer)
    #expect(AllocationCount.now - before == 0)
    try writer.finish()

    var reader = try CaptureReader(path: scratch.path("packets.pcapng"))
    for _ in 0..<2_000 { _ = try reader.next() }
    var found = 2_000
    let beforeReading = AllocationCount.now
    while try reader.next() != nil { found += 1 }
    let count = AllocationCount.now - beforeReading
    #expect(found == 10_000)
    #expect(count == 0)
  }

  @Test(arguments: [Behavior.lambdaV2N, .workerLegacy])
  func `A flow that a translator knows costs no allocation, either way`(behavior: Behavior) throws {
    let outside = IPv4Address(10, 0, 1, 37)
    let inside = IPv4Address(169, 254, 79, 1)
    let remote = IPv4Address(10, 0, 2, 20)
    var translator = try Translator(behavior: behavior, outsideAddresses: [outside], seed: 7)
    let request = Datagram.bytes(from: inside, 40_110, to: remote, 53)
    var first = request
    var firstSpan = first.mutableSpan
    var firstBytes = unsafe firstSpan.mutableBytes
    _ = translator.translateOutbound(&firstBytes, at: 0, now: .start)
    let port = firstBytes[UDPHeader.Layout.sourcePort, at: IPv4Header.byteCount]
    let answer = Datagram.bytes(from: remote, 53, to: outside, port)
    // The first answer changes what the translator knows, which it reports.
    var buffer = answer
    var answerSpan = buffer.mutableSpan
    var answerBytes = unsafe answerSpan.mutableBytes
    _ = translator.translateInbound(&answerBytes, at: 0, now: .start)
    var translated = 0
    let before = AllocationCount.now
    for number in 0..<20_000 {
      let isRequest = number & 1 == 0
      for index in buffer.indices { buffer[index] = isRequest ? request[index] : answer[index] }
      var span = buffer.mutableSpan
      var bytes = unsafe span.mutableBytes
      let now = Instant(nanoseconds: Int64(number) * 1_000)
      let verdict =
        isRequest
        ? translator.translateOutbound(&bytes, at: 0, now: now)
        : translator.translateInbound(&bytes, at: 0, now: now)
      if case .translated = verdict { translated += 1 }
    }
    let count = AllocationCount.now - before
    #expect(translated == 20_000)
    #expect(count == 0)
  }

  @Test func `A flow that a VPC knows costs no allocation`() throws {
    var network = try VirtualPrivateCloud(
      name: "shop", blocks: [IPv4Prefix(IPv4Address(10, 0, 0, 0), length: 16)], seed: 7)
    let subnet = try network.addSubnet(
      name: "a", cidr: IPv4Prefix(IPv4Address(10, 0, 1, 0), length: 24), zone: "use1-az1")
    let group = try network.addSecurityGroup(name: "all")
    try network.authorize(
      SecurityGroupRule(.tcp(1...65535), peer: .securityGroup(group)), .ingress, in: group)
    let client = try network.addInterface(
      name: "client", in: subnet, address: IPv4Address(10, 0, 1, 10), securityGroups: [group])
    let server = try network.addInterface(
      name: "server", in: subnet, address: IPv4Address(10, 0, 1, 20), securityGroups: [group])
    var plane = DataPlane(network)
    let key = FlowKey(
      .tcp, source: IPv4Address(10, 0, 1, 10), sourcePort: 40_110,
      destination: IPv4Address(10, 0, 1, 20), destinationPort: 5432)
    _ = plane.egress(key, flags: .syn, from: client, now: .start)
    _ = plane.ingress(key, flags: .syn, at: server, now: .start)
    var accepted = 0
    let before = AllocationCount.now
    for number in 1...10_000 {
      let now = Instant(nanoseconds: Int64(number) * 1_000)
      if plane.egress(key, flags: .ack, from: client, now: now).verdict == .accept { accepted += 1 }
      if plane.ingress(key, flags: .ack, at: server, now: now).verdict == .accept { accepted += 1 }
    }
    let count = AllocationCount.now - before
    #expect(accepted == 20_000)
    #expect(count == 0)
  }

  @Test
  func `A packet of a flow that a flow log has seen costs no allocation, nor does a new minute`()
    throws
  {
    var network = try VirtualPrivateCloud(
      name: "shop", blocks: [IPv4Prefix(IPv4Address(10, 0, 0, 0), length: 16)], seed: 7)
    let subnet = try network.addSubnet(
      name: "a", cidr: IPv4Prefix(IPv4Address(10, 0, 1, 0), length: 24), zone: "use1-az1")
    let client = try network.addInterface(
      name: "client", in: subnet, address: IPv4Address(10, 0, 1, 10))
    var plane = DataPlane(network)
    let logs = [FlowLog(name: "a", in: network), FlowLog(name: "b", in: network, traffic: .reject)]
    var recorder = FlowLogRecorder(
      logs, of: network,
      scope: FlowLogScope(
        account: "123456789012", epoch: CalendarTime(nanosecondsSince1970: 0)))
    func send(_ number: Int, at time: Int64) {
      let key = FlowKey(
        .tcp, source: IPv4Address(10, 0, 1, 10), sourcePort: UInt16(1024 + number % 100),
        destination: IPv4Address(10, 0, 1, 20), destinationPort: 5432)
      let now = Instant(nanoseconds: time)
      let decision = plane.egress(key, flags: .ack, from: client, now: now)
      recorder.record(
        key, flags: .ack, byteCount: 40, .egress, at: client, by: decision.decision, of: plane,
        now: now)
    }
    // Two minutes, for the list of records that wait to be written.
    for number in 0..<1_000 { send(number, at: Int64(number) * 200_000_000) }
    _ = recorder.takeBatch(at: Instant(nanoseconds: 200_000_000_000), of: plane)
    let count = AllocationCount.during {
      // Over the end of a minute.
      for number in 0..<10_000 { send(number, at: 200_000_000_000 + Int64(number) * 5_000_000) }
    }
    #expect(count == 0)
  }

  /// The whole path with all captures on: looked at between slices of 50,000 events, when all flows
  /// are known.
  @Test(arguments: Scenario.Networking.allCases)
  func `A fleet in full swing allocates nothing for a packet`(networking: Scenario.Networking)
    throws
  {
    let scenario = try Scenario(
      contentsOf: SourceTree.scenario("fleet"),
      overrides: [
        "functions=1", "environments=2", "flows=5", "packets=20000",
        // Both environments start at once, in every era.
        "settings.eni-attach-spread=0%",
      ].map { ScenarioOverride($0) })
    let scratch = try Scratch()
    var looks: [(packets: UInt64, allocations: UInt64)] = []
    looks.reserveCapacity(10_000)
    let run = Run(scenario, name: "fleet", options: RunOptions(networking: networking))
    let summary = try run.execute(
      in: scratch.path("run"),
      observe: { looks.append(($0.packetCount, AllocationCount.now)) })
    #expect(summary.packetCount > 200_000)
    // From where all flows have been seen to before they end.
    let middle = looks.filter { (30_000...90_000).contains($0.packets) }
    let first = try #require(middle.first)
    let last = try #require(middle.last)
    #expect(last.packets - first.packets > 30_000)
    // A list that grows once more is not for a packet.
    #expect(last.allocations - first.allocations <= 2)
  }

  @Test func `A hundred thousand admissions allocate nothing`() throws {
    var network = try VirtualPrivateCloud(
      name: "shop", blocks: [IPv4Prefix(IPv4Address(10, 0, 0, 0), length: 16)], seed: 1)
    let subnet = try network.addSubnet(
      name: "a", cidr: IPv4Prefix(IPv4Address(10, 0, 1, 0), length: 24), zone: "use1-az1")
    _ = try network.addInterface(name: "lambda/a/default", in: subnet, type: .lambda)
    var plane = ControlPlane(account: AccountIdentifier(owner: "shop", seed: 1), seed: 1)
    plane.addVPC(network)
    let vpc = VPCConfiguration(
      subnets: [network.subnets[0].identifier],
      securityGroups: [network.securityGroups[0].identifier])
    let functions = [nil, 500].map { reserved in
      plane.establish(
        FunctionConfiguration(
          name: "f\(reserved ?? 0)", role: .executionRole("lambda"), vpc: vpc,
          reservedConcurrency: reserved), on: ["lambda/a/default"])
    }
    var admitted = 0
    let count = AllocationCount.during {
      for number in 0..<100_000 {
        // Below the rate at which requests are refused.
        let now = Instant(nanoseconds: Int64(number) * 250_000)
        for function in functions where plane.admit(invokeOf: function, at: now) == .admitted {
          admitted += 1
          plane.finishInvoke(of: function)
        }
      }
    }
    #expect(admitted == 200_000)
    #expect(count == 0)
  }
}
