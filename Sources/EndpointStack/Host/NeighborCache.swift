import PacketFormats

/// A host on the same link (RFC 826; RFC 4861, section 5.1), or the wish to know one.
struct Neighbor {
  enum State: Hashable {
    /// Asked for by broadcast or multicast; frames wait.
    case incomplete
    /// Known until the deadline.
    case reachable
    /// Still used, but asked again.
    case probing
    /// Set by the owner of the simulation; never asked for.
    case permanent
  }

  let address: HostAddress
  var hardwareAddress = MACAddress(0)
  var state = State.incomplete
  /// Until when the answer is trusted, or when to ask again; in nanoseconds.
  var deadline: Int64 = 0
  var attempts = 0
  /// The frames that wait for the answer.
  var firstHeld = HeldFrames.none
  var lastHeld = HeldFrames.none
  var heldCount = 0
}

/// The hardware addresses that a host knows (RFC 826, "translation table"; RFC 4861, section 5.1,
/// "Neighbor Cache").
struct NeighborCache: ~Copyable {
  var neighbors = RecordPool<Neighbor>()
  private var table = IndexTable()
  /// Whose address was needed last: most hosts talk to their gateway only.
  private var lastIndex = 0

  init() {}

  /// The index of the entry for `address`, or `nil` if there is none.
  @inline(__always)
  mutating func find(_ address: HostAddress) -> Int? {
    if neighbors.contains(lastIndex), neighbors[lastIndex].address == address { return lastIndex }
    var probe = table.probe(IndexTable.hash(address.rawValue))
    while let index = table.next(&probe) {
      if neighbors[index].address == address {
        lastIndex = index
        return index
      }
    }
    return nil
  }

  /// Adds an entry that knows nothing yet.
  ///
  /// - Precondition: there is none for `address`.
  mutating func add(_ address: HostAddress) -> Int {
    let index = Int(neighbors.insert(Neighbor(address: address)).index)
    table.insert(index, hash: IndexTable.hash(address.rawValue))
    return index
  }

  mutating func remove(_ index: Int) {
    table.remove(index, hash: IndexTable.hash(neighbors[index].address.rawValue))
    neighbors.remove(index)
  }
}
