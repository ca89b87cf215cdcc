extension Scenario {
  /// About when the last packet is sent, for people who wait for it; nothing depends on it.
  ///
  /// It counts arrivals and what steps take on purpose, such as messages at a pace, and half as
  /// much again as the usual interface of an environment takes before September 2019. How long
  /// answers take is not known before the run.
  package func expectedEnd(networking: Networking?) -> Duration {
    let invocations = traffic.map { entry in
      let era = networking ?? functions.first { $0.name == entry.function }?.networking
      let wait = era == .perEnvironment ? settings.eniAttachMedian * 3 / 2 : .seconds(1)
      let pace = entry.steps.reduce(Duration.zero) { $0 + pacedTime(of: $1) }
      return entry.from + arrivalTime(entry.arrivals, entry.from, entry.span, entry.count) + wait
        + pace
    }
    let tasks = hostTraffic.map { entry in
      let pace = entry.steps.reduce(Duration.zero) { $0 + pacedTime(of: $1) }
      return entry.from + arrivalTime(entry.arrivals, entry.from, entry.span, entry.count) + pace
    }
    let latest = (invocations + tasks).max()
    return min(duration, latest ?? duration)
  }

  /// From the first arrival to the last.
  private func arrivalTime(
    _ arrivals: Arrivals, _ from: Duration, _ span: Duration?, _ count: Int?
  ) -> Duration {
    let time: Duration? =
      switch arrivals {
      case .atOnce: .zero
      case .every(let interval): count.map { interval * ($0 - 1) }
      case .poisson(let rate), .diurnal(let rate, _, _):
        count.map { rate.interval * $0 / rate.count }
      case .ramp: span
      case .replay(let rows): rows.last.map { max(.zero, $0.time - from) }
      }
    return min(time ?? .seconds(Int64.max >> 32), span ?? .seconds(Int64.max >> 32))
  }

  private func pacedTime(of step: Step) -> Duration {
    switch step {
    case .resolve, .query, .exchange, .fetch, .traceroute: .zero
    case .transfer(let transfer): transfer.stagger * (transfer.flows - 1)
    case .send(let send): send.interval * send.packets + send.stagger * (send.flows - 1)
    case .wait(let duration): duration
    case .ping(_, let count): settings.pingInterval * count
    }
  }
}
