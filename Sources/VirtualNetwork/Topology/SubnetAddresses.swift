public import PacketFormats

/// Which addresses of a subnet are free: the one place that gives them out and takes them back.
///
/// A value, so that a planned network and a control plane that goes on from it count alike. The five
/// addresses that AWS keeps are never free (lambda-vpc §7.1).
public struct SubnetAddresses: Hashable, Sendable {
  public let cidr: IPv4Prefix
  /// Addresses that nobody has yet, without the five that AWS keeps.
  public private(set) var freeCount: Int
  /// A bit for each address, set while somebody has it or AWS keeps it.
  private var taken: [UInt64]
  /// Where the search for a free address begins: behind the one that was given out last.
  private var next = 0

  /// All addresses of `cidr`, free but for those that AWS keeps.
  ///
  /// - Precondition: a /28 or larger, as subnets are.
  public init(cidr: IPv4Prefix) {
    precondition(cidr.length <= 28, "a subnet is a /28 or larger")
    self.cidr = cidr
    freeCount = cidr.count - ReservedAddress.allCases.count
    taken = Array(repeating: 0, count: (cidr.count + 63) / 64)
    if cidr.count < 64 { taken[0] = ~0 << UInt64(cidr.count) }
    for offset in [0, 1, 2, 3, cidr.count - 1] { mark(offset) }
  }

  /// Addresses that somebody has, without the five that AWS keeps.
  public var takenCount: Int { cidr.count - ReservedAddress.allCases.count - freeCount }

  /// Whether `address` may be had: it is in the subnet, nobody has it and AWS does not keep it.
  public func isFree(_ address: IPv4Address) -> Bool {
    cidr.contains(address) && !isMarked(offset(of: address))
  }

  /// What AWS keeps `address` for.
  ///
  /// - Returns: `nil` if the address may be given to a network interface, or is not in the subnet.
  public func reservation(of address: IPv4Address) -> ReservedAddress? {
    switch address {
    case cidr[0]: .network
    case cidr[1]: .router
    case cidr[2]: .resolver
    case cidr[3]: .future
    case cidr[-1]: .broadcast
    default: nil
    }
  }

  /// Gives out the next free address behind the one that this gave out last, and begins again with
  /// the lowest behind the highest.
  ///
  /// So an address that comes back has another owner as late as can be, and nobody takes the second
  /// for the first (A-39, assumed).
  ///
  /// - Returns: `nil` if none is left.
  public mutating func take() -> IPv4Address? {
    guard freeCount > 0 else { return nil }
    var word = next / 64
    var free = ~taken[word] & .max << UInt64(next % 64)
    while free == 0 {
      word = (word + 1) % taken.count
      free = ~taken[word]
    }
    let offset = word * 64 + free.trailingZeroBitCount
    mark(offset)
    freeCount -= 1
    next = (offset + 1) % (taken.count * 64)
    return cidr[offset]
  }

  /// Gives out `address`.
  ///
  /// - Returns: `false` if it is not free.
  public mutating func take(_ address: IPv4Address) -> Bool {
    guard isFree(address) else { return false }
    mark(offset(of: address))
    freeCount -= 1
    return true
  }

  /// Takes `address` back.
  ///
  /// - Precondition: it was given out.
  public mutating func release(_ address: IPv4Address) {
    precondition(
      cidr.contains(address) && reservation(of: address) == nil
        && isMarked(offset(of: address)), "an address comes back that was not given out")
    let offset = offset(of: address)
    taken[offset / 64] &= ~(1 << UInt64(offset % 64))
    freeCount += 1
  }

  private func offset(of address: IPv4Address) -> Int {
    Int(address.rawValue - cidr.address.rawValue)
  }

  private func isMarked(_ offset: Int) -> Bool {
    taken[offset / 64] >> UInt64(offset % 64) & 1 != 0
  }

  private mutating func mark(_ offset: Int) {
    taken[offset / 64] |= 1 << UInt64(offset % 64)
  }
}
