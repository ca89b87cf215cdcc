/// The steps that a cold start is made of, by what `events.jsonl` calls them.
///
/// A step that is not in the table counts as ``Kind/other`` and is called by its name in words, so
/// that a new one appears in comparisons before anybody describes it here.
public enum StartupStep {
  /// What a step is for.
  public enum Kind: String, Hashable, Sendable, Encodable, CaseIterable {
    /// Admitting the invocation and looking for an environment.
    case frontend
    /// Finding a worker and starting the microVM.
    case machine
    /// The way into the VPC: what an environment without one would not wait for.
    case network
    /// Starting runtime and function.
    case initialization
    /// Nothing: in a queue, or held back.
    case wait
    case other
  }

  /// Time of a cold start in which no step was under way.
  public static let wait = "Wait"

  private static let table: [String: (label: String, kind: Kind)] = [
    "AdmitInvocation": ("admit the invoke", .frontend),
    "AssignEnvironment": ("look for a warm one", .frontend),
    "PlaceEnvironment": ("find a worker", .machine),
    "StartVirtualMachine": ("start Firecracker", .machine),
    "BootGuest": ("boot the guest", .machine),
    "TakeBootedMachine": ("take a booted microVM", .machine),
    "CreateAndAttachNetworkInterface": ("make and attach an ENI", .network),
    "CreateNetworkInterface": ("make an ENI", .network),
    "AttachNetworkInterface": ("attach the ENI", .network),
    "BackOff": ("refused by EC2, wait", .network),
    "CreateGeneveDevice": ("make a Geneve device", .network),
    "ConfigureGuestNetwork": ("DHCP and the rest", .network),
    "EnterTunnelMap": ("enter the tunnel map", .network),
    "InitializeRuntime": ("start the runtime", .initialization),
    "InitializeFunction": ("initialize the function", .initialization),
    wait: ("wait", .wait),
  ]

  /// Acts on an environment that take time and are no part of starting it.
  private static let later: Set<String> = ["DetachNetworkInterface", "DeleteNetworkInterface"]

  /// Acts after which there is no such environment any more.
  private static let endings: Set<String> = [
    "ReclaimEnvironment", "ResetEnvironment", "RetireEnvironment",
  ]

  /// What the step is for.
  public static func kind(of act: String) -> Kind {
    table[act]?.kind ?? .other
  }

  /// The step in a few words, such as `boot the guest`.
  public static func label(of act: String) -> String {
    if let entry = table[act] { return entry.label }
    var words = ""
    var previous: Character = "A"
    for letter in act {
      if letter.isUppercase, !previous.isUppercase, !words.isEmpty { words += " " }
      words += letter.lowercased()
      previous = letter
    }
    return words
  }

  /// Whether an act that takes time is part of a cold start.
  static func isPart(_ act: String) -> Bool { !later.contains(act) }

  /// Whether the act ends an environment.
  static func ends(_ act: String) -> Bool { endings.contains(act) }
}
