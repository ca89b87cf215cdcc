package import AddressTranslation
package import PacketFormats
import SimulatedTime

/// Where nodes report what they do, besides what captures see.
///
/// It is shared by all nodes of a run, so it is a class; reports are rare compared to packets.
public final class RunRecord {
  private let sink: (RunEvent) -> Void

  /// Hands every event to `sink` as it happens.
  ///
  /// The end of a translation is reported with the time at which its timer ran out, which may be
  /// a little before the events around it.
  public init(sink: @escaping (RunEvent) -> Void) {
    self.sink = sink
  }

  /// Reports a stateless translation, which holds for the whole run.
  package func reportStaticTranslation(
    inside: IPv4Address, outside: IPv4Address, translator: String
  ) {
    report(
      .staticTranslation(
        inside: inside.description, outside: outside.description, translator: translator),
      at: .start)
  }

  /// Reports which nodes a customer was dealt, which holds for the whole run.
  package func reportHand(_ hand: HyperplaneHand) {
    report(.hand(hand), at: .start)
  }

  /// Reports what a translator outside Lambda has begun, changed or ended.
  package func reportTranslation(_ event: TranslationEvent, translator: String) {
    report(
      .translation(event.kind, event.translation, translator: translator), at: event.instant)
  }

  func report(_ kind: RunEvent.Kind, at time: Instant) {
    sink(RunEvent(time: time, kind: kind))
  }
}
