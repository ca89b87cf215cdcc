import PacketFormats

/// Values for blocks of addresses of both families, the longest block that holds an address winning.
struct BlockMap: Sendable {
  private let ipv4: IntervalMap<UInt32>
  private let ipv6: IntervalMap<UInt128>

  /// Builds a map; of equal blocks the first counts.
  init(_ blocks: [(block: IPPrefix, value: Int32)]) {
    var small: [(first: UInt32, last: UInt32, value: Int32)] = []
    var large: [(first: UInt128, last: UInt128, value: Int32)] = []
    for (block, value) in blocks {
      switch block {
      case .v4(let block):
        let first = block.address.rawValue
        let last = block.length == 0 ? .max : first | UInt32.max >> UInt32(block.length)
        small.append((first, last, value))
      case .v6(let block):
        let first = Self.number(block.address)
        let last = block.length == 0 ? .max : first | UInt128.max >> UInt128(block.length)
        large.append((first, last, value))
      }
    }
    ipv4 = IntervalMap(small)
    ipv6 = IntervalMap(large)
  }

  /// The value at `address`, negative for none.
  subscript(address: IPAddress) -> Int32 {
    switch address {
    case .v4(let address): ipv4[address.rawValue]
    case .v6(let address): ipv6[Self.number(address)]
    }
  }

  private static func number(_ address: IPv6Address) -> UInt128 {
    UInt128(address.high) << 64 | UInt128(address.low)
  }
}
