public import EventSimulation

extension Host {
  /// Begins `exchange`; ``program`` is told when it is over, at the end of this event at the
  /// earliest.
  ///
  /// - Precondition: the host is handling an event, its program's for instance, and is attached to
  ///   a port.
  @discardableResult
  public mutating func begin(_ exchange: Exchange, in network: inout Network) -> ExchangeID {
    switch exchange {
    case .resolve(let lookup):
      ExchangeID(kind: .lookup, record: begin(lookup, in: &network))
    case .query(let query):
      ExchangeID(kind: .query, record: begin(query, in: &network))
    case .send(let train):
      ExchangeID(kind: .train, record: begin(train, in: &network))
    case .ask(let request):
      ExchangeID(kind: .request, record: begin(request, in: &network))
    case .transfer(let upload):
      ExchangeID(kind: .upload, record: begin(upload, in: &network))
    case .ping(let ping):
      ExchangeID(kind: .ping, record: begin(ping, in: &network))
    case .fetch(let fetch):
      ExchangeID(kind: .fetch, record: begin(fetch, in: &network))
    case .trace(let trace):
      ExchangeID(kind: .trace, record: begin(trace, in: &network))
    }
  }
}
