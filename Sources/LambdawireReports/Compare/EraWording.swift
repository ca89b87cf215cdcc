import LambdawireModel

extension Scenario.Networking {
  /// The era in a few words.
  var label: String {
    switch self {
    case .perEnvironment: "Own interface"
    case .hyperplane: "Hyperplane"
    case .hyperplaneEBPF: "Hyperplane with eBPF"
    }
  }

  /// The era in one word, for labels that say more.
  var shortLabel: String {
    switch self {
    case .perEnvironment: "own"
    case .hyperplane: "Hyperplane"
    case .hyperplaneEBPF: "eBPF"
    }
  }

  /// When it was.
  var years: String {
    switch self {
    case .perEnvironment: "before September 2019"
    case .hyperplane: "2019 to 2025"
    case .hyperplaneEBPF: "2026"
    }
  }

  /// The class that the style sheet colours it by: the hue of the hop that the era is about.
  var styleName: String {
    switch self {
    case .perEnvironment: "own"
    case .hyperplane: "shared"
    case .hyperplaneEBPF: "ebpf"
    }
  }
}

extension StartupStep.Kind {
  /// What steps of this kind are for.
  var label: String {
    switch self {
    case .frontend: "find an environment"
    case .machine: "start the microVM"
    case .network: "the way into the VPC"
    case .initialization: "runtime and function"
    case .wait: "wait"
    case .other: "other"
    }
  }

  /// The class that the style sheet colours it by.
  var styleName: String { "kind-\(rawValue)" }
}
