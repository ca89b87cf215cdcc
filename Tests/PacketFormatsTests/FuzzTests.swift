import PacketFormats
import TestSupport
import Testing

/// Mutated frames through every parser: errors are fine, traps are not.
///
/// Each test runs in a process of its own, so that a trap fails that test and lets the others go
/// on.
@Suite struct FuzzTests {
  #if DEBUG
    static let mutationCount = 1_000
  #else
    static let mutationCount = 100_000
  #endif

  @Test(arguments: try Sample.frames().map(\.name))
  func `No mutation of a frame makes a parser trap`(name: String) async {
    await #expect(processExitsWith: .success) { [name = name as String] in
      let frame = try #require(try Sample.frames().first { $0.name == name })
      // A seed of its own for each sample, from its name and not from its place in the list.
      var random = SplitMix64(seed: name.utf8.reduce(8926) { $0 &* 31 &+ UInt64($1) })
      var accepted = 0
      for _ in 0..<FuzzTests.mutationCount {
        let bytes = FuzzTests.mutated(frame.bytes, using: &random)
        let base =
          Bool.random(using: &random) ? 14 : Int.random(in: 0...bytes.count, using: &random)
        let parser = Int.random(in: 0..<Everything.parserCount, using: &random)
        accepted += unsafe Everything.parse(bytes.span.bytes, with: parser, at: base)
      }
      // Had nothing been accepted, the mutations would be too wild to reach anything.
      #expect(accepted > FuzzTests.mutationCount / 2)
    }
  }

  @Test func `No mutation of a DNS message traps, and what is read can be written`() async {
    await #expect(processExitsWith: .success) {
      var random = SplitMix64(seed: 1035)
      let original = try Sample.dnsResponse().encoded()
      var accepted = 0
      for _ in 0..<FuzzTests.mutationCount {
        let bytes = FuzzTests.mutated(original, using: &random)
        guard let message = unsafe try? DNSMessage(parsing: bytes.span.bytes) else { continue }
        accepted += 1
        let again = message.encoded()
        let read = unsafe try? DNSMessage(parsing: again.span.bytes)
        guard read == message else {
          Issue.record("\(bytes) read as \(message), then as \(String(describing: read))")
          return
        }
      }
      #expect(accepted > FuzzTests.mutationCount / 50)
    }
  }

  @Test func `No text traps, and what is read prints as what reads the same`() async {
    await #expect(processExitsWith: .success) {
      var random = SplitMix64(seed: 4291)
      let alphabet = Array("0123456789abcdefABCDEF:::...//%\\-é ".unicodeScalars)
      for _ in 0..<FuzzTests.mutationCount {
        var text = ""
        for _ in 0..<Int.random(in: 0...24, using: &random) {
          text.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
        }
        let four = try? IPv4Address(text)
        let six = try? IPv6Address(text)
        let name = try? DNSName(text)
        let holds =
          (four.map { $0.description == text } ?? true)
          && (six.map { (try? IPv6Address($0.description)) == $0 } ?? true)
          && (name.map { (try? DNSName($0.description)) == $0 } ?? true)
          && ((try? IPv4Prefix(text)).map { $0.description == text } ?? true)
          && ((try? IPv6Prefix(text)).map { (try? IPv6Prefix($0.description)) == $0 } ?? true)
        _ = try? MACAddress(text)
        guard holds else {
          Issue.record("'\(text)' does not read back")
          return
        }
      }
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

/// Every parser of the module.
private enum Everything {
  /// How many parsers ``header(_:with:at:)`` chooses from.
  static let parserCount = 16

  /// Reads the frame and what it leads to, and whatever one of the parsers makes of the bytes at
  /// `base`.
  ///
  /// One parser at a time, because the testing library keeps a backtrace of every error thrown,
  /// and that takes longer than all the rest. Each gets its hundred thousand all the same, from
  /// twenty kinds of frames.
  ///
  /// Returns how much was accepted.
  static func parse(_ bytes: RawSpan, with parser: Int, at base: Int) -> Int {
    var accepted = header(bytes, with: parser, at: base) ? 1 : 0
    if let frame = try? Dissection(ethernet: bytes) {
      accepted += 1 + follow(frame, in: bytes)
    }
    return accepted
  }

  private static func follow(_ frame: Dissection, in bytes: RawSpan, depth: Int = 0) -> Int {
    var accepted = 0
    _ = InternetChecksum.verifyNetwork(of: frame, in: bytes)
    _ = InternetChecksum.verifyTransport(of: frame, in: bytes)
    _ = (frame.payloadByteCount, frame.networkByteCount, frame.hasPorts, frame.isTruncated)
    if let offset = frame.transportOffset, frame.transportHeaderByteCount > 0 {
      let port = frame.hasPorts ? bytes[UDPHeader.Layout.destinationPort, at: offset] : 0
      if frame.protocol == .tcp, let header = try? TCPHeader(parsing: bytes, at: offset) {
        if (try? TCPOptions(parsing: bytes, of: header, at: offset)) != nil { accepted += 1 }
      }
      if frame.protocol == .icmpv6,
        (try? NeighborMessage(parsing: bytes, at: offset, end: frame.payloadEnd)) != nil
      {
        accepted += 1
      }
      if port == UDPHeader.Port.dns,
        (try? DNSMessage(parsing: bytes, at: frame.payloadOffset, end: frame.payloadEnd)) != nil
      {
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

  private static func header(_ bytes: RawSpan, with parser: Int, at base: Int) -> Bool {
    do throws(HeaderError) {
      switch parser {
      case 0: _ = try EthernetHeader(parsing: bytes, at: base)
      case 1: _ = try VLANTag(parsing: bytes, at: base)
      case 2: _ = try ARPPacket(parsing: bytes, at: base)
      case 3:
        let header = try IPv4Header(parsing: bytes, at: base)
        var options = OptionIterator(ipv4: header, at: base)
        while try options.next(in: bytes) != nil {}
      case 4:
        let header = try IPv6Header(parsing: bytes, at: base)
        var extensions = IPv6ExtensionIterator(header, at: base, end: bytes.byteCount)
        while try extensions.next(in: bytes) != nil {}
      case 5: _ = try IPv6FragmentHeader(parsing: bytes, at: base)
      case 6: _ = try ICMPv4Header(parsing: bytes, at: base)
      case 7: _ = try ICMPv6Header(parsing: bytes, at: base)
      case 8: _ = try NeighborMessage(parsing: bytes, at: base)
      case 9: _ = try UDPHeader(parsing: bytes, at: base)
      case 10:
        let header = try TCPHeader(parsing: bytes, at: base)
        _ = try TCPOptions(parsing: bytes, of: header, at: base)
      case 11:
        let header = try GeneveHeader(parsing: bytes, at: base)
        var options = GeneveOptionIterator(header, at: base)
        while try options.next(in: bytes) != nil {}
      case 12: _ = try VXLANHeader(parsing: bytes, at: base)
      case 13:
        let packet = try Dissection(network: bytes, at: base)
        _ = follow(packet, in: bytes)
      case 14:
        let packet = try Dissection(quoted: bytes, at: base)
        _ = follow(packet, in: bytes)
      default: _ = try DNSMessage(parsing: bytes, at: base)
      }
      return true
    } catch {
      return false
    }
  }
}
