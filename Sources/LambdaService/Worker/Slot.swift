import EventSimulation
import PacketFormats

/// A worker's place for one microVM, with what is fixed when the microVM gets it.
///
/// All microVMs have the same address; the slot's own makes them different.
struct Slot {
  /// The way to the guest.
  var guest: PortID
  /// The slot-unique source address (A-01: 10.128.0.0/14 plus the slot's number).
  var address: IPv4Address
  /// The slot's own end of the link to the guest.
  var linkLayerAddress: MACAddress
  var guestLinkLayerAddress: MACAddress
  /// The customer VPC that the slot's tunnel leads to.
  var networkIdentifier: UInt32
  /// The slot's translators in the worker's list, in the order in which packets out pass them:
  /// two of Linux before 2026, one eBPF program since (fact sheet, §4.2).
  var translators: Range<Int>
}
