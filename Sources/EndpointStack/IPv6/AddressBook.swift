import PacketFormats

/// The IPv6 addresses that a host has met, each known by its number from then on.
///
/// The host's own come first. None is ever forgotten: a host meets as many as it has partners, and
/// each takes 24 bytes.
struct AddressBook {
  private var addresses: [IPv6Address] = []
  private var table = IndexTable()

  init() {}

  /// Addresses that have a number.
  var count: Int { addresses.count }

  subscript(address: HostAddress) -> IPv6Address { addresses[Int(address.number)] }

  /// What `address` is known by, or `nil` if it was never met.
  func find(_ address: IPv6Address) -> HostAddress? {
    var probe = table.probe(Self.hash(address))
    while let index = table.next(&probe) {
      if addresses[index] == address { return HostAddress(numbered: index) }
    }
    return nil
  }

  /// What `address` is known by from now on.
  mutating func number(of address: IPv6Address) -> HostAddress {
    if let known = find(address) { return known }
    addresses.append(address)
    table.insert(addresses.count - 1, hash: Self.hash(address))
    return HostAddress(numbered: addresses.count - 1)
  }

  private static func hash(_ address: IPv6Address) -> UInt32 {
    IndexTable.hash(address.high &* 0x9e37_79b9_7f4a_7c15 ^ address.low)
  }
}
