/// Makes a scenario of source nodes and reports everything that keeps it from being one.
struct ScenarioDecoder {
  var log: DiagnosticLog
  /// Who has which public address.
  var publicAddresses = PublicAddressBook()
  private let parameters: [Scenario.Parameter]
  /// The file.
  let root: SourceNode
  /// The names that it declares.
  let outline: FileOutline

  init(_ root: SourceNode, parameters: [Scenario.Parameter], log: DiagnosticLog) {
    self.root = root
    self.parameters = parameters
    self.log = log
    outline = FileOutline(root)
  }

  /// Decodes the whole file.
  ///
  /// - Returns: `nil` if something was reported.
  mutating func decode() -> Scenario? {
    guard let fields = Fields(root, as: Grammar.Root.section, log: &log) else { return nil }
    _ = fields.read(Grammar.Root.version, log: &log)
    let title = fields.read(Grammar.Root.title, log: &log)
    let description = fields.read(Grammar.Root.description, log: &log)
    let seed = fields.read(Grammar.Root.seed, log: &log)
    let duration = fields.read(Grammar.Root.duration, log: &log)
    let start = fields.read(Grammar.Root.start, log: &log)
    let settings = decodeSettings(fields.read(Grammar.Root.settings, log: &log)?.value)

    let prefixLists = decodePrefixLists(
      fields.read(Grammar.Root.prefixLists, log: &log)?.value ?? [])
    let internetHosts = decodeInternet(fields.read(Grammar.Root.internet, log: &log)?.value)
    let vpcEntries = fields.read(Grammar.Root.vpcs, log: &log)?.value ?? []
    var outlines = vpcEntries.enumerated().map { number, entry in
      decodeVPC(entry, number: number, seed: seed?.value ?? 0)
    }
    makeUpPublicAddresses(&outlines)
    let peerings = decodePeeringConnections(
      fields.read(Grammar.Root.peeringConnections, log: &log)?.value ?? [], outlines)
    let transitGateways = decodeTransitGateways(
      fields.read(Grammar.Root.transitGateways, log: &log)?.value ?? [], outlines)
    let functionEntries = fields.read(Grammar.Root.functions, log: &log)?.value ?? []
    let functions = functionEntries.map { entry in
      (entry: entry, function: decodeFunction(entry, in: outlines))
    }
    checkCopies(functions)
    checkReservations(functions, in: outlines, settings)
    checkCopies(of: vpcEntries, outlines, functions)
    let callers = functions.map { entry, function in
      let vpcName = function?.vpc ?? entry.value[Grammar.Function.vpc.name]?.text
      return Caller(
        name: entry.key, vpc: outlines.first { $0.name == vpcName }, function: function)
    }
    let trafficNodes = fields.read(Grammar.Root.traffic, log: &log)?.value ?? []
    let destinations = Destinations(outlines, internetHosts, outline)
    var traffic: [Scenario.Traffic] = []
    var hostTraffic: [Scenario.HostTraffic] = []
    for node in trafficNodes {
      switch section(of: node, among: Grammar.Traffic.sections, called: "a traffic entry")?.name {
      case Grammar.HostTraffic.section.name:
        let entry = decodeHostTraffic(node, outlines, internetHosts, destinations)
        if let entry { hostTraffic.append(entry) }
      case nil: continue
      default:
        let entry = decodeTraffic(
          node, callers: callers, destinations: destinations, start: start?.value)
        if let entry { traffic.append(entry) }
      }
    }

    let eventNodes = fields.read(Grammar.Root.events, log: &log)?.value ?? []
    let isSoundSoFar = log.diagnostics.isEmpty
    let copies = Copies(
      of: outlines, functions.compactMap(\.function), traffic, hostTraffic,
      seed: seed?.value ?? 0, &publicAddresses)
    let context = EventContext(
      vpcs: copies.outlines, callers: copies.callers(callers),
      layout: isSoundSoFar
        ? HyperplaneLayout(
          vpcs: copies.vpcs, functions: copies.functions, settings: settings) : nil,
      duration: duration)
    let events = eventNodes.compactMap { decodeEvent($0, context) }
    // A change that could not be read may be what others rest on.
    if log.diagnostics.isEmpty { checkChanges(events, copies.vpcs) }

    guard log.diagnostics.isEmpty, let title, let description, let seed, let duration, let start
    else { return nil }
    return Scenario(
      title: title.value, description: description.value, seed: seed.value,
      duration: duration.value, start: start.value, parameters: parameters,
      prefixLists: prefixLists, internetHosts: internetHosts, vpcs: copies.vpcs,
      peeringConnections: peerings, transitGateways: transitGateways, functions: copies.functions,
      traffic: copies.traffic, hostTraffic: copies.hostTraffic, events: events.map(\.event),
      settings: settings)
  }

  /// What kind of mapping `node` is: the one of `sections` whose first key it has.
  ///
  /// - Returns: `nil` if it is none of them, or two at once, which is reported.
  mutating func section(
    of node: SourceNode, among sections: [Section], called kind: String
  ) -> Section? {
    let actions = sections.compactMap(\.keys.first?.name)
    let listed = actions.map { "`\($0)`" }.joined(separator: ", ")
    let bare = kind.split(separator: " ").dropFirst().joined(separator: " ")
    guard let entries = node.entries else {
      if node.content != .reported {
        log.report(
          at: node.location, found: node.summary,
          expected: "\(kind), that is, a mapping with one of " + listed)
      }
      return nil
    }
    let named = entries.filter { actions.contains($0.key) }
    guard let action = named.first,
      let section = sections.first(where: { $0.keys.first?.name == action.key })
    else {
      let misspelt = entries.lazy.compactMap { Suggestion.nearest(to: $0.key, among: actions) }
      log.report(
        at: entries.first?.location ?? node.location,
        found: entries.first.map { "\(quoted($0.key)) and no action" } ?? "an empty \(bare)",
        expected: "\(kind) with one of " + listed, suggestion: misspelt.first)
      return nil
    }
    if let second = named.dropFirst().first {
      let article = kind.split(separator: " ").first ?? "a"
      log.report(
        at: second.location, found: "`\(second.key)` beside `\(action.key)`",
        expected: "one action in \(kind); a second one is \(article) \(bare) of its own")
      return nil
    }
    return section
  }

  /// Reports `name` unless it is one of `known`.
  ///
  /// - Returns: whether it is.
  mutating func check(
    _ name: Located<String>, isOneOf known: [String], called kind: String
  ) -> Bool {
    if known.contains(name.value) { return true }
    log.report(
      at: name.node.location, found: name.node.summary,
      expected: known.isEmpty
        ? "\(kind), but there is none"
        : "\(kind): " + known.map { "`\($0)`" }.joined(separator: ", "),
      suggestion: Suggestion.nearest(to: name.value, among: known))
    return false
  }

  /// Reports names that are not among `known` or stand in the list twice.
  ///
  /// - Returns: the names, or `nil` if one was reported.
  mutating func check(
    _ names: [Located<String>], areOneOf known: [String], called kind: String, atMost limit: Int
  ) -> [String]? {
    var result: [String] = []
    var sound = true
    for name in names {
      if !check(name, isOneOf: known, called: kind) {
        sound = false
      } else if result.contains(name.value) {
        log.report(
          at: name.node.location, found: "\(quoted(name.value)) again", expected: "each name once")
        sound = false
      } else {
        result.append(name.value)
      }
    }
    if names.count > limit, let surplus = names.dropFirst(limit).first {
      log.report(
        at: surplus.node.location, found: "\(names.count) names", expected: "at most \(limit)")
      sound = false
    }
    return sound ? result : nil
  }
}

extension SourceNode {
  /// The text, if this is one.
  var text: String? {
    if case .scalar(let text) = content { text } else { nil }
  }
}
