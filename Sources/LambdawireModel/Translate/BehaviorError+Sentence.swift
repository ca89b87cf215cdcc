import AddressTranslation
import PacketFormats

extension BehaviorError {
  /// What is wrong, in the words of the command line.
  var sentence: String {
    switch self {
    case .noOutsideAddress:
      "--outside is missing: the addresses to translate to, such as 203.0.113.7"
    case .duplicateOutsideAddress(let address):
      "--outside: \(address) is listed twice; expected each address once"
    case .duplicateOutsideIPv6Address(let address):
      "--outside: \(address) is listed twice; expected each address once"
    case .oneToOneIsIPv4Only:
      "--set method: found one-to-one, which is for IPv4 only; expected stateful"
    case .duplicateInsideAddress(let address):
      "--inside: \(address) is listed twice; expected each address once"
    case .notOneToOne(let inside, let outside):
      "found \(inside) addresses after --inside and \(outside) after --outside; a translator "
        + "without state puts one for one, so expected as many of both"
    case .timerOutOfRange(let state, let duration):
      "--set: found \(duration) for the state \(state.label); \(Self.timerExpectation)"
    case .udpTimerOutOfRange(let port, let duration):
      "--set udp-by-remote-port: found \(duration) for \(port); \(Self.timerExpectation)"
    case .unsolicitedSYNTimerOutOfRange(let duration):
      "--set unsolicited-syn: found \(duration); \(Self.timerExpectation)"
    case .fragmentTimerOutOfRange(let duration):
      "--set fragments-timeout: found \(duration); \(Self.timerExpectation)"
    case .fragmentLimitOutOfRange(let limit):
      "--set: found \(limit) as a limit of fragments; expected 1 to 1048576"
    case .portZero: "--set ports: found port 0; expected ports from 1 on"
    case .quotaBelowOne(let quota):
      "--set: found \(quota) as a number of ports; expected at least 1"
    case .resetWindowOutOfRange(let window):
      "--set reset-window: found \(window); expected at most 2147483647"
    case .mtuBelow68(let mtu): "--set mtu: found \(mtu); expected at least 68"
    case .maximumSegmentSizeZero:
      "--set maximum-segment-size: found 0; expected at least 1"
    case .fixedMappingToForeignAddress(let mapping):
      "a fixed mapping to \(mapping.outside), which is not listed after --outside"
    case .fixedMappingTwice(let mapping):
      "two fixed mappings of \(mapping.inside) or to \(mapping.outside)"
    }
  }

  private static var timerExpectation: String { "expected 1 ns to 100 years" }
}
