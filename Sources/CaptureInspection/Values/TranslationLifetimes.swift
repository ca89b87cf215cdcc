import PacketFormats

/// The shortest times that a translator must keep an idle translation, in nanoseconds.
///
/// They are the shortest of all profiles in fact sheet nat-behaviour, section 1, so that no honest
/// translator is blamed; RFC 4787 (REQ-5) and RFC 5382 (REQ-5) ask for more. A TCP connection that
/// has ended by FIN both ways or RST may lose its translation at once.
public struct TranslationLifetimes: Hashable, Sendable {
  /// 60 s: half-open connections, N-03.
  public var tcp: Int64 = 60_000_000_000
  /// 30 s: Linux, before an answer has come.
  public var udp: Int64 = 30_000_000_000
  /// 30 s for ICMP, as in Linux, and for what has no other rule.
  public var other: Int64 = 30_000_000_000

  public init() {}

  /// Whether a translation must not have gone to somebody else yet.
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
