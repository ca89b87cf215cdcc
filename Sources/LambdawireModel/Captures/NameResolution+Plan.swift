import CaptureFiles
import PacketFormats
import VirtualNetwork

extension NameResolution {
  /// The names of everything in `plan`.
  ///
  /// - Parameters:
  ///   - plan: What exists.
  ///   - guest: The environment that the guest's address stands for in this file, as
  ///     `guest:orders-3`; all of them have the same address.
  init(_ plan: WorldPlan, guest: String?) {
    var entries: [Entry] = []
    func add(_ address: IPv4Address, _ name: String) {
      entries.append(Entry(.ipv4(address.rawValue), name))
    }
    let environment = guest.flatMap { $0.split(separator: ":").last.map(String.init) }
    if !plan.workers.isEmpty { add(WorldPlan.guestAddress, environment ?? "guest") }
    for (number, planned) in plan.environments.enumerated() {
      // Names of thousands of slots would be larger than the packets.
      if number == 256 { break }
      if case .slot(_, let slot, _) = planned.attachment {
        add(WorldPlan.slotAddress(slot), planned.name)
      }
    }
    for worker in plan.workers { add(worker.address, worker.name) }
    if !plan.workers.isEmpty { add(WorldPlan.hyperplaneAddress, "hyperplane") }
    if !plan.vpcs.isEmpty { add(LinkLocalService.resolver.address, "vpc-resolver") }
    for vpc in plan.vpcs {
      add(vpc.network.resolverAddress, "\(vpc.scenario.name)-resolver")
      let hosts = Set(vpc.hostInterfaces)
      for (number, interface) in vpc.network.interfaces.enumerated().prefix(4096) {
        let isHost = hosts.contains(InterfaceIndex(rawValue: UInt32(number)))
        let name =
          isHost || interface.type != .lambda ? interface.name : interface.identifier.rawValue
        add(interface.address, name)
      }
    }
    self.init(entries: entries)
  }
}
