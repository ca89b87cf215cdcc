import PacketFormats

/// Numbers that stand for IPv6 addresses while they are in use, so that the tables of flows need
/// no more room for them than for IPv4 addresses.
struct AddressBook: ~Copyable {
  /// One address.
  struct Entry: SlabRecord {
    var high: UInt64
    var low: UInt64
    var useCount: UInt32 = 0
    var nextFree: UInt32 = 0
  }

  private var entries = Slab<Entry>()
  private var index = HashIndex()

  subscript(number: UInt32) -> IPv6Address {
    IPv6Address(high: entries[number].high, low: entries[number].low)
  }

  /// The number of an address, or 0 if it has none.
  func find(_ address: IPv6Address) -> UInt32 {
    index.first(Self.tag(address)) {
      entries[$0].high == address.high && entries[$0].low == address.low
    }
  }

  /// The number of an address, which it keeps at least until it is released as often as retained.
  ///
  /// - Returns: 0 if there are no more numbers.
  mutating func retain(_ address: IPv6Address) -> UInt32 {
    var number = find(address)
    if number == 0 {
      guard let fresh = entries.insert(Entry(high: address.high, low: address.low)) else {
        return 0
      }
      index.insert(Self.tag(address), fresh)
      number = fresh
    }
    entries[number].useCount += 1
    return number
  }

  /// Keeps a number that is in use for longer.
  mutating func retain(_ number: UInt32) {
    entries[number].useCount += 1
  }

  mutating func release(_ number: UInt32) {
    guard number != 0 else { return }
    entries[number].useCount -= 1
    guard entries[number].useCount == 0 else { return }
    index.remove(Self.tag(self[number]), number)
    entries.remove(number, leaving: Entry(high: 0, low: 0))
  }

  private static func tag(_ address: IPv6Address) -> UInt32 {
    FlowKey.mix(address.high, address.low)
  }
}
