import PacketFormats
import Testing

/// Mutated frames through every parser: errors are fine, traps are not.
@Suite struct FuzzTests {
  #if DEBUG
    static let mutationsPerSample = 300
  #else
    static let mutationsPerSample = 100_000
  #endif

  @Test(arguments: try Sample.frames().map(\.name))
  func `No mutation of a frame makes a parser trap`(name: String) throws {
    let frame = try #require(try Sample.frames().first { $0.name == name })
    // A seed of its own for each sample, from its name and not from its place in the list.
    let seed = frame.name.utf8.reduce(UInt64(8926)) { $0 &* 31 &+ UInt64($1) }
    var random = SplitMix64(state: seed)
    var parsed = 0
    for _ in 0..<Self.mutationsPerSample {
      let bytes = Self.mutated(frame.bytes, using: &random)
      let base = Bool.random(using: &random) ? 14 : Int.random(in: 0...bytes.count, using: &random)
      parsed += unsafe Everything.parse(bytes.span.bytes, at: base)
    }
    // Had nothing been accepted, the mutations would be too wild to reach anything.
    #expect(parsed > Self.mutationsPerSample)
  }

  @Test func `No mutation of a message makes the DNS parser trap, and what it reads it can write`()
    throws
  {
    var random = SplitMix64(state: 1035)
    let original = try Sample.dnsResponse().encoded()
    var accepted = 0
    for _ in 0..<Self.mutationsPerSample {
      let bytes = Self.mutated(original, using: &random)
      guard let message = unsafe try? DNSMessage(parsing: bytes.span.bytes) else { continue }
      accepted += 1
      let again = message.encoded()
      let read = unsafe try? DNSMessage(parsing: again.span.bytes)
      guard read == message else {
        Issue.record("\(bytes) read as \(message), then as \(String(describing: read))")
        return
      }
    }
    #expect(accepted > Self.mutationsPerSample / 50)
  }

  @Test func `No text makes an address parser trap`() {
    var random = SplitMix64(state: 4291)
    let alphabet = Array("0123456789abcdefABCDEF:::...//%\\-é ".unicodeScalars)
    for _ in 0..<Self.mutationsPerSample {
      var text = ""
      for _ in 0..<Int.random(in: 0...24, using: &random) {
        text.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
      }
      if let address = try? IPv4Address(text) { #expect(address.description == text) }
      if let address = try? IPv6Address(text) {
        #expect((try? IPv6Address(address.description)) == address)
      }
      if let prefix = try? IPv4Prefix(text) { #expect(prefix.description == text) }
      if let prefix = try? IPv6Prefix(text) {
        #expect((try? IPv6Prefix(prefix.description)) == prefix)
      }
      if let name = try? DNSName(text) { #expect((try? DNSName(name.description)) == name) }
      _ = try? MACAddress(text)
    }
  }

  /// A copy with a few bytes changed, and now and then cut or drawn out.
  static func mutated(_ bytes: [UInt8], using random: inout SplitMix64) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let at = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<8, using: &random) {
      case 0: bytes[at] ^= 1 << UInt8.random(in: 0...7, using: &random)
      case 1: bytes[at] = [0, 1, 0x7f, 0x80, 0xff][Int.random(in: 0..<5, using: &random)]
      case 2: bytes[at] = UInt8.random(in: 0 ... .max, using: &random)
      case 3: bytes[at] &+= 1
      case 4: bytes[at] &-= 1
      case 5 where at > 0 && bytes.count > 1: bytes.removeSubrange(at...)
      case 6: bytes.insert(UInt8.random(in: 0 ... .max, using: &random), at: at)
      default: bytes.swapAt(at, Int.random(in: 0..<bytes.count, using: &random))
      }
    }
    return bytes
  }
}

/// Every parser of the module, one after the other.
private enum Everything {
  /// Reads the frame, what it leads to, and whatever each parser makes of the bytes at `base`.
  ///
  /// Returns how many were accepted.
  static func parse(_ bytes: RawSpan, at base: Int) -> Int {
    var accepted = headers(bytes, at: base)
    if let frame = try? Dissection(ethernet: bytes) {
      accepted += 1
      accepted += follow(frame, in: bytes)
    }
    if let packet = try? Dissection(network: bytes, at: base) {
      accepted += follow(packet, in: bytes)
    }
    return accepted
  }

  private static func follow(_ frame: Dissection, in bytes: RawSpan, depth: Int = 0) -> Int {
    var accepted = 0
    _ = InternetChecksum.verifyNetwork(of: frame, in: bytes)
    _ = InternetChecksum.verifyTransport(of: frame, in: bytes)
    _ = (frame.payloadByteCount, frame.networkByteCount, frame.hasPorts, frame.isTruncated)
    if let offset = frame.transportOffset, frame.transportHeaderByteCount > 0 {
      if let header = try? TCPHeader(parsing: bytes, at: offset) {
        if (try? TCPOptions(parsing: bytes, of: header, at: offset)) != nil { accepted += 1 }
      }
      if (try? NeighborMessage(parsing: bytes, at: offset, end: frame.payloadEnd)) != nil {
        accepted += 1
      }
      if (try? DNSMessage(parsing: bytes, at: frame.payloadOffset, end: frame.payloadEnd)) != nil {
        accepted += 1
      }
    }
    guard depth < 4 else { return accepted }
    if let quote = try? frame.quotedPacket(in: bytes) {
      accepted += 1 + follow(quote, in: bytes, depth: depth + 1)
    }
    if let tunnel = try? frame.tunnel(in: bytes), let inner = try? tunnel.inner(in: bytes) {
      accepted += 1 + follow(inner, in: bytes, depth: depth + 1)
    }
    return accepted
  }

  private static func headers(_ bytes: RawSpan, at base: Int) -> Int {
    var accepted = 0
    if (try? EthernetHeader(parsing: bytes, at: base)) != nil { accepted += 1 }
    if (try? VLANTag(parsing: bytes, at: base)) != nil { accepted += 1 }
    if (try? ARPPacket(parsing: bytes, at: base)) != nil { accepted += 1 }
    if let header = try? IPv4Header(parsing: bytes, at: base) {
      var options = OptionIterator(ipv4: header, at: base)
      while (try? options.next(in: bytes)) != nil {}
      accepted += 1
    }
    if let header = try? IPv6Header(parsing: bytes, at: base) {
      var extensions = IPv6ExtensionIterator(header, at: base, end: bytes.byteCount)
      while (try? extensions.next(in: bytes)) != nil {}
      accepted += 1
    }
    if (try? IPv6FragmentHeader(parsing: bytes, at: base)) != nil { accepted += 1 }
    if (try? ICMPv4Header(parsing: bytes, at: base)) != nil { accepted += 1 }
    if (try? ICMPv6Header(parsing: bytes, at: base)) != nil { accepted += 1 }
    if (try? NeighborMessage(parsing: bytes, at: base)) != nil { accepted += 1 }
    if (try? UDPHeader(parsing: bytes, at: base)) != nil { accepted += 1 }
    if let header = try? TCPHeader(parsing: bytes, at: base) {
      _ = try? TCPOptions(parsing: bytes, of: header, at: base)
      accepted += 1
    }
    if let header = try? GeneveHeader(parsing: bytes, at: base) {
      var options = GeneveOptionIterator(header, at: base)
      while (try? options.next(in: bytes)) != nil {}
      accepted += 1
    }
    if (try? VXLANHeader(parsing: bytes, at: base)) != nil { accepted += 1 }
    if (try? DNSMessage(parsing: bytes, at: base)) != nil { accepted += 1 }
    return accepted
  }
}
