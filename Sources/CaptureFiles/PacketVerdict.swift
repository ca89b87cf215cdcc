/// What became of a captured packet (`epb_verdict`, draft-ietf-opsawg-pcapng, section 4.3.1).
public struct PacketVerdict: Hashable, Sendable {
  /// Who judged; an open set.
  public struct Judge: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt8

    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// A network card; the value's meaning is the maker's.
    public static let hardware = Judge(rawValue: 0)
    /// Linux traffic control; the value is a `TC_ACT_…` number.
    public static let linuxTrafficControl = Judge(rawValue: 1)
    /// Linux XDP; the value is an `XDP_…` number.
    public static let linuxXDP = Judge(rawValue: 2)
  }

  public var judge: Judge
  /// The verdict; of a longer hardware verdict, only the first eight bytes.
  public var value: UInt64

  public init(judge: Judge, value: UInt64) {
    self.judge = judge
    self.value = value
  }

  /// The packet died here (`XDP_DROP`; observability-formats §5.3, rule 6).
  public static let drop = PacketVerdict(judge: .linuxXDP, value: 1)
  /// The packet went on (`XDP_PASS`).
  public static let pass = PacketVerdict(judge: .linuxXDP, value: 2)
}
