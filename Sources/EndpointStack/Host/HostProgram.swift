public import EventSimulation

/// What decides when a host begins exchanges and is told how they end.
///
/// A program is asked rarely: never for a packet, only when an exchange is over or a time that
/// somebody asked for has come. Both calls come at the end of an event, so that a program may do
/// anything with the host, beginning the next exchange included.
///
/// ```swift
/// final class Startup: HostProgram {
///   func wake(_ token: UInt64, on host: inout Host, in network: inout Network) {
///     host.begin(.resolve(NameLookup(name: "postgres.shop", server: server)), in: &network)
///   }
///   func exchange(
///     _ id: ExchangeID, endedWith outcome: ExchangeOutcome, on host: inout Host,
///     in network: inout Network
///   ) { … }
/// }
/// simulation.withNode(guest) { $0.program = Startup() }
/// simulation.wake(guest, at: .start, token: 0)
/// ```
public protocol HostProgram: AnyObject {
  /// Acts at a time that was asked for with ``Host/wakeProgram(at:token:in:)`` or, by the owner of
  /// the simulation, with `Simulation.wake(_:at:token:)`.
  ///
  /// Tokens are below 2⁶³; the others belong to the host.
  func wake(_ token: UInt64, on host: inout Host, in network: inout Network)

  /// Learns that an exchange is over.
  func exchange(
    _ id: ExchangeID, endedWith outcome: ExchangeOutcome, on host: inout Host,
    in network: inout Network)
}

extension HostProgram {
  public func wake(_ token: UInt64, on host: inout Host, in network: inout Network) {}
}
