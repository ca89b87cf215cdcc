import AddressTranslation
import EventSimulation
import PacketFormats

/// One end of a flow, as comments of translated packets show it.
protocol TranslatedEnd: Equatable {
  /// Adds address and, where the packet has one, port.
  func write(to text: inout CommentText)
}

extension TransportAddress: TranslatedEnd {
  @inline(__always)
  func write(to text: inout CommentText) {
    if port == 0 {
      text.append(text: address.description)
    } else {
      text.append(address: address.rawValue, port: port)
    }
  }
}

extension IPv6TransportAddress: TranslatedEnd {
  func write(to text: inout CommentText) {
    text.append(ipv6High: address.high, low: address.low, port: port)
  }
}

extension CommentText {
  /// Composes the comment of a translated packet: the new value first, since a column shows only
  /// the beginning (design §5).
  @inline(__always)
  mutating func append(translationTo new: some TranslatedEnd, from old: some TranslatedEnd) {
    append("NAT -> ")
    new.write(to: &self)
    append(" (was ")
    old.write(to: &self)
    append(")")
  }

  /// Composes the comment of a packet that will be translated behind the point that sees it.
  @inline(__always)
  mutating func append(translationNextTo new: some TranslatedEnd, from old: some TranslatedEnd) {
    append("NAT next -> ")
    new.write(to: &self)
    append(" (here ")
    old.write(to: &self)
    append(")")
  }
}
