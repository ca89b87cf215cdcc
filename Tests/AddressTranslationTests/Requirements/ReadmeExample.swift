import AddressTranslation
import PacketFormats
import SimulatedTime

/// The example of the module's README, so that it is compiled and run.
enum ReadmeExample {
  /// What becomes of the IPv4 packet in `packet`, and what is known of its flow then.
  static func run(_ packet: inout [UInt8]) throws -> (Verdict, [Translation]) {
    // README:
    var behavior = Behavior.awsNATGateway
    behavior.timers.udp = .seconds(120)
    var translator = try Translator(
      behavior: behavior, outsideAddresses: [IPv4Address(203, 0, 113, 7)], seed: 1)

    let now = Instant(nanoseconds: 12_500_000_000)
    var span = packet.mutableSpan
    var bytes = unsafe span.mutableBytes
    let verdict = translator.translateOutbound(&bytes, at: 0, now: now)
    // Rewritten in place if the verdict is .translated, and otherwise as it was.
    let table = translator.translations(at: now)
    // :README
    return (verdict, table)
  }
}
