import EventSimulation
import PacketFormats
import Testing

@Suite struct CommentTextTests {
  func text(_ compose: (inout CommentText) -> Void) -> String {
    var text = CommentText()
    compose(&text)
    return text.withBytes { bytes in
      String(
        decoding: (0..<bytes.byteCount).map { bytes[Field<UInt8>(at: 0), at: $0] },
        as: UTF8.self)
    }
  }

  @Test(arguments: [0, 1, 9, 10, 80, 443, 8080, 40_000, 65_535] as [UInt16])
  func `An IPv6 address is written as everywhere else`(port: UInt16) {
    var random = RandomStream(seed: 3, name: "comment \(port)")
    for _ in 0..<2_000 {
      // Many zeros, in runs of all lengths.
      var halves: [UInt64] = [0, 0]
      for group in 0..<8 where random.next(below: 2) == 0 {
        let value = random.next(below: 1 << random.next(below: 17))
        halves[group / 4] |= value << UInt64(16 * (3 - group % 4))
      }
      let address = IPv6Address(high: halves[0], low: halves[1])
      // An IPv4-mapped one ends in a dotted quad there; none is in the model.
      guard address.ipv4Mapped == nil else { continue }
      let expected = port == 0 ? "\(address)" : "[\(address)]:\(port)"
      #expect(
        text { $0.append(ipv6High: address.high, low: address.low, port: port) } == expected)
    }
  }
}
