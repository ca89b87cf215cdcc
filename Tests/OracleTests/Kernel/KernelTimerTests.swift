import AddressTranslation
import Foundation
import PacketFormats
import Testing

/// Idle flows end for the kernel when they do for `worker-legacy`.
@Suite(.enabled(if: KernelRouter.isAvailable), .serialized)
struct KernelTimerTests {
  /// Timers of 3 s: at once all is there, after more than twice as long nothing is.
  @Test func `Idle flows end`() async throws {
    var behavior = Behavior.workerLegacy
    behavior.timers.udpOneWay = .seconds(3)
    behavior.timers.icmpQuery = .seconds(3)
    behavior.timers.tcpHalfOpen = .seconds(3)
    behavior.timers.portHoldAfterReset = .seconds(3)
    behavior.timers.portHold = .seconds(3)
    let pair = try SideBySide(behavior)
    let datagrams = KernelTests.flow(.udp, KernelTests.a, 5000, KernelTests.x, 53)
    let stream = KernelTests.flow(.udp, KernelTests.a, 5001, KernelTests.x, 53)
    let question = KernelTests.flow(.udp, KernelTests.a, 5002, KernelTests.x, 53)
    let query = KernelTests.flow(.icmp, KernelTests.a, 5000, KernelTests.x, 0)
    let talks = (0..<4).map {
      Conversation(pair, from: TransportAddress(KernelTests.a, 6000 + UInt16($0)))
    }
    let (opening, established, closed, reset) = (talks[0], talks[1], talks[2], talks[3])
    try established.handshake()
    try closed.handshake()
    try closed.out([.fin, .ack])
    try closed.in([.fin, .ack])
    try reset.handshake()
    try pair.outbound(RawPacket.udp(stream.inside, stream.remote))
    let streamEnd = try pair.outside(of: stream)
    // The kernel takes for a stream what still goes both ways after 2 s.
    try await Task.sleep(for: .milliseconds(2500))
    for _ in 0..<2 { try pair.inbound(streamEnd.map { RawPacket.udp(stream.remote, $0) }) }
    for timer: KernelTimer in [.udp, .icmp, .synSent, .close, .timeWait] {
      try pair.kernel.set(timer.path, to: 3)
    }
    try pair.outbound(RawPacket.udp(question.inside, question.remote))
    let questionEnd = try pair.outside(of: question)
    try pair.inbound(questionEnd.map { RawPacket.udp(question.remote, $0) })
    // These begin to run out.
    try closed.out(.ack)
    try reset.in([.rst, .ack])
    try opening.out(.syn)
    try pair.outbound(RawPacket.udp(datagrams.inside, datagrams.remote))
    try pair.outbound(RawPacket.query(8, KernelTests.a, KernelTests.x, identifier: 5000))
    let datagramEnd = try pair.outside(of: datagrams)
    let queryEnd = try pair.outside(of: query)

    try await Task.sleep(for: .seconds(7))
    pair.pass(.seconds(7))
    try pair.inbound(
      datagramEnd.map { RawPacket.udp(datagrams.remote, $0) }, expecting: .dropped)
    try pair.inbound(
      queryEnd.map {
        RawPacket.query(0, KernelTests.x, $0.address, identifier: $0.port)
      }, expecting: .dropped)
    try opening.in([.syn, .ack], expecting: .dropped)
    try closed.in(.ack, expecting: .dropped)
    try reset.in(.ack, expecting: .dropped)
    try pair.inbound(streamEnd.map { RawPacket.udp(stream.remote, $0) }, expecting: .forwarded)
    try pair.inbound(
      questionEnd.map { RawPacket.udp(question.remote, $0) }, except: .shortStreams)
    try established.in([.psh, .ack], 10, expecting: .forwarded)
  }
}
