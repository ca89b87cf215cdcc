import PacketFormats
import Testing
import VirtualNetwork

@Suite struct FlowKeyTests {
  let a = IPv4Address(10, 0, 1, 4)
  let b = IPv4Address(255, 254, 253, 252)

  @Test func `A key takes sixteen bytes and gives back what went in`() {
    #expect(MemoryLayout<FlowKey>.size == 16)
    let key = FlowKey(
      .udp, source: a, sourcePort: 65535, destination: b, destinationPort: 53)
    #expect(key.protocol == .udp)
    #expect((key.source, key.destination) == (a, b))
    #expect((key.sourcePort, key.destinationPort) == (65535, 53))
    #expect("\(key)" == "udp 10.0.1.4:65535 > 255.254.253.252:53")
  }

  @Test func `Reversing swaps the ends, and twice is nothing`() {
    let key = FlowKey(
      .tcp, source: a, sourcePort: 40110, destination: b, destinationPort: 5432)
    #expect(
      key.reversed
        == FlowKey(.tcp, source: b, sourcePort: 5432, destination: a, destinationPort: 40110))
    #expect(key.reversed.reversed == key)
  }

  @Test func `Reversing an ICMP query gives its reply`() {
    for (query, reply) in [(8, 0), (13, 14), (15, 16), (17, 18)] as [(UInt8, UInt8)] {
      let key = FlowKey(icmpType: query, code: 0, identifier: 77, source: a, destination: b)
      let back = FlowKey(icmpType: reply, code: 0, identifier: 77, source: b, destination: a)
      #expect(key.reversed == back)
      #expect(back.reversed == key)
    }
  }

  @Test func `An ICMP error keeps its type and code in reverse`() {
    let key = FlowKey(icmpType: 3, code: 4, source: a, destination: b)
    #expect(key.reversed == FlowKey(icmpType: 3, code: 4, source: b, destination: a))
    #expect((key.icmpType, key.icmpCode, key.sourcePort) == (3, 4, 0))
  }

  @Test func `Protocols without ports reverse too`() {
    let key = FlowKey(IPProtocol(rawValue: 47), source: a, destination: b)
    #expect(key.reversed == FlowKey(IPProtocol(rawValue: 47), source: b, destination: a))
    #expect("\(key)" == "protocol 47 10.0.1.4 > 255.254.253.252")
  }
}
