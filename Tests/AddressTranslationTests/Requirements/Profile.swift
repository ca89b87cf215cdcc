import AddressTranslation
import Testing

/// The profiles, by the names that ``Behavior/profiles`` gives them.
enum Profile: String, CaseIterable, CustomTestStringConvertible {
  case v2n = "lambda-v2n"
  case natGateway = "aws-natgw"
  case withoutVPC = "lambda-novpc"
  case workerLegacy = "worker-legacy"
  case workerEBPF = "worker-ebpf"
  case rfc = "rfc"

  var behavior: Behavior? { Behavior.profiles.first { $0.key == rawValue }?.value }

  var testDescription: String { rawValue }
}

extension [Profile] {
  static var all: [Profile] { Profile.allCases }
  /// Those that keep state.
  static var stateful: [Profile] { [.v2n, .natGateway, .withoutVPC, .workerLegacy, .rfc] }
  /// Hyperplane in its three forms.
  static var aws: [Profile] { [.v2n, .natGateway, .withoutVPC] }
}
