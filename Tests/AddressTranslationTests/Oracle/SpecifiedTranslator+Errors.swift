import AddressTranslation
import PacketFormats

/// ICMP errors (RFC 5508, section 4): they are of the session of the packet that they quote, and
/// neither prolong nor end it.
extension SpecifiedTranslator {
  mutating func judgeError(_ packet: inout SpecifiedPacket, fromInside: Bool) -> Verdict {
    let start = packet.headerByteCount
    let end = packet.totalLength
    guard SpecifiedPacket.checksum(packet.bytes[start..<end]) == 0 else {
      return .dropped(.badChecksum)
    }
    // What is quoted may lack its end, but not what tells its session.
    var quote = SpecifiedPacket(Array(packet.bytes[(start + 8)..<end]))
    let visible = quote.bytes.count
    guard visible >= 20, quote.bytes[0] >> 4 == 4, quote.headerByteCount >= 20,
      visible >= quote.headerByteCount + 8
    else { return .dropped(.malformed) }
    guard SpecifiedPacket.checksum(quote.bytes[..<quote.headerByteCount]) == 0 else {
      return .dropped(.badChecksum)
    }
    // Only a first fragment says which session it is of.
    guard quote.fragmentOffset == 0 else { return .dropped(.unsolicited) }
    switch quote.protocol {
    case .tcp, .udp: break
    case .icmp:
      guard quote.message == .request || quote.message == .reply else {
        return .dropped(.unsupportedProtocol)
      }
    default: return .dropped(.unsupportedProtocol)
    }
    if let refusal = refusalOfHops(packet) { return refusal }
    // The error goes to who sent what is quoted.
    guard packet.destination == quote.source else { return .dropped(.unsolicited) }
    let toInside: Session
    if fromInside {
      let remote = remote(quote.sourceEnd, quote)
      guard
        let session = sessions.first(where: {
          $0.flow.protocol == quote.protocol && $0.flow.inside == quote.destinationEnd
            && $0.flow.remote == remote
        })
      else { return .dropped(.unsolicited) }
      guard behavior.hairpinning || !outsideAddresses.contains(packet.destination) else {
        return .dropped(.hairpin)
      }
      quote.replace(destination: session.outside, visible: visible)
      packet.set(session.outside.address.rawValue, at: 12)
      if !outsideAddresses.contains(packet.destination) {
        return finish(&packet, quote, .translated(isNew: false))
      }
      guard let other = sessionFromOutside(quote) else { return .dropped(.unsolicited) }
      toInside = other
    } else {
      guard let session = sessionFromOutside(quote) else { return .dropped(.unsolicited) }
      toInside = session
    }
    quote.replace(source: toInside.flow.inside, visible: visible)
    packet.set(toInside.flow.inside.address.rawValue, at: 16)
    return finish(
      &packet, quote, fromInside ? .hairpinned(isNew: false) : .translated(isNew: false))
  }

  /// The session whose packet an error from outside quotes.
  private func sessionFromOutside(_ quote: SpecifiedPacket) -> Session? {
    let remote = remote(quote.destinationEnd, quote)
    return sessions.first {
      $0.flow.protocol == quote.protocol && $0.outside == quote.sourceEnd
        && $0.flow.remote == remote
    }
  }

  private func finish(
    _ packet: inout SpecifiedPacket, _ quote: SpecifiedPacket, _ verdict: Verdict
  ) -> Verdict {
    let start = packet.headerByteCount
    packet.bytes.replaceSubrange((start + 8)..<packet.totalLength, with: quote.bytes)
    packet.set(0 as UInt16, at: start + 2)
    packet.set(
      SpecifiedPacket.checksum(packet.bytes[start..<packet.totalLength]), at: start + 2)
    packet.bytes[8] -= behavior.timeToLiveDecrement
    packet.fixHeaderChecksum()
    return verdict
  }
}
