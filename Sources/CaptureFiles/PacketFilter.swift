import CLibpcap

/// A filter in the language of tcpdump, compiled and run by libpcap.
///
/// A name in an expression is looked up when the filter is made, which can take the time of a DNS
/// query; use addresses where that matters.
@safe
public struct PacketFilter: ~Copyable {
  private var program: UnsafeMutablePointer<bpf_program>
  public let expression: String
  /// What kind of packet the filter was compiled for; it must not judge others.
  public let linkType: LinkType

  /// Compiles `expression`.
  ///
  /// - Parameters:
  ///   - expression: What to let through, for example `tcp port 5432`; the empty one is everything.
  ///   - linkType: What the packets begin with.
  /// - Throws: ``CaptureFileError/badFilter(expression:message:)`` with libpcap's explanation.
  public init(_ expression: String, linkType: LinkType = .ethernet) throws(CaptureFileError) {
    guard !expression.utf8.contains(0) else {
      throw .badFilter(expression: expression, message: "holds a zero byte")
    }
    guard
      let handle = unsafe pcap_open_dead(
        linkType.dataLinkType, Int32(PcapngFormat.snapshotLength))
    else {
      throw .badFilter(expression: expression, message: "libpcap is out of memory")
    }
    defer { unsafe pcap_close(handle) }
    let program = UnsafeMutablePointer<bpf_program>.allocate(capacity: 1)
    unsafe program.initialize(to: bpf_program())
    let anyNetmask: UInt32 = 0xffff_ffff  // PCAP_NETMASK_UNKNOWN, a macro that Swift cannot see
    guard unsafe pcap_compile(handle, program, expression, 1, anyNetmask) == 0 else {
      let message = unsafe String(cString: pcap_geterr(handle))
      unsafe program.deallocate()
      throw .badFilter(expression: expression, message: message)
    }
    unsafe self.program = program
    self.expression = expression
    self.linkType = linkType
  }

  deinit {
    unsafe pcap_freecode(program)
    unsafe program.deallocate()
  }

  /// Whether the filter lets a packet through.
  ///
  /// - Parameters:
  ///   - bytes: What was captured of the packet.
  ///   - originalByteCount: Length of the packet on the wire, in bytes.
  /// - Returns: `true` if it does.
  public func matches(_ bytes: RawSpan, originalByteCount: Int) -> Bool {
    var header = pcap_pkthdr()
    header.caplen = UInt32(clamping: bytes.byteCount)
    header.len = UInt32(clamping: max(originalByteCount, bytes.byteCount))
    return unsafe bytes.withUnsafeBytes { buffer in
      // Without bytes there is no address, but the filter still wants one.
      var nothing: UInt8 = 0
      guard let start = buffer.baseAddress else {
        return unsafe pcap_offline_filter(program, &header, &nothing) != 0
      }
      return unsafe pcap_offline_filter(
        program, &header, start.assumingMemoryBound(to: UInt8.self)) != 0
    }
  }
}

// The compiled program is never written to after `init`.
extension PacketFilter: @unchecked Sendable {}
