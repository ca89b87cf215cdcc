import CaptureFiles
import PacketFormats
import VirtualNetwork

extension NameResolution {
  /// The names of everything in `plans`; the address that all guests have is called `guest`.
  init(_ plans: [WorldPlan]) {
    var entries: [Entry] = []
    func add(_ address: IPv4Address, _ name: String) {
      entries.append(Entry(.ipv4(address.rawValue), name))
    }
    let hasWorkers = plans.contains { !$0.workers.isEmpty }
    if hasWorkers { add(WorldPlan.guestAddress, "guest") }
    // Names of thousands of slots would be larger than the packets.
    for planned in plans.lazy.flatMap(\.environments).prefix(256) {
      if case .slot(_, let slot, _) = planned.attachment {
        add(WorldPlan.slotAddress(slot), planned.name)
      }
    }
    for worker in plans.flatMap(\.workers) { add(worker.address, worker.name) }
    if hasWorkers { add(WorldPlan.hyperplaneAddress, "hyperplane") }
    if plans.contains(where: { !$0.vpcs.isEmpty }) {
      add(LinkLocalService.resolver.address, "vpc-resolver")
    }
    for vpc in plans.flatMap(\.vpcs) {
      add(vpc.network.resolverAddress, "\(vpc.scenario.name)-resolver")
      let hosts = Set(vpc.hostInterfaces)
      // Those that do not exist yet get their names when they get their addresses.
      for (number, interface) in vpc.network.interfaces.enumerated().prefix(4096)
      where interface.exists {
        let isHost = hosts.contains(InterfaceIndex(rawValue: UInt32(number)))
        let name =
          isHost || interface.type != .lambda ? interface.name : interface.identifier.rawValue
        add(interface.address, name)
      }
    }
    self.init(entries: entries)
  }

  /// The same names for a file in which the guests' address stands for one environment.
  ///
  /// - Parameter tap: Where the file's packets come from, as `guest:orders-3`.
  /// - Returns: The names, one of them another.
  func naming(guest tap: String) -> NameResolution {
    let guest = Address.ipv4(WorldPlan.guestAddress.rawValue)
    var names = self
    guard let environment = tap.split(separator: ":").last,
      let index = names.entries.firstIndex(where: { $0.address == guest })
    else { return names }
    names.entries[index].names = [String(environment)]
    return names
  }
}
