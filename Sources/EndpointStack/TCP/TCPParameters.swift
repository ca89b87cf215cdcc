import PacketFormats
import SimulatedTime

/// What every segment needs to know of ``TCPSettings``, in the units of the inner loop.
///
/// Small on purpose: the settings themselves are too large to be passed in registers and would be
/// copied with every call. Times are in nanoseconds, sizes in bytes.
struct TCPParameters {
  let minimumTimeout: Int64
  let maximumTimeout: Int64
  let delayedAcknowledgment: Int64
  let timeWait: Int64
  let challengeInterval: Int64
  let maximumReceiveWindow: Int
  let maximumInFlight: Int
  /// In segments.
  let initialCongestionWindow: Int
  let synRetries: Int32
  let synAckRetries: Int32
  let dataRetries: Int32
  /// The largest payload without options that the interface carries over IPv4 (RFC 9293, section
  /// 3.7.1).
  private let linkSegmentSize: Int32

  init(_ settings: TCPSettings, linkSegmentSize: Int) {
    minimumTimeout = settings.minimumRetransmissionTimeout.wholeNanoseconds
    maximumTimeout = settings.maximumRetransmissionTimeout.wholeNanoseconds
    delayedAcknowledgment = settings.delayedAcknowledgmentTimeout.wholeNanoseconds
    timeWait = settings.timeWait.wholeNanoseconds
    challengeInterval = settings.challengeInterval.wholeNanoseconds
    maximumReceiveWindow = settings.maximumReceiveWindow
    maximumInFlight = settings.maximumInFlight
    initialCongestionWindow = settings.initialCongestionWindow
    synRetries = Int32(clamping: settings.synRetries)
    synAckRetries = Int32(clamping: settings.synAckRetries)
    dataRetries = Int32(clamping: settings.dataRetries)
    self.linkSegmentSize = Int32(clamping: linkSegmentSize)
  }

  /// The largest payload without options that the interface carries to `destination`, in bytes.
  @inline(__always)
  func segmentSize(to destination: HostAddress) -> Int {
    Int(linkSegmentSize)
      - (destination.isIPv6 ? IPv6Header.byteCount - IPv4Header.byteCount : 0)
  }
}
