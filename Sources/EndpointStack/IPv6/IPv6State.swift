import PacketFormats

/// What a host that speaks IPv6 knows.
struct IPv6State {
  var book = AddressBook()
  /// How many of the addresses in the book are the host's own: the first ones, of which the very
  /// first is the link-local one and the next the one that it sends from.
  let ownCount: UInt32
  let gateway: HostAddress?
  /// What the last packet that was sent in fragments is known by (RFC 7739: not to be guessed).
  var nextIdentification: UInt32
  private let settings: HostInterface.IPv6Settings

  init(_ settings: HostInterface.IPv6Settings, linkLocal: IPv6Address, secret: UInt64) {
    self.settings = settings
    var book = AddressBook()
    _ = book.number(of: linkLocal)
    for address in settings.addresses { _ = book.number(of: address) }
    ownCount = UInt32(truncatingIfNeeded: book.count)
    gateway = settings.gateway.map { book.number(of: $0) }
    self.book = book
    nextIdentification = UInt32(truncatingIfNeeded: secret >> 16)
  }

  func isOnLink(_ address: IPv6Address) -> Bool { settings.isOnLink(address) }

  /// Whether the host sends from a global address.
  var hasGlobalAddress: Bool { ownCount > 1 }
}
