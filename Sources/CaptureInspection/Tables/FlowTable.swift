/// The flows of every interface.
///
/// Flows are never forgotten: with the translations, they are what an inspection is for.
struct FlowTable {
  private(set) var entries: [FlowEntry] = []
  private var index = HashIndex()

  /// A flow and one of its directions, in one number.
  struct Reference: Hashable, Comparable {
    let rawValue: UInt32

    init(entry: Int, isDownward: Bool) {
      rawValue = UInt32(truncatingIfNeeded: entry) << 1 | (isDownward ? 1 : 0)
    }

    var entry: Int { Int(rawValue >> 1) }
    var isDownward: Bool { rawValue & 1 != 0 }

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  /// Takes in a packet.
  ///
  /// - Returns: Its flow, and whether that is new.
  @inline(__always)
  mutating func count(
    _ facts: FrameFacts, tap: Int, time: Int64, byteCount: Int, way: PathDirection?
  ) -> (flow: Reference, isNew: Bool) {
    let isDownward = facts.tuple.isDescending
    let key = (isDownward ? facts.tuple.reversed : facts.tuple).at(tap)
    let hash = key.hash
    var isNew = false
    let position: Int
    if let found = index.find(hash, where: { entries[$0].key == key }) {
      position = found
    } else {
      position = entries.count
      // A capture that begins with the answer began with the one who was asked.
      let isAnswer =
        facts.segment.flags & (TCPSegment.syn | TCPSegment.ack)
        == TCPSegment.syn | TCPSegment.ack
      entries.append(FlowEntry(key: key, time: time, beganDownward: isDownward != isAnswer))
      index.insert(hash, position)
      isNew = true
    }
    Self.count(&entries[position], facts, isDownward, time, byteCount, way)
    return (Reference(entry: position, isDownward: isDownward), isNew)
  }

  @inline(__always)
  private static func count(
    _ entry: inout FlowEntry, _ facts: FrameFacts, _ isDownward: Bool, _ time: Int64,
    _ byteCount: Int, _ way: PathDirection?
  ) {
    if time > entry.lastTime { entry.lastTime = time }
    if isDownward {
      count(&entry.downward, facts, byteCount, way)
    } else {
      count(&entry.upward, facts, byteCount, way)
    }
  }

  @inline(__always)
  private static func count(
    _ direction: inout FlowEntry.Direction, _ facts: FrameFacts, _ byteCount: Int,
    _ way: PathDirection?
  ) {
    direction.packetCount &+= 1
    direction.byteCount &+= UInt64(truncatingIfNeeded: byteCount)
    if let way { direction.way = way }
    if facts.isTCP { direction.count(facts.segment) }
  }

  /// Notes that a packet of `flow` went on to a farther or nearer point, or came from one.
  @inline(__always)
  mutating func noteContinuation(of flow: Reference, outer: Bool) {
    if outer {
      entries[flow.entry].continuesOuter = true
    } else {
      entries[flow.entry].continuesInner = true
    }
  }

  /// Notes which way packets in this direction of a flow go.
  @inline(__always)
  mutating func noteWay(of flow: Reference, _ way: PathDirection) {
    if flow.isDownward {
      entries[flow.entry].downward.way = way
    } else {
      entries[flow.entry].upward.way = way
    }
  }

  /// Which way packets with these ends go at a tap, if any of the flow have been seen there.
  func way(of tuple: FlowTuple, at tap: Int) -> PathDirection? {
    let isDownward = tuple.isDescending
    let key = (isDownward ? tuple.reversed : tuple).at(tap)
    guard let position = index.find(key.hash, where: { entries[$0].key == key }) else { return nil }
    let entry = entries[position]
    let (way, back) =
      isDownward ? (entry.downward.way, entry.upward.way) : (entry.upward.way, entry.downward.way)
    return way ?? back?.opposite
  }

  /// Which way packets in this direction of a flow go, if known.
  func way(of flow: Reference) -> PathDirection? {
    flow.isDownward ? entries[flow.entry].downward.way : entries[flow.entry].upward.way
  }
}
