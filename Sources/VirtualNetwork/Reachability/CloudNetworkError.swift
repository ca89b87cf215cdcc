public import PacketFormats

/// Why a question about a path has no answer.
public enum CloudNetworkError: Error, Hashable, Sendable {
  /// Interfaces of several VPCs have the address.
  case ambiguousAddress(IPAddress, vpcs: [String])
  /// Nobody has the address, and it is not a public one.
  case unknownAddress(IPAddress)
  /// The interface has no address of that family.
  case noAddress(interface: String, IPFamily)
  /// One end is told by an IPv4 address and the other by an IPv6 one.
  case familiesDiffer(IPAddress, IPAddress)
  /// Services and the resolver answer and ask nothing.
  case sourceOnlyAnswers(IPAddress)
  /// Both ends are outside every VPC.
  case bothOutside
}

extension CloudNetworkError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .ambiguousAddress(let address, let vpcs):
      "\(address) belongs to interfaces of the VPCs \(vpcs.joined(separator: ", ")); name the "
        + "interface instead"
    case .unknownAddress(let address):
      "nobody has the address \(address)"
    case .noAddress(let interface, let family):
      "\(interface) has no \(family) address"
    case .familiesDiffer(let source, let destination):
      "\(source) and \(destination) are not of one family"
    case .sourceOnlyAnswers(let address):
      "\(address) is a service, which answers and begins nothing"
    case .bothOutside:
      "neither end is in a VPC"
    }
  }
}
