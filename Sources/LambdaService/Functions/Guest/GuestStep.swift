public import EndpointStack
import PacketFormats

/// One thing that an invocation does.
public enum GuestStep: Sendable {
  /// Asks the VPC's resolver for the address of `host`, to be used by the steps that follow.
  case resolve(host: String, NameLookup)
  /// Does nothing for a while, as code does that computes or sleeps.
  case wait(Duration)
  /// Talks to `host`; its address is that of the exchange unless a step before resolved it.
  case exchange(host: String, Exchange)
}

extension Exchange {
  /// The same exchange with another host.
  func redirected(to address: IPAddress) -> Exchange {
    switch self {
    case .resolve: return self
    case .query(var query):
      query.server = address
      return .query(query)
    case .ask(var request):
      request.destination = address
      return .ask(request)
    case .send(var train):
      train.destination = address
      return .send(train)
    case .transfer(var upload):
      upload.destination = address
      return .transfer(upload)
    case .ping(var ping):
      ping.destination = address
      return .ping(ping)
    case .fetch(var fetch):
      fetch.server = address
      return .fetch(fetch)
    case .trace(var trace):
      trace.destination = address
      return .trace(trace)
    }
  }
}
