import PacketFormats

/// The pairs of addresses of a translator without state (RFC 3022, section 2.1).
struct OneToOne {
  private struct Replacement {
    let old: UInt32
    let new: UInt32
  }

  /// In ascending order of what is replaced.
  private let outward: [Replacement]
  private let inward: [Replacement]

  /// - Precondition: there are as many of the one as of the other.
  init(inside: [IPv4Address], outside: [IPv4Address]) {
    func replacements(_ old: [IPv4Address], _ new: [IPv4Address]) -> [Replacement] {
      zip(old, new).map { Replacement(old: $0.rawValue, new: $1.rawValue) }
        .sorted { $0.old < $1.old }
    }
    outward = replacements(inside, outside)
    inward = replacements(outside, inside)
  }

  /// What replaces an address on the way out or in, or `nil` if it is in no pair.
  func replacement(of address: UInt32, _ rewriting: Rewriting) -> UInt32? {
    let replacements = rewriting.isOutbound ? outward.span : inward.span
    var (low, high) = (0, replacements.count)
    while low < high {
      let middle = (low + high) / 2
      if replacements[middle].old < address { low = middle + 1 } else { high = middle }
    }
    guard low < replacements.count, replacements[low].old == address else { return nil }
    return replacements[low].new
  }
}

extension Translator {
  /// Replaces one address by its partner, whatever the packet carries.
  ///
  /// A packet with an address that is in no pair is none of the translator's business and passes
  /// unchanged; assumed, since what the worker's program does with it was not disclosed.
  mutating func translateOneToOne(
    _ bytes: inout MutableRawSpan, at offset: Int, _ header: CheckedHeader,
    _ rewriting: Rewriting, _ oneToOne: OneToOne
  ) -> Verdict {
    guard let new = oneToOne.replacement(of: bytes[rewriting.address, at: offset], rewriting)
    else {
      return .passed
    }
    guard header.timeToLive >= rules.leastTimeToLive else { return exceededTimeToLive() }
    // Only the first fragment has the checksum that covers the addresses. If even that is cut off
    // there is nothing to correct, and the receiver will find the packet incomplete.
    var transport: Int?
    if header.fragmentOffset == 0 {
      let available = header.totalLength - header.byteCount
      switch header.protocolNumber {
      case HeaderLayout.tcp where available >= HeaderLayout.tcpByteCount,
        HeaderLayout.udp where available >= HeaderLayout.udpByteCount:
        transport = offset + header.byteCount
      case HeaderLayout.icmp where rules.behavior.translatesErrors:
        // What an error quotes went the other way, and shows the address at its other end.
        if let quote = try? Quote(in: bytes.bytes, at: offset, under: header),
          quote.localAddress(rewriting) == bytes[rewriting.address, at: offset]
        {
          quote.turnBack(
            in: &bytes, rewriting, to: (new, quote.localPort(rewriting)))
        }
      default: break
      }
    }
    rewriting.apply(
      to: &bytes, at: offset, transport: transport, newAddress: new,
      decrement: rules.behavior.timeToLiveDecrement)
    return .translated(isNew: false)
  }
}
