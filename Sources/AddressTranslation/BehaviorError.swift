public import PacketFormats

/// Why no translator can be made.
public enum BehaviorError: Error, Hashable, Sendable {
  /// There is no outside address to translate to.
  case noOutsideAddress
  /// An outside address is listed twice.
  case duplicateOutsideAddress(IPv4Address)
  /// A one-to-one translator needs one inside and exactly one outside address.
  case notOneToOne(insideAddresses: Int, outsideAddresses: Int)
  /// A timer is not between one nanosecond and 100 years.
  case timerOutOfRange(Translation.State, Duration)
}
