import PacketFormats

/// The two addresses of a translator without state.
struct OneToOne {
  let inside: UInt32
  let outside: UInt32
}

extension Translator {
  /// Replaces one address by the other, whatever the packet carries.
  ///
  /// A packet with a different address is none of the translator's business and passes unchanged;
  /// assumed, since what the worker's program does with it was not disclosed.
  mutating func translate(
    _ bytes: inout MutableRawSpan, at offset: Int, from old: UInt32, to new: UInt32,
    _ rewriting: Rewriting
  ) -> Verdict {
    let header: TransportPacket.CheckedHeader
    do {
      header = try TransportPacket.checkedHeader(of: bytes.bytes, at: offset)
    } catch {
      return drop(error.reason)
    }
    guard bytes[rewriting.address, at: offset] == old else {
      counters.passed += 1
      return .passed
    }
    let decrement = rules.behavior.timeToLiveDecrement
    guard header.timeToLive >= rules.leastTimeToLive else {
      return drop(.timeToLiveExceeded)
    }
    // Only the first fragment has the checksum that covers the addresses. If even that is cut off
    // there is nothing to correct, and the receiver will find the packet incomplete.
    var transport: Int?
    if header.isFirstFragment {
      let available = header.totalLength - header.byteCount
      switch header.protocolNumber {
      case HeaderLayout.tcp where available >= HeaderLayout.tcpByteCount,
        HeaderLayout.udp where available >= HeaderLayout.udpByteCount:
        transport = offset + header.byteCount
      default: break
      }
    }
    rewriting.apply(
      to: &bytes, at: offset, transport: transport, newAddress: new, decrement: decrement)
    if rewriting.isOutbound {
      counters.translatedOutbound += 1
    } else {
      counters.translatedInbound += 1
    }
    return .translated(isNew: false)
  }
}
