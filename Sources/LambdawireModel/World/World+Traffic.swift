import EndpointStack
import EventSimulation
import LambdaService
import PacketFormats
import SimulatedTime
import VirtualNetwork

/// Who invokes what, and what invocations do.
extension World {
  /// Adds the invocations of the scenario.
  mutating func addTraffic(_ scenario: Scenario) {
    for entry in scenario.traffic {
      let first = Instant.start.advanced(by: entry.from)
      let end = first.advanced(by: entry.span ?? scenario.duration)
      for (number, planned) in plan.functions.enumerated()
      where planned.entry.name == entry.function && planned.version == entry.version {
        let steps = entry.steps.map { guestStep($0, in: plan.vpcs[planned.vpc], scenario) }
        let traffic = FunctionFrontend.Traffic(
          function: number, arrivals: Arrivals(entry, for: planned), first: first, end: end,
          limit: entry.count ?? .max, steps: steps)
        let frontend = frontend
        simulation.withNode(frontend) { $0.add(traffic) }
      }
    }
  }

  /// A step of a scenario as a guest takes it.
  private func guestStep(
    _ step: Scenario.Step, in vpc: WorldPlan.VPC, _ scenario: Scenario
  ) -> GuestStep {
    if case .wait(let duration) = step { return .wait(duration) }
    guard
      let host = step.host.flatMap({
        plan.partition.book.destination(named: $0, from: vpc.scenario.name)
      })
    else {
      preconditionFailure("a validated scenario names existing hosts")
    }
    // What only a resolver knows is not asked for before one has been asked; the address stands for
    // none until then.
    let address =
      host.address.map { IPAddress.v4($0) } ?? host.ipv6Address.map { .v6($0) }
      ?? names.address(of: host.domainName, in: vpc.scenario.name) ?? .v4(.unspecified)
    let exchange: Exchange
    switch step {
    case .wait(let duration): return .wait(duration)
    case .resolve(let name):
      return .resolve(
        host: name,
        NameLookup(
          name: host.domainName ?? name,
          server: .v4(
            vpc.scenario.dhcpOptions.domainNameServers.first
              ?? LinkLocalService.resolver.address)))
    case .query(let query):
      var question = DatabaseQuery(
        server: address, port: query.port, rowCount: query.rows, rowByteCount: query.rowSize)
      question.count = query.times
      question.isPooled = query.isPooled
      question.keepAlive = query.keepAlive
      exchange = .query(question)
    case .exchange(let ask):
      exchange = .ask(
        DatagramRequest(
          destination: address, port: ask.port, payloadByteCount: ask.payload,
          count: ask.times, timeout: ask.timeout, attempts: ask.attempts, isPooled: ask.isPooled))
    case .send(let send) where send.transport == .udp:
      exchange = .send(
        DatagramTrain(
          destination: address, port: send.port, flowCount: send.flows,
          datagramsPerFlow: send.packets, payloadByteCount: send.payload,
          interval: send.interval / send.flows))
    case .send(let send):
      exchange = .transfer(
        Upload(
          destination: address, port: send.port, flowCount: send.flows,
          writesPerFlow: send.packets, bytesPerWrite: send.payload, interval: send.interval))
    case .transfer(let transfer):
      exchange = .transfer(
        Upload(
          destination: address, port: transfer.port, flowCount: transfer.flows,
          bytesPerFlow: transfer.bytes))
    case .fetch(let fetch):
      exchange = .fetch(
        HTTPFetch(
          server: address, port: fetch.port, host: host.domainName ?? "\(address)",
          path: "/bytes/\(fetch.bytes)", count: fetch.times))
    case .traceroute(let traceroute):
      exchange = .trace(
        Traceroute(
          destination: address, probe: traceroute.probe == .udp ? .datagram : .echo,
          maximumHops: traceroute.maximumHops,
          packetByteCount: traceroute.packetSize))
    case .ping(_, let count):
      exchange = .ping(
        Ping(
          destination: address, count: count, interval: scenario.settings.pingInterval))
    }
    return .exchange(host: host.name, exchange)
  }
}

extension Arrivals {
  /// The arrivals of `entry` at one function that it stands for.
  fileprivate init(_ entry: Scenario.Traffic, for function: WorldPlan.Function) {
    switch entry.arrivals {
    case .atOnce(let count): self = .atOnce(count)
    case .every(let interval): self = .every(interval)
    case .poisson(let rate): self = .poisson(ExponentialGap(mean: rate.interval / rate.count))
    case .ramp(let from, let to):
      let highest = max(from.perNanosecond, to.perNanosecond)
      self = .varying(
        .ramp(
          from: from.perNanosecond / highest, to: to.perNanosecond / highest,
          over: entry.span ?? .zero, highest: ExponentialGap(ratePerNanosecond: highest)))
    case .diurnal(let mean, let peak, let period):
      self = .varying(
        .wave(
          peak: peak.fraction, period: period,
          highest: ExponentialGap(ratePerNanosecond: mean.perNanosecond * peak.fraction)))
    case .replay(let rows):
      let names: [String?] = [nil, entry.function, function.functionName]
      self = .at(
        rows.filter { names.contains($0.function) }.map { Instant.start.advanced(by: $0.time) })
    }
  }
}

extension Scenario.Rate {
  /// For arrivals at random only.
  fileprivate var perNanosecond: Double {
    Double(count) / Double(interval.wholeNanoseconds)
  }
}

extension ExponentialGap {
  fileprivate init(ratePerNanosecond rate: Double) {
    self.init(mean: .nanoseconds(Int64(1 / rate)))
  }
}
