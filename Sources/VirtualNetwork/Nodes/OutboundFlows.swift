import PacketFormats
import SimulatedTime

/// The flows that were begun inside an egress-only internet gateway, so that answers are known.
///
/// AWS says that the gateway is stateful and no more. Assumed: a flow is forgotten after 350 s without
/// a packet in either direction, as by AWS's other gateways, whatever its protocol.
struct OutboundFlows {
  private struct Entry {
    var inside = IPv6Address.unspecified
    var outside = IPv6Address.unspecified
    /// The protocol, the inside port and the outside port; 0 in an empty slot.
    var ends: UInt64 = 0
    var lastSeen: Int64 = 0
  }

  private static let idleLimit: Int64 = 350_000_000_000

  /// Open addressing over a power of two, at most two thirds full.
  private var entries: [Entry] = []
  private var count = 0

  /// Remembers the flow of a packet on its way out.
  mutating func note(_ packet: FramePacket, at now: Instant) {
    guard case .v6(let inside) = packet.source, case .v6(let outside) = packet.destination else {
      return
    }
    let ends = Self.ends(packet, inside: packet.sourcePort, outside: packet.destinationPort)
    if 3 * (count + 1) > 2 * entries.count { makeRoom(at: now.nanoseconds) }
    let slot = find(inside, outside, ends)
    if entries[slot].ends == 0 { count += 1 }
    entries[slot] = Entry(
      inside: inside, outside: outside, ends: ends, lastSeen: now.nanoseconds)
  }

  /// Whether the flow of a packet that went out is remembered; nothing changes.
  func holds(_ packet: FramePacket, at now: Instant) -> Bool {
    guard !entries.isEmpty, case .v6(let inside) = packet.source,
      case .v6(let outside) = packet.destination
    else { return false }
    let slot = find(
      inside, outside, Self.ends(packet, inside: packet.sourcePort, outside: packet.destinationPort)
    )
    return entries[slot].ends != 0 && now.nanoseconds - entries[slot].lastSeen < Self.idleLimit
  }

  /// Whether a packet on its way in belongs to a flow that is remembered, which it keeps alive.
  mutating func expects(_ packet: FramePacket, at now: Instant) -> Bool {
    guard !entries.isEmpty, case .v6(let outside) = packet.source,
      case .v6(let inside) = packet.destination
    else { return false }
    let ends = Self.ends(packet, inside: packet.destinationPort, outside: packet.sourcePort)
    let slot = find(inside, outside, ends)
    guard entries[slot].ends != 0, now.nanoseconds - entries[slot].lastSeen < Self.idleLimit
    else { return false }
    entries[slot].lastSeen = now.nanoseconds
    return true
  }

  /// The protocol and ports, with a bit that is always set; for ICMPv6 the identifier alone.
  private static func ends(_ packet: FramePacket, inside: UInt16, outside: UInt16) -> UInt64 {
    let start = 1 << 48 | UInt64(packet.protocol.rawValue) << 32
    return packet.isICMP
      ? start | UInt64(packet.sourcePort) << 16
      : start | UInt64(inside) << 16 | UInt64(outside)
  }

  /// The slot that holds the flow, or the empty one where it belongs.
  private func find(_ inside: IPv6Address, _ outside: IPv6Address, _ ends: UInt64) -> Int {
    let mask = entries.count - 1
    var hash = inside.high ^ outside.low &* 0x9e37_79b9_7f4a_7c15
    hash = (hash ^ hash >> 32 ^ inside.low) &* 0xd6e8_feb8_6659_fd93
    hash = (hash ^ hash >> 32 ^ outside.high ^ ends) &* 0xd6e8_feb8_6659_fd93
    var slot = Int(truncatingIfNeeded: hash ^ hash >> 32) & mask
    while entries[slot].ends != 0,
      entries[slot].ends != ends || entries[slot].inside != inside
        || entries[slot].outside != outside
    {
      slot = (slot + 1) & mask
    }
    return slot
  }

  /// Drops what is too old, and doubles the table if that does not halve it.
  private mutating func makeRoom(at now: Int64) {
    let live = entries.filter { $0.ends != 0 && now - $0.lastSeen < Self.idleLimit }
    var capacity = 64
    while capacity < 3 * (live.count + 1) { capacity *= 2 }
    entries = Array(repeating: Entry(), count: capacity)
    count = live.count
    for entry in live { entries[find(entry.inside, entry.outside, entry.ends)] = entry }
  }
}
