extension Scenario {
  /// About when the last packet is sent, for people who wait for it; nothing depends on it.
  ///
  /// It counts arrivals and what steps take on purpose, such as messages at a pace, and half as
  /// much again as the usual interface of an environment takes before September 2019. How long
  /// answers take is not known before the run.
  package func expectedEnd(networking: Networking?) -> Duration {
    let latest = traffic.map { entry in
      let era = networking ?? functions.first { $0.name == entry.function }?.networking
      let wait = era == .perEnvironment ? settings.eniAttachMedian * 3 / 2 : .seconds(1)
      let pace = entry.steps.reduce(Duration.zero) { $0 + pacedTime(of: $1) }
      return entry.from + arrivalTime(of: entry) + wait + pace
    }.max()
    return min(duration, latest ?? duration)
  }

  /// From the first arrival to the last.
  private func arrivalTime(of entry: Traffic) -> Duration {
    let time: Duration? =
      switch entry.arrivals {
      case .atOnce: .zero
      case .every(let interval): entry.count.map { interval * ($0 - 1) }
      case .poisson(let rate), .diurnal(let rate, _, _):
        entry.count.map { rate.interval * $0 / rate.count }
      case .ramp: entry.span
      case .replay(let rows): rows.last.map { max(.zero, $0.time - entry.from) }
      }
    return min(time ?? .seconds(Int64.max >> 32), entry.span ?? .seconds(Int64.max >> 32))
  }

  private func pacedTime(of step: Step) -> Duration {
    switch step {
    case .resolve, .query, .exchange, .transfer, .fetch, .traceroute: .zero
    case .send(let send): send.interval * send.packets
    case .wait(let duration): duration
    case .ping(_, let count): settings.pingInterval * count
    }
  }
}
