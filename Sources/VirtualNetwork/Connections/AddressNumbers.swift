import PacketFormats

/// Numbers that stand for IPv6 addresses, so that flows of both families take the same 16 bytes.
///
/// A number is never given back: a run has far fewer addresses than packets, and a key stays
/// meaningful as long as the data plane that made it.
struct AddressNumbers: ~Copyable {
  private var addresses: [IPv6Address] = []
  /// Numbers by hash, with linear probing; a number is a place plus one, and 0 is an empty slot.
  private var slots: [UInt32]

  init() { slots = Array(repeating: 0, count: 64) }

  /// The address that has `number`; `::` if none has.
  subscript(number: UInt32) -> IPv6Address {
    Int(number) < addresses.count ? addresses[Int(number)] : .unspecified
  }

  /// The number of `address`, which is given one if it has none.
  mutating func number(of address: IPv6Address) -> UInt32 {
    var slot = home(address)
    while slots[slot] != 0 {
      let number = slots[slot] - 1
      if addresses[Int(number)] == address { return number }
      slot = (slot + 1) & (slots.count - 1)
    }
    precondition(
      addresses.count < Int(UInt32.max) - 1, "more IPv6 addresses than there are numbers")
    addresses.append(address)
    slots[slot] = UInt32(addresses.count)
    if addresses.count * 3 > slots.count * 2 { grow() }
    return UInt32(addresses.count - 1)
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    for (number, address) in addresses.enumerated() {
      var slot = home(address)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(number + 1)
    }
  }

  private func home(_ address: IPv6Address) -> Int {
    let mixed = FlowEntry.fingerprint(addresses: address.high, ends: address.low)
    return Int(truncatingIfNeeded: mixed & UInt64(slots.count - 1))
  }
}
