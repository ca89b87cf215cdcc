import PacketFormats
import AddressTranslation

/// Counters with the names that AWS gives those of a NAT gateway (VPC guide, "NAT gateway metrics
/// and dimensions").
///
/// Source is the side of the clients, destination the side of those they talk to. Bytes are those
/// of IP packets. What AWS reports for each minute is here for the whole capture.
public struct GatewayMetrics: Hashable, Sendable {
  /// Most TCP connections that were open at a time.
  public var activeConnectionCount: UInt64 = 0
  public var bytesInFromDestination: UInt64 = 0
  public var bytesInFromSource: UInt64 = 0
  public var bytesOutToDestination: UInt64 = 0
  public var bytesOutToSource: UInt64 = 0
  /// TCP connections begun, by their first SYN.
  public var connectionAttemptCount: UInt64 = 0
  /// TCP connections whose handshake was completed.
  public var connectionEstablishedCount: UInt64 = 0
  /// Flows that could not begin for want of a port.
  public var errorPortAllocation: UInt64 = 0
  /// Translations that ended because nothing came for as long as their timer.
  public var idleTimeoutCount: UInt64 = 0
  public var packetsDropCount: UInt64 = 0
  public var packetsInFromDestination: UInt64 = 0
  public var packetsInFromSource: UInt64 = 0
  public var packetsOutToDestination: UInt64 = 0
  public var packetsOutToSource: UInt64 = 0
  /// The most bytes a second in any ten seconds, counted from the start.
  public var peakBytesPerSecond: UInt64 = 0
  /// The most packets a second in any ten seconds, counted from the start.
  public var peakPacketsPerSecond: UInt64 = 0

  /// TCP connections open now.
  private(set) var openConnectionCount: UInt64 = 0
  private var window: Int64 = 0
  private var bytesInWindow: UInt64 = 0
  private var packetsInWindow: UInt64 = 0

  init() {}

  /// All of them with their names, in the order of the alphabet as AWS lists them.
  public var all: KeyValuePairs<String, UInt64> {
    [
      "ActiveConnectionCount": activeConnectionCount,
      "BytesInFromDestination": bytesInFromDestination,
      "BytesInFromSource": bytesInFromSource,
      "BytesOutToDestination": bytesOutToDestination,
      "BytesOutToSource": bytesOutToSource,
      "ConnectionAttemptCount": connectionAttemptCount,
      "ConnectionEstablishedCount": connectionEstablishedCount,
      "ErrorPortAllocation": errorPortAllocation,
      "IdleTimeoutCount": idleTimeoutCount,
      "PacketsDropCount": packetsDropCount,
      "PacketsInFromDestination": packetsInFromDestination,
      "PacketsInFromSource": packetsInFromSource,
      "PacketsOutToDestination": packetsOutToDestination,
      "PacketsOutToSource": packetsOutToSource,
      "PeakBytesPerSecond": peakBytesPerSecond,
      "PeakPacketsPerSecond": peakPacketsPerSecond,
    ]
  }

  private static var windowNanoseconds: Int64 { 10_000_000_000 }
  private static var windowSeconds: UInt64 { 10 }

  /// Counts a packet that reached the translator.
  @inline(__always)
  mutating func noteArrival(fromSource: Bool, byteCount: Int, now: Int64) {
    let bytes = UInt64(truncatingIfNeeded: byteCount)
    if fromSource {
      packetsInFromSource &+= 1
      bytesInFromSource &+= bytes
    } else {
      packetsInFromDestination &+= 1
      bytesInFromDestination &+= bytes
    }
    if now >= window &+ Self.windowNanoseconds { endWindow(now) }
    packetsInWindow &+= 1
    bytesInWindow &+= bytes
  }

  /// Counts a packet that left the translator.
  @inline(__always)
  mutating func noteDeparture(toSource: Bool, byteCount: Int) {
    let bytes = UInt64(truncatingIfNeeded: byteCount)
    if toSource {
      packetsOutToSource &+= 1
      bytesOutToSource &+= bytes
    } else {
      packetsOutToDestination &+= 1
      bytesOutToDestination &+= bytes
    }
  }

  /// Counts what became of a translation.
  mutating func note(_ event: TranslationEvent) {
    if case .ended(.idle) = event.kind { idleTimeoutCount += 1 }
    guard event.translation.flow.protocol == .tcp else { return }
    let state = event.translation.state
    switch event.kind {
    case .made:
      if state == .opening { connectionAttemptCount += 1 }
      open()
    case .changed(let previous):
      if Self.isOpen(previous), !Self.isOpen(state) { openConnectionCount -= 1 }
      if !Self.isOpen(previous), Self.isOpen(state) {
        connectionAttemptCount += 1
        open()
      }
      if state == .established { connectionEstablishedCount += 1 }
    case .ended:
      if Self.isOpen(state) { openConnectionCount -= 1 }
    }
  }

  private mutating func open() {
    openConnectionCount += 1
    activeConnectionCount = max(activeConnectionCount, openConnectionCount)
  }

  private static func isOpen(_ state: Translation.State) -> Bool {
    state != .closed && state != .reset
  }

  private mutating func endWindow(_ now: Int64) {
    peakBytesPerSecond = max(peakBytesPerSecond, bytesInWindow / Self.windowSeconds)
    peakPacketsPerSecond = max(peakPacketsPerSecond, packetsInWindow / Self.windowSeconds)
    window = now - now % Self.windowNanoseconds
    bytesInWindow = 0
    packetsInWindow = 0
  }

  /// Takes in the last ten seconds.
  mutating func finish() {
    endWindow(window)
  }
}
