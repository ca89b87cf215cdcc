/// The packets of one window, added up by network interface, flow, direction and verdict.
///
/// Entries stand in the order of their first packets; an index with linear probing, at most half
/// full, finds them. Both keep their room from one window to the next.
struct FlowAggregates {
  /// What has been added up.
  struct Entry {
    /// ``FlowKey/addresses``, and ``FlowKey/ends`` without what is no port.
    let key: FlowKey
    /// The place of the interface among the subjects above two bits: direction and verdict.
    let owner: UInt32
    /// Whether such traffic is written down at all.
    let isLogged: Bool
    /// The control bits of all segments that count.
    var flags: UInt8 = 0
    /// The decision about its last packet, which knows the way out.
    var decision: DecisionIndex
    var packetCount = 0
    var byteCount = 0
    /// In nanoseconds since the run began.
    let first: Int64
    var last: Int64
  }

  private(set) var entries: [Entry] = []
  /// The place of an entry plus one, or zero.
  private var slots = [UInt32](repeating: 0, count: 64)

  /// What stands for an interface, a direction and a verdict.
  @inline(__always)
  static func owner(_ subject: Int, _ direction: TrafficDirection, _ verdict: PathVerdict) -> UInt32
  {
    UInt32(truncatingIfNeeded: subject) << 2 | (direction == .egress ? 2 : 0)
      | (verdict == .reject ? 1 : 0)
  }

  /// The place of an entry, or the slot of the index that it belongs to, inverted.
  @inline(__always)
  private func find(_ key: FlowKey, _ owner: UInt32) -> Int {
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: Self.fingerprint(key, owner)) & mask
    while slots[slot] != 0 {
      let place = Int(slots[slot] &- 1)
      if entries[place].owner == owner, entries[place].key.addresses == key.addresses,
        entries[place].key.ends == key.ends
      {
        return place
      }
      slot = (slot &+ 1) & mask
    }
    return ~slot
  }

  @inline(__always)
  private static func fingerprint(_ key: FlowKey, _ owner: UInt32) -> UInt64 {
    FlowEntry.fingerprint(
      addresses: key.addresses, ends: key.ends ^ UInt64(owner) &* 0x9e37_79b9_7f4a_7c15)
  }

  /// Adds a packet to the entry that it belongs to, if there is one.
  @inline(__always)
  mutating func add(
    _ key: FlowKey, _ owner: UInt32, flags: UInt8, byteCount: Int, by decision: DecisionIndex,
    at time: Int64
  ) -> Bool {
    let place = find(key, owner)
    guard place >= 0 else { return false }
    entries[place].flags |= flags
    entries[place].decision = decision
    entries[place].packetCount &+= 1
    entries[place].byteCount &+= byteCount
    entries[place].last = time
    return true
  }

  /// Adds an entry, which is not there yet.
  mutating func insert(_ entry: Entry) {
    let slot = ~find(entry.key, entry.owner)
    precondition(slot >= 0, "an entry twice")
    entries.append(entry)
    slots[slot] = UInt32(entries.count)
    if entries.count * 2 > slots.count { grow() }
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    for place in entries.indices {
      slots[~find(entries[place].key, entries[place].owner)] = UInt32(place + 1)
    }
  }

  /// Forgets everything and keeps the room.
  mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    for slot in slots.indices { slots[slot] = 0 }
  }
}

extension FlowAggregates.Entry {
  /// The place of the interface among the subjects.
  var subject: Int { Int(owner >> 2) }
  var direction: TrafficDirection { owner & 2 == 0 ? .ingress : .egress }
  var verdict: PathVerdict { owner & 1 == 0 ? .accept : .reject }
}
