import SimulatedTime

/// The keys of a scenario file, each declared once.
///
/// Decoder, JSON Schema and reference are made from these declarations. A file's extensions of this
/// type follow the file's own structure: one for each kind of mapping.
enum Grammar {
  /// The version of the format that this program reads.
  static let version = 1

  /// Every kind of mapping, in the order of the reference.
  static var sections: [Section] {
    [
      Root.section, VPC.section, Subnet.section, SecurityGroup.section, IngressRule.section,
      EgressRule.section, NetworkACL.section, ACLIngress.section, ACLEgress.section,
      RouteTable.section, Route.section,
    ] + Gateways.sections + [
      DHCPOptions.section, MirrorSession.section, MirrorRule.section, Host.section,
      Service.section, FlowLog.section, Internet.section, OutsideHost.section,
      PeeringConnection.section,
      TransitGateway.section, Attachment.section, TransitRoute.section, Function.section,
      Traffic.section, HostTraffic.section,
    ] + Steps.sections + Events.sections
  }
}

extension Grammar {
  /// The file as a whole.
  enum Root {
    static let version = Key<Int>(
      "lambdawire", .quantity(.integer(Grammar.version...Grammar.version)), .required,
      "Version of this format.")
    static let title = Key<String>(
      "title", .anyText, .defaulted(""), "What the scenario shows, in one line.")
    static let description = Key<String>(
      "description", .anyText, .defaulted(""), "Longer text for people.")
    static let seed = Key<UInt64>(
      "seed", .quantity(.seed), .defaulted("1"),
      "What all randomness of the run is derived from: same seed, same files.")
    static let duration = Key<Duration>(
      "duration", .quantity(.duration(.microseconds(1), .seconds(31_536_000))), .defaulted("30 s"),
      "Upper bound of simulated time; the run ends earlier when nothing is left to do.")
    static let start = Key<CalendarTime>(
      "start", .calendarTime, .defaulted("2019-09-03T00:00:00Z"),
      "Date and time that captures show for the start of the run.")
    static let parameters = Key<[SourceEntry]>(
      "parameters", .parameters, .optional("no parameters"),
      "Named values, written `$name` elsewhere and changed by `--set name=value`.")
    static let vpcs = Key<[SourceEntry]>(
      "vpcs", .named(VPC.section), .required, "The customer's VPCs by name.")
    static let prefixLists = Key<[SourceEntry]>(
      "prefix-lists", PrefixList.named, .optional("those of AWS's services, `s3` and `dynamodb`"),
      "Lists of blocks that rules and routes may name.")
    static let internet = Key<SourceNode>(
      "internet", .section(Internet.section), .optional("nobody answers there"),
      "What is outside every VPC.")
    static let peeringConnections = Key<[SourceEntry]>(
      "peering-connections", .named(PeeringConnection.section), .optional("none"),
      "What joins two VPCs each.")
    static let transitGateways = Key<[SourceEntry]>(
      "transit-gateways", .named(TransitGateway.section), .optional("none"),
      "What joins several VPCs.")
    static let functions = Key<[SourceEntry]>(
      "functions", .named(Function.section), .optional("no functions"),
      "The Lambda functions by name.")
    static let traffic = Key<[SourceNode]>(
      "traffic", .list(of: Traffic.sections, called: "traffic entries"),
      .optional("nothing is invoked"),
      "Who invokes what, when, and what the invocations do; what hosts do of their own accord.")
    static let events = Key<[SourceNode]>(
      "events", Events.list, .optional("nothing breaks or changes"),
      "What breaks, is mended or is changed while the run goes on.")
    static let settings = Key<SourceNode>(
      "settings",
      ValueType(expected: "a mapping from settings to values", schema: ["$ref": "#/$defs/settings"])
      {
        node, _ in node
      }, .optional("all defaults"),
      "Numbers of the model that differ from their defaults.")

    static let section = Section(
      name: "scenario", documentation: "The file as a whole.",
      keys: [
        version.declaration, title.declaration, description.declaration, seed.declaration,
        duration.declaration, start.declaration, parameters.declaration, prefixLists.declaration,
        internet.declaration, vpcs.declaration, peeringConnections.declaration,
        transitGateways.declaration,
        functions.declaration, traffic.declaration, events.declaration, settings.declaration,
      ])
  }
}
