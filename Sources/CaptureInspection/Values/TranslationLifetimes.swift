import PacketFormats

/// How long translations live on without packets, in nanoseconds, as far as one may suppose.
///
/// A capture shows neither timers nor that a translation has ended. What can be concluded from it
/// when an inside gets another outside, or an outside another inside:
///
/// - With less than ``certain`` since the old translation's last packet, it was alive: there are two
///   at a time, which is an offence.
/// - Later it may have ended, and the new one be legitimate, if the translator's timers are that
///   short. They ought not to be (RFC 4787, REQ-5; RFC 5382, REQ-5), but that is no question of two
///   at a time, and nobody is blamed. Who knows the timers sets ``certain`` to the shortest of them.
/// - A packet from outside makes no translation. One that goes the old way while the new
///   translation lives, by the times below, shows that there are two, and is an offence.
/// - A TCP connection that has ended by FIN both ways or RST may lose its translation at once.
///
/// The other three decide for how long a pair that comes back is taken for the same translation, and a
/// reply, or a packet left untranslated, is held to it. They are the shortest of all profiles in
/// nat-behaviour §1.
public struct TranslationLifetimes: Hashable, Sendable {
  /// 0.5 s: how long a translation is certainly alive after a packet.
  ///
  /// Timers are set in seconds, so none is shorter than 1 s; half of it, because a capture point
  /// sees packets a little before or after the translator does.
  public var certain: Int64 = 500_000_000
  /// 60 s: half-open connections, N-03.
  public var tcp: Int64 = 60_000_000_000
  /// 30 s: Linux, before an answer has come.
  public var udp: Int64 = 30_000_000_000
  /// 30 s for ICMP, as in Linux, and for what has no other rule.
  public var other: Int64 = 30_000_000_000

  public init() {}

  /// Whether a translation is alive for certain, so that neither of its ends may have another.
  func prove(_ entry: TranslationTable.Entry, at time: Int64) -> Bool {
    !entry.isClosed && SaturatedTime.elapsed(from: entry.lastTime, to: time) < certain
  }

  /// Whether a packet the other way still has to follow a translation.
  func cover(_ entry: TranslationTable.Entry, at time: Int64) -> Bool {
    !entry.isClosed && spans(entry, to: time)
  }

  /// Whether a translation seen again is still the same one, be its connection closed or not: the
  /// last acknowledgement comes after both FINs.
  func spans(_ entry: TranslationTable.Entry, to time: Int64) -> Bool {
    let lifetime: Int64
    switch entry.inside.protocol {
    case .tcp: lifetime = tcp
    case .udp: lifetime = udp
    default: lifetime = other
    }
    return SaturatedTime.elapsed(from: entry.lastTime, to: time) < lifetime
  }
}
