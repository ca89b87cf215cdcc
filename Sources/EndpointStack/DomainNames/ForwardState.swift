import PacketFormats

/// A question that a name server has passed on.
struct ForwardState {
  /// Who asked, and how.
  enum Asker {
    case datagram(local: StreamEnd, remote: StreamEnd)
    case stream(RecordID)
  }

  let asker: Asker
  /// The question, with the identification that it was asked with here.
  let query: DNSMessage
  let server: HostAddress
  /// Where it is passed on from.
  let port: UInt16
  /// What it is passed on with.
  let identification: UInt16
  /// When to pass it on again, in nanoseconds.
  var deadline: Int64 = 0
  var attempts = 0
}
