/// The paths that are known to carry less than the interface, because a router said so (RFC 1191,
/// section 6.3; RFC 8201, section 5.2).
struct PathCache {
  private struct Path {
    let destination: HostAddress
    /// The longest IP packet, in bytes.
    var maximumTransmissionUnit: Int32
    /// When to forget it, in nanoseconds.
    var expiry: Int64
  }

  /// In the order of their destinations.
  private var paths: [Path] = []

  init() {}

  var isEmpty: Bool { paths.isEmpty }

  /// Where the path to `destination` is or belongs.
  private func place(of destination: HostAddress) -> Int {
    var low = 0
    var high = paths.count
    while low < high {
      let middle = (low + high) / 2
      if paths[middle].destination.rawValue < destination.rawValue {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  /// The longest IP packet that is known to reach `destination`, in bytes, or `nil` if nothing is.
  func limit(to destination: HostAddress, at now: Int64) -> Int? {
    let place = place(of: destination)
    guard place < paths.count, paths[place].destination == destination, paths[place].expiry > now
    else { return nil }
    return Int(paths[place].maximumTransmissionUnit)
  }

  /// Remembers what reaches `destination` until `expiry`.
  mutating func remember(_ limit: Int, to destination: HostAddress, until expiry: Int64) {
    let place = place(of: destination)
    let path = Path(
      destination: destination, maximumTransmissionUnit: Int32(clamping: limit), expiry: expiry)
    if place < paths.count, paths[place].destination == destination {
      paths[place] = path
    } else {
      paths.insert(path, at: place)
    }
  }
}
