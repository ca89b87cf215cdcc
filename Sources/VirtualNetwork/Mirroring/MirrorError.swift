/// Why traffic cannot be mirrored as asked.
public enum MirrorError: Error, Hashable, Sendable {
  /// Sessions are numbered 1 to 32766.
  case sessionNumberOutOfRange(interface: String, number: Int)
  /// Two sessions of one interface have the same number.
  case sessionNumberTaken(interface: String, number: Int)
  /// Filter rules are numbered 1 to 32766.
  case ruleNumberOutOfRange(interface: String, number: Int)
  /// Two rules of a filter for one direction have the same number.
  case ruleNumberTaken(interface: String, TrafficDirection, number: Int)
  /// A VXLAN network identifier has 24 bits.
  case virtualNetworkIdentifierOutOfRange(interface: String, UInt32)
  /// Between 1 and 8,500 bytes are copied of a frame.
  case packetLengthOutOfRange(interface: String, length: Int)
  /// The target must take packets of at least 68 bytes, IPv4's least.
  case targetMTUOutOfRange(interface: String, mtu: Int)
  /// An interface cannot be mirrored to itself.
  case targetIsSource(interface: String)
  /// Interfaces that a service made cannot be mirrored, save those of RDS and ElastiCache
  /// (observability-formats §2).
  case sourceNotAllowed(interface: String, InterfaceType)
}

extension MirrorError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .sessionNumberOutOfRange(let interface, let number):
      "mirror session \(number) of \(interface): sessions are numbered 1 to 32766"
    case .sessionNumberTaken(let interface, let number):
      "\(interface) has two mirror sessions with the number \(number)"
    case .ruleNumberOutOfRange(let interface, let number):
      "rule \(number) of a mirror filter of \(interface): rules are numbered 1 to 32766"
    case .ruleNumberTaken(let interface, let direction, let number):
      "a mirror filter of \(interface) has two \(direction) rules with the number \(number)"
    case .virtualNetworkIdentifierOutOfRange(let interface, let identifier):
      "VXLAN network identifier \(identifier) of a mirror session of \(interface) is not between "
        + "0 and 16777215"
    case .packetLengthOutOfRange(let interface, let length):
      "packet length \(length) of a mirror session of \(interface) is not between 1 and 8500"
    case .targetMTUOutOfRange(let interface, let mtu):
      "the target of a mirror session of \(interface) takes packets of \(mtu) bytes; "
        + "between 68 and 9001 are possible"
    case .targetIsSource(let interface):
      "\(interface) cannot be mirrored to itself"
    case .sourceNotAllowed(let interface, let type):
      "\(interface) is of type \(type.rawValue), which cannot be mirrored; mirror an interface of a "
        + "host instead"
    }
  }
}
