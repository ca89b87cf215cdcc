/// The packets that the owner keeps, by the numbers that the two know them by.
struct HeldPackets: ~Copyable {
  /// One packet.
  struct Entry: SlabRecord {
    /// The packet that waits for the same and came before, or 0.
    var previous: UInt32 = 0
    /// Length of the packet with its header, in bytes.
    var byteCount: UInt32 = 0
    var isFromInside = false
    var nextFree: UInt32 = 0
  }

  private var entries = Slab<Entry>()
  private var releases = FIFO<Release>()

  /// A number for a packet that waits for the same as `previous`.
  mutating func hold(behind previous: UInt32) -> UInt32? {
    entries.insert(Entry(previous: previous))
  }

  /// Takes note of what is to be counted of a packet when it is decided about.
  mutating func describe(_ number: UInt32, _ byteCount: Int, fromInside: Bool) {
    entries[number].byteCount = UInt32(byteCount)
    entries[number].isFromInside = fromInside
  }

  /// Decides about a packet; its number is free when the owner knows.
  mutating func release(_ number: UInt32, _ decision: Release.Decision) {
    releases.append(Release(number: number, decision: decision))
  }

  /// Decides about all packets that wait for the same, oldest first.
  mutating func releaseAll(upTo last: UInt32, _ decision: Release.Decision) {
    // Turn the chain round: it leads from the last to the first.
    var (number, newer): (UInt32, UInt32) = (last, 0)
    while number != 0 {
      let older = entries[number].previous
      entries[number].previous = newer
      (number, newer) = (older, number)
    }
    number = newer
    while number != 0 {
      let next = entries[number].previous
      release(number, decision)
      number = next
    }
  }

  /// Takes the oldest decision not yet taken, with what there was to know of its packet.
  mutating func nextRelease() -> (release: Release, packet: Entry)? {
    guard let release = releases.next() else { return nil }
    let packet = entries[release.number]
    entries.remove(release.number, leaving: Entry())
    return (release, packet)
  }
}
