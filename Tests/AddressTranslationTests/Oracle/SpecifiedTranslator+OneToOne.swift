import AddressTranslation
import PacketFormats

/// One address for another, with nothing remembered (RFC 3022, section 2.1).
extension SpecifiedTranslator {
  func judgeOneToOne(_ packet: inout SpecifiedPacket, fromInside: Bool) -> Verdict {
    let (old, new) =
      fromInside ? (insideAddresses, outsideAddresses) : (outsideAddresses, insideAddresses)
    let address = fromInside ? packet.source : packet.destination
    guard let pair = old.firstIndex(of: address) else { return .passed }
    let decrement = behavior.timeToLiveDecrement
    if decrement > 0, packet.timeToLive <= decrement {
      return behavior.answersTimeExceeded
        ? .refused(.timeToLiveExceeded, .timeExceeded) : .dropped(.timeToLiveExceeded)
    }
    packet.bytes[8] -= behavior.timeToLiveDecrement
    let replacement = TransportAddress(new[pair], 0)
    if packet.protocol == .icmp, packet.fragmentOffset == 0, behavior.translatesErrors {
      turnQuoteBack(in: &packet, address, replacement, fromInside: fromInside)
    }
    // Where even the header is cut off there is nothing to correct.
    let isWhole =
      packet.fragmentOffset == 0
      && (packet.protocol == .tcp && packet.payloadByteCount >= 20
        || packet.protocol == .udp && packet.payloadByteCount >= 8)
    packet.replace(
      source: fromInside ? replacement : nil, destination: fromInside ? nil : replacement,
      addressesOnly: true, visible: isWhole ? nil : packet.headerByteCount)
    return .translated(isNew: false)
  }

  private func turnQuoteBack(
    in packet: inout SpecifiedPacket, _ address: IPv4Address, _ replacement: TransportAddress,
    fromInside: Bool
  ) {
    let start = packet.headerByteCount
    let end = packet.totalLength
    guard packet.payloadByteCount >= 8, packet.message == .error, !packet.isFragment,
      SpecifiedPacket.checksum(packet.bytes[start..<end]) == 0
    else { return }
    var quote = SpecifiedPacket(Array(packet.bytes[(start + 8)..<end]))
    let visible = quote.bytes.count
    guard visible >= 20, quote.bytes[0] >> 4 == 4, quote.headerByteCount >= 20,
      visible >= quote.headerByteCount + 8,
      SpecifiedPacket.checksum(quote.bytes[..<quote.headerByteCount]) == 0,
      (fromInside ? quote.destination : quote.source) == address
    else { return }
    quote.replace(
      source: fromInside ? nil : replacement, destination: fromInside ? replacement : nil,
      addressesOnly: true,
      visible: quote.protocol == .icmp ? quote.headerByteCount : visible)
    packet.bytes.replaceSubrange((start + 8)..<end, with: quote.bytes)
    packet.set(0 as UInt16, at: start + 2)
    packet.set(SpecifiedPacket.checksum(packet.bytes[start..<end]), at: start + 2)
  }
}
