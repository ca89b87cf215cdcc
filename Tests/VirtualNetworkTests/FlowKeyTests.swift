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

  @Test func `IPv6 addresses have numbers, each the same one always`() throws {
    var plane = DataPlane(try Shop().network)
    var keys: [FlowKey] = []
    let addresses = (0..<1000 as Range<UInt64>).map { IPv6Address(high: $0 % 7, low: $0) }
    for address in addresses {
      keys.append(
        plane.flowKey(
          .tcp, source: .v6(address), sourcePort: 1, destination: .v6(addresses[0]),
          destinationPort: 2))
    }
    #expect(Set(keys).count == addresses.count)
    for (key, address) in zip(keys, addresses) {
      #expect(key.family == .v6)
      let (source, destination) = (plane.source(of: key), plane.destination(of: key))
      #expect(source == .v6(address))
      #expect(destination == .v6(addresses[0]))
      let back = plane.destination(of: key.reversed)
      #expect(back == .v6(address))
      #expect(key.reversed.reversed == key)
      let again = plane.flowKey(
        .tcp, source: .v6(address), sourcePort: 1, destination: .v6(addresses[0]),
        destinationPort: 2)
      #expect(again == key)
    }
    let text = plane.text(keys[9])
    #expect(text == "tcp [::2:0:0:0:9]:1 > [::]:2")
  }

  @Test func `An ICMPv6 query and its reply are each other's reverse`() throws {
    var plane = DataPlane(try Shop().network)
    let (a, b) = (IPv6Address.loopback, IPv6Address(high: 1, low: 2))
    let query = plane.flowKey(icmpv6Type: 128, code: 0, identifier: 7, source: a, destination: b)
    let reply = plane.flowKey(icmpv6Type: 129, code: 0, identifier: 7, source: b, destination: a)
    #expect(query.reversed == reply)
    #expect(reply.reversed == query)
    let error = plane.flowKey(icmpv6Type: 2, code: 0, source: a, destination: b)
    #expect(error.reversed.icmpType == 2)
    let text = plane.text(query)
    #expect(text == "icmpv6 ::1 > ::1:0:0:0:2 type 128 code 0")
  }
}
