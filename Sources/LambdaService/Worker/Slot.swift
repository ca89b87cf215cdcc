package import EventSimulation
package import PacketFormats

/// A worker's place for one microVM, with what is fixed when the microVM gets it.
///
/// All microVMs have the same address; the slot's own makes them different.
package struct Slot {
  /// The way to the guest.
  package var guest: PortID
  /// The slot-unique source address (A-01: 10.128.0.0/14 plus the slot's number).
  package var address: IPv4Address
  /// The slot in the inner frames of its tunnel.
  package var linkLayerAddress: MACAddress
  package var guestLinkLayerAddress: MACAddress
  /// The customer VPC that the slot's tunnel leads to.
  package var networkIdentifier: UInt32
  /// The slot's translators in the worker's list, in the order in which packets out pass them:
  /// two of Linux before 2026, one eBPF program since (lambda-vpc §4.2).
  package var translators: Range<Int>

  /// The number of the slot's translator of IPv6 prefixes in the worker's list, or -1 if its microVM
  /// has no IPv6 address.
  package var prefixTranslator: Int32

  package init(
    guest: PortID, address: IPv4Address, linkLayerAddress: MACAddress,
    guestLinkLayerAddress: MACAddress, networkIdentifier: UInt32, translators: Range<Int>,
    prefixTranslator: Int32 = -1
  ) {
    self.guest = guest
    self.address = address
    self.linkLayerAddress = linkLayerAddress
    self.guestLinkLayerAddress = guestLinkLayerAddress
    self.networkIdentifier = networkIdentifier
    self.translators = translators
    self.prefixTranslator = prefixTranslator
  }
}
