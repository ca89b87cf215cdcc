import SimulatedTime

extension ScenarioDecoder {
  /// What is invoked: a function, or with `:1` and so on a published version of one.
  ///
  /// Reports what is neither.
  private mutating func invoked(
    _ name: Located<String>, _ callers: [Caller]
  ) -> (caller: Caller, version: Int?)? {
    let parts = name.value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let caller = callers.first(where: { $0.name == parts[0] }) else {
      guard check(name, isOneOf: callers.map(\.name), called: "a function") else { return nil }
      return callers.first { $0.name == name.value }.map { ($0, nil) }
    }
    if parts[1] == "$LATEST" { return (caller, nil) }
    // A function that could not be read has been reported.
    guard let function = caller.function else { return (caller, nil) }
    guard let version = Int(parts[1]), (1...max(function.versions, 1)).contains(version),
      function.versions > 0
    else {
      log.report(
        at: name.node.location, found: name.node.summary,
        expected: function.versions == 0
          ? "`\(function.name)`, or `versions: 1` at the function: it has no published versions"
          : "a published version of it, `\(function.name):1`"
            + (function.versions == 1 ? "" : " to `\(function.name):\(function.versions)`")
            + "; aliases are not modelled")
      return nil
    }
    return (caller, version)
  }

  mutating func decodeTraffic(
    _ node: SourceNode, callers: [Caller], destinations: Destinations, start: CalendarTime?
  ) -> Scenario.Traffic? {
    guard let fields = Fields(node, as: Grammar.Traffic.section, log: &log) else { return nil }
    let function = fields.read(Grammar.Traffic.invoke, log: &log)
    let pattern = decodeArrivals(fields)
    var invoked: (caller: Caller, version: Int?)?
    if let function { invoked = self.invoked(function, callers) }
    let caller = invoked?.caller
    var places = destinations
    places.standpoint = caller?.vpc.map(Destinations.Standpoint.vpc) ?? .unknown
    let steps = decodeSteps(fields, places)
    let replay = fields.read(Grammar.Traffic.replay, log: &log)
    if let replay, let both = fields.node[Grammar.Traffic.arrivals.name] {
      log.report(
        at: both.reportLocation, found: "`arrivals` beside `replay`",
        expected: "one of the two: `replay: \(replay.value)` says when invocations come")
    }
    guard let invoked, let caller, let pattern, var when = pattern.arrivals else { return nil }
    if let replay {
      guard
        let list = ReplayFile.read(
          replay, start: start, from: pattern.from, callers: callers, log: &log)
      else { return nil }
      let names = [caller.name] + (caller.function?.instanceNames ?? [])
      when = .replay(list.filter { $0.function.map(names.contains) ?? true })
    }
    return Scenario.Traffic(
      function: caller.name, version: invoked.version, arrivals: when, from: pattern.from,
      span: pattern.span, count: pattern.count, steps: steps)
  }

  /// When something is done again and again.
  struct Pattern {
    /// `nil` if they were reported.
    var arrivals: Scenario.Arrivals?
    var from: Duration
    var span: Duration?
    var count: Int?
  }

  /// Reads when something is done.
  ///
  /// - Returns: `nil` if its beginning was reported.
  mutating func decodeArrivals(_ fields: Fields) -> Pattern? {
    let arrivals = fields.read(Grammar.Traffic.arrivals, log: &log)
    let from = fields.read(Grammar.Traffic.from, log: &log)
    let span = fields.read(Grammar.Traffic.span, log: &log)
    let count = fields.read(Grammar.Traffic.count, log: &log)
    if let arrivals, case .ramp = arrivals.value, span == nil, fields.node["for"] == nil {
      log.report(
        at: arrivals.node.location, found: "a ramp without an end",
        expected: "`for:` beside it, the time that the ramp takes")
    }
    return from.map {
      Pattern(arrivals: arrivals?.value, from: $0.value, span: span?.value, count: count?.value)
    }
  }

  /// Reads the steps of an entry, each of which may rest on names that those before have resolved.
  mutating func decodeSteps(_ fields: Fields, _ destinations: Destinations) -> [Scenario.Step] {
    let nodes = fields.read(Grammar.Traffic.steps, log: &log)
    if let nodes, nodes.value.isEmpty {
      log.report(
        at: nodes.node.location, found: "an empty list", expected: Grammar.Steps.list.expected)
    }
    var places = destinations
    return (nodes?.value ?? []).compactMap { node in
      let step = decodeStep(node, places)
      if case .resolve(let name) = step { places.resolved.append(name) }
      return step
    }
  }

  private mutating func decodeStep(
    _ node: SourceNode, _ places: Destinations
  ) -> Scenario.Step? {
    guard let section = section(of: node, among: Grammar.Steps.sections, called: "a step"),
      let fields = Fields(node, as: section, log: &log)
    else { return nil }
    switch section.keys[0].name {
    case Grammar.Resolve.host.name: return decodeResolve(fields, places)
    case Grammar.Query.host.name: return decodeQuery(fields, places)
    case Grammar.Exchange.host.name: return decodeExchange(fields, places)
    case Grammar.Send.host.name: return decodeSend(fields, places)
    case Grammar.Transfer.host.name: return decodeTransfer(fields, places)
    case Grammar.Fetch.host.name: return decodeFetch(fields, places)
    case Grammar.Traceroute.host.name: return decodeTraceroute(fields, places)
    case Grammar.Wait.duration.name:
      return fields.read(Grammar.Wait.duration, log: &log).map { .wait($0.value) }
    default:
      let count = fields.read(Grammar.Ping.count, log: &log)
      guard let host = host(fields, Grammar.Ping.host, places), let count else { return nil }
      return .ping(host: host.name, count: count.value)
    }
  }

  private mutating func decodeResolve(
    _ fields: Fields, _ places: Destinations
  ) -> Scenario.Step? {
    guard let name = fields.read(Grammar.Resolve.host, log: &log) else { return nil }
    guard places.hasResolver else {
      log.report(
        at: name.node.location, found: "`resolve` on a host outside all VPCs",
        expected: "hosts by their names or addresses: there is no resolver to ask")
      return nil
    }
    if places.isDomainName(name.value) { return .resolve(host: name.value) }
    guard let host = host(fields, Grammar.Resolve.host, places) else { return nil }
    if host.domainName == nil, places.isHomeKnown {
      log.report(
        at: name.node.location, found: "\(name.node.summary), which is an address already",
        expected: "a host or a domain name")
      return nil
    }
    return .resolve(host: host.name)
  }

  /// What a step is about, with its services as far as they are known.
  private mutating func host(
    _ fields: Fields, _ key: Key<String>, _ places: Destinations
  ) -> Scenario.Destination? {
    guard let name = fields.read(key, log: &log) else { return nil }
    let kind: String
    switch places.standpoint {
    case .unknown: return nil
    case .vpc(let home): kind = "a host of `\(home.name)`"
    case .internet: kind = "a host on the internet, one with a public address, or an address"
    }
    if places.hasResolver, places.isDomainName(name.value), !places.resolved.contains(name.value) {
      log.report(
        at: name.node.location, found: "the domain name \(name.node.summary)",
        expected: "a step `resolve: \(name.value)` before it")
      return nil
    }
    if let found = places.destination(named: name.value) { return found }
    _ = check(name, isOneOf: places.names, called: kind)
    return nil
  }

  private mutating func decodeFetch(
    _ fields: Fields, _ places: Destinations
  ) -> Scenario.Step? {
    let host = host(fields, Grammar.Fetch.host, places)
    let port = fields.read(Grammar.Fetch.port, log: &log)
    let bytes = fields.read(Grammar.Fetch.bytes, log: &log)
    let times = fields.read(Grammar.Fetch.times, log: &log)
    guard let host, let bytes, let times else { return nil }
    return .fetch(
      Scenario.Step.Fetch(
        host: host.name, port: port?.value ?? Self.port(of: [.http], in: host.services),
        bytes: bytes.value, times: times.value))
  }

  private mutating func decodeTraceroute(
    _ fields: Fields, _ places: Destinations
  ) -> Scenario.Step? {
    let host = host(fields, Grammar.Traceroute.host, places)
    let probe = fields.read(Grammar.Traceroute.probe, log: &log)
    let hops = fields.read(Grammar.Traceroute.maximumHops, log: &log)
    let size = fields.read(Grammar.Traceroute.packetSize, log: &log)
    guard let host, let probe, let hops, let size else { return nil }
    return .traceroute(
      Scenario.Step.Traceroute(
        host: host.name, probe: probe.value, maximumHops: hops.value, packetSize: size.value))
  }

  private mutating func decodeQuery(_ fields: Fields, _ places: Destinations) -> Scenario.Step? {
    let host = host(fields, Grammar.Query.host, places)
    let port = fields.read(Grammar.Query.port, log: &log)
    let rows = fields.read(Grammar.Query.rows, log: &log)
    let rowSize = fields.read(Grammar.Query.rowSize, log: &log)
    let times = fields.read(Grammar.Query.times, log: &log)
    let connection = fields.read(Grammar.Query.connection, log: &log)
    let keepAlive = fields.read(Grammar.Query.keepAlive, log: &log)
    guard let host, let rows, let rowSize, let times, let connection else { return nil }
    if let keepAlive, connection.value == .own {
      log.report(
        at: keepAlive.node.reportLocation, found: "`keep-alive` on a connection of its own",
        expected: "`connection: pooled` beside it: others are closed before they are silent")
    }
    var query = Scenario.Step.Query(
      host: host.name, port: port?.value ?? Self.port(of: [.postgresql], in: host.services),
      rows: rows.value, rowSize: rowSize.value, times: times.value)
    query.isPooled = connection.value == .pooled
    query.keepAlive = keepAlive?.value
    return .query(query)
  }

  private mutating func decodeSend(
    _ fields: Fields, _ places: Destinations
  ) -> Scenario.Step? {
    let host = host(fields, Grammar.Send.host, places)
    let transport = fields.read(Grammar.Send.transport, log: &log)
    let port = fields.read(Grammar.Send.port, log: &log)
    let packets = fields.read(Grammar.Send.packets, log: &log)
    let payload = fields.read(Grammar.Send.payload, log: &log)
    let interval = fields.read(Grammar.Send.interval, log: &log)
    let flows = fields.read(Grammar.Send.flows, log: &log)
    let stagger = fields.read(Grammar.Send.stagger, log: &log)
    if let stagger, let transport, transport.value == .udp, stagger.value > .zero {
      log.report(
        at: stagger.node.location, found: "connections that open one after the other, over UDP",
        expected: "0 s: flows over UDP take turns, \"every\" divided by \"flows\" apart")
    }
    if let payload, let transport, transport.value == .udp {
      // A frame holds an IP packet of 9,001 bytes; IPv4 header without options and UDP header (RFC
      // 791, section 3.1; RFC 768). What the guest's MTU does not take leaves in fragments.
      let limit = 9_001 - 20 - 8
      if payload.value > limit {
        log.report(
          at: payload.node.location, found: "\(payload.node.summary) in a datagram",
          expected: "at most \(limit) B: longer ones are not modelled")
      }
    }
    guard let host, let transport, let packets, let payload, let interval, let flows, let stagger
    else { return nil }
    let sinks: [Scenario.Service.Kind] = transport.value == .udp ? [.udpSink] : [.tcpSink]
    return .send(
      Scenario.Step.Send(
        host: host.name, transport: transport.value,
        port: port?.value ?? Self.port(of: sinks + [.echo], in: host.services),
        packets: packets.value, payload: payload.value, interval: interval.value,
        flows: flows.value, stagger: stagger.value))
  }

  private mutating func decodeExchange(_ fields: Fields, _ places: Destinations) -> Scenario.Step? {
    let host = host(fields, Grammar.Exchange.host, places)
    let port = fields.read(Grammar.Exchange.port, log: &log)
    let times = fields.read(Grammar.Exchange.times, log: &log)
    let payload = fields.read(Grammar.Exchange.payload, log: &log)
    let timeout = fields.read(Grammar.Exchange.timeout, log: &log)
    let attempts = fields.read(Grammar.Exchange.attempts, log: &log)
    let connection = fields.read(Grammar.Exchange.connection, log: &log)
    guard let host, let times, let payload, let timeout, let attempts, let connection else {
      return nil
    }
    return .exchange(
      Scenario.Step.DatagramExchange(
        host: host.name, port: port?.value ?? Self.port(of: [.echo], in: host.services),
        times: times.value, payload: payload.value, timeout: timeout.value,
        attempts: attempts.value, isPooled: connection.value == .pooled))
  }

  private mutating func decodeTransfer(_ fields: Fields, _ places: Destinations) -> Scenario.Step? {
    let host = host(fields, Grammar.Transfer.host, places)
    let port = fields.read(Grammar.Transfer.port, log: &log)
    let bytes = fields.read(Grammar.Transfer.bytes, log: &log)
    let flows = fields.read(Grammar.Transfer.flows, log: &log)
    let stagger = fields.read(Grammar.Transfer.stagger, log: &log)
    guard let host, let bytes, let flows, let stagger else { return nil }
    return .transfer(
      Scenario.Step.Transfer(
        host: host.name, port: port?.value ?? Self.port(of: [.tcpSink, .echo], in: host.services),
        bytes: bytes.value, flows: flows.value, stagger: stagger.value))
  }

  /// The port of the first of `kinds` that is served, or the usual one of the first.
  private static func port(
    of kinds: [Scenario.Service.Kind], in services: [Scenario.Service]
  ) -> UInt16 {
    let served = kinds.lazy.compactMap { kind in services.first { $0.kind == kind } }.first
    return served?.port ?? kinds.first?.standardPort ?? 0
  }
}
