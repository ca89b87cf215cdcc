import AddressTranslation
import PacketFormats
import Testing

/// What RFC 4787 asks of translators of UDP, proven for each profile by packets.
@Suite struct RFC4787Tests {
  @Test func `REQ-1: one mapping for all destinations`() throws {
    try prove("4787 REQ-1") { profile in
      let lab = try ProofLab(profile)
      _ = lab.udp(lab.one, to: lab.remote)
      let end = try #require(lab.udp(lab.two, to: lab.remote))
      return lab.udp(lab.two, to: lab.elsewhere) == end
    }
  }

  @Test func `REQ-2: a host keeps to one outside address`() throws {
    try prove("4787 REQ-2", Self.keepsToOneAddress)
  }

  /// Also RFC 6888, REQ-2.
  static func keepsToOneAddress(_ profile: Profile) throws -> Bool {
    let lab = try ProofLab(profile, addresses: ProofLab.outside)
    var addresses: Set<IPv4Address?> = []
    for port in 1...50 as ClosedRange<UInt16> {
      let source = TransportAddress(lab.one.address, port)
      addresses.insert(lab.udp(source, to: lab.remote)?.address)
    }
    return addresses.count == 1 && !addresses.contains(nil)
  }

  @Test func `REQ-3: no port serves two hosts at a time`() throws {
    try prove("4787 REQ-3") { profile in
      let lab = try ProofLab(profile) { $0.ports = 5000...5000 }
      let end = try #require(lab.udp(lab.one, to: lab.remote))
      return lab.udp(lab.two, to: lab.elsewhere) != end
    }
  }

  @Test func `REQ-3a: ports below 1024 stay below, others above`() throws {
    try prove("4787 REQ-3a") { profile in
      let lab = try ProofLab(profile)
      var isKept = true
      for port in [1, 500, 1023, 1024, 40_000] as [UInt16] {
        let end = try #require(lab.udp(TransportAddress(lab.one.address, port), to: lab.remote))
        if (end.port < 1024) != (port < 1024) { isKept = false }
      }
      return isKept
    }
  }

  @Test func `REQ-4: an even port stays even, an odd one odd`() throws {
    try prove("4787 REQ-4") { profile in
      // The second host's ports are taken where they would be kept.
      let lab = try ProofLab(profile)
      var isKept = true
      for port in 40_000..<40_050 as Range<UInt16> {
        for host in [lab.one.address, lab.two.address] {
          let end = try #require(lab.udp(TransportAddress(host, port), to: lab.remote))
          if end.port % 2 != port % 2 { isKept = false }
        }
      }
      return isKept
    }
  }

  /// Whether a mapping is still there after so long, first with no answer and then with one.
  private func lasts(_ profile: Profile, seconds: Int64) throws -> Bool {
    for isAnswered in [false, true] {
      let lab = try ProofLab(profile)
      let end = try #require(lab.udp(lab.one, to: lab.remote))
      if isAnswered { #expect(lab.udpComesIn(lab.remote, to: end)) }
      lab.wait(seconds, less: 1)
      guard lab.udpComesIn(lab.remote, to: end) else { return false }
    }
    return true
  }

  @Test func `REQ-5: a mapping lasts two minutes without packets`() throws {
    try prove("4787 REQ-5") { try lasts($0, seconds: 120) }
  }

  @Test func `REQ-5c: five minutes by default`() throws {
    try prove("4787 REQ-5c") { try lasts($0, seconds: 300) }
  }

  @Test func `REQ-6: packets from inside restart the timer`() throws {
    try prove("4787 REQ-6") { profile in
      let lab = try ProofLab(profile)
      let end = try #require(lab.udp(lab.one, to: lab.remote))
      // Longer in all than any profile's timer, never longer at a time than the shortest.
      for _ in 0..<20 {
        lab.wait(29)
        guard lab.udp(lab.one, to: lab.remote) == end else { return false }
      }
      return lab.udpComesIn(lab.remote, to: end)
    }
  }

  @Test func `REQ-6a: packets from outside may restart the timer`() throws {
    try prove("4787 REQ-6a") { profile in
      let lab = try ProofLab(profile)
      let end = try #require(lab.udp(lab.one, to: lab.remote))
      for _ in 0..<20 {
        lab.wait(29)
        guard lab.udpComesIn(lab.remote, to: end) else { return false }
      }
      return true
    }
  }

  @Test func `REQ-8: filtering by address at most`() throws {
    try prove("4787 REQ-8") { profile in
      let lab = try ProofLab(profile)
      let end = try #require(lab.udp(lab.one, to: lab.remote))
      return lab.udpComesIn(TransportAddress(lab.remote.address, 9), to: end)
    }
  }

  @Test func `REQ-9: hosts inside reach each other by their outside ends`() throws {
    try prove("4787 REQ-9") { profile in
      let lab = try ProofLab(profile)
      let first = try #require(lab.udp(lab.one, to: lab.remote))
      let second = try #require(lab.udp(lab.two, to: lab.remote))
      let (verdict, bytes) = lab.send(TestPacket.udp(from: lab.one, to: second))
      guard case .hairpinned = verdict else { return false }
      // REQ-9a: with the sender's outside end.
      return TestPacket.source(of: bytes) == first && TestPacket.destination(of: bytes) == lab.two
    }
  }

  @Test func `REQ-10: payloads are left alone`() throws {
    try prove("4787 REQ-10") { profile in
      let lab = try ProofLab(profile)
      // What a SIP gateway would change (RFC 3261).
      let payload = Array("INVITE sip:b@c SIP/2.0\r\nContact: <sip:a@10.0.0.1:40000>\r\n\r\n".utf8)
      let (verdict, bytes) = lab.send(
        TestPacket.udp(
          from: lab.one, to: TransportAddress(lab.remote.address, 5060), payload: payload))
      #expect(ProofLab.isTranslated(verdict))
      return Array(bytes[28...]) == payload
    }
  }

  @Test func `REQ-11: the same behaviour at all times`() throws {
    try prove("4787 REQ-11") { profile in
      // Whether a mapping depends on the destination must not depend on who else is there.
      let lab = try ProofLab(profile)
      let first = try #require(lab.udp(lab.one, to: lab.remote))
      let alone = lab.udp(lab.one, to: lab.elsewhere) == first
      // The second host collides with the first towards one destination only.
      let other = try ProofLab(profile)
      _ = other.udp(other.one, to: other.remote)
      let end = try #require(other.udp(other.two, to: other.remote))
      return (other.udp(other.two, to: other.elsewhere) == end) == alone
    }
  }

  /// An error about what a host sent, as it looks outside.
  static func error(
    _ type: UInt8 = 3, code: UInt8 = 3, about end: TransportAddress, to remote: TransportAddress
  ) -> [UInt8] {
    TestPacket.error(
      type, code: code, from: ProofLab.router, about: TestPacket.udp(from: end, to: remote))
  }

  @Test func `REQ-12: no ICMP message ends a mapping`() throws {
    try prove("4787 REQ-12") { profile in
      let lab = try ProofLab(profile)
      let end = try #require(lab.udp(lab.one, to: lab.remote))
      for type in 0...40 as ClosedRange<UInt8> {
        _ = lab.receive(Self.error(type, about: end, to: lab.remote))
      }
      return lab.udpComesIn(lab.remote, to: end)
    }
  }

  @Test func `REQ-12a: errors come in whoever sends them`() throws {
    try prove("4787 REQ-12a") { profile in
      let lab = try ProofLab(profile)
      let end = try #require(lab.udp(lab.one, to: lab.remote))
      let quoted = TestPacket.udp(from: end, to: lab.remote)
      return lab.passesIn(TestPacket.error(from: lab.remote.address, about: quoted))
        && lab.passesIn(TestPacket.error(from: ProofLab.router, about: quoted))
    }
  }

  @Test func `REQ-12b: ICMP destination unreachable is translated`() throws {
    try prove("4787 REQ-12b") { profile in
      let lab = try ProofLab(profile)
      let end = try #require(lab.udp(lab.one, to: lab.remote))
      for code in 0...15 as ClosedRange<UInt8> {
        guard lab.passesIn(Self.error(3, code: code, about: end, to: lab.remote)) else {
          return false
        }
      }
      return true
    }
  }

  @Test func `REQ-13: what is too long and may not be cut is answered`() throws {
    try prove("4787 REQ-13") { profile in
      // A profile without a length of its own is given that of an Ethernet.
      let lab = try ProofLab(profile) { $0.mtu = $0.mtu ?? 1500 }
      let mtu = try #require(lab.behavior.mtu)
      let payload = [UInt8](repeating: 0, count: Int(mtu) - 27)
      let verdict = lab.send(TestPacket.udp(from: lab.one, to: lab.remote, payload: payload))
        .verdict
      return verdict == .refused(.packetTooBig, .packetTooBig(mtu: mtu))
        && ICMPAnswer.packetTooBig(mtu: mtu).header.type == .destinationUnreachable
    }
  }

  @Test func `REQ-14: fragments pass in any order`() throws {
    try prove("4787 REQ-14") { profile in
      let lab = try ProofLab(profile)
      let packet = TestPacket.udp(from: lab.one, to: lab.remote, payload: Array(0..<100))
      var held: [UInt32: [UInt8]] = [:]
      var arrived: [[UInt8]] = []
      func submit(_ fragment: [UInt8]) {
        let (verdict, bytes) = lab.send(fragment)
        switch verdict {
        case .translated: arrived.append(bytes)
        case .held(let number): held[number] = fragment
        default: break
        }
      }
      let fragments = TestPacket.fragments(packet, size: 32)
      for fragment in fragments.reversed() { submit(fragment) }
      while let release = lab.nextRelease() {
        guard release.decision == .submitAgain, let fragment = held[release.number] else {
          return false
        }
        submit(fragment)
      }
      return arrived.count == fragments.count
        && TestPacket.hasRightChecksums(TestPacket.reassembled(arrived))
    }
  }

  @Test func `REQ-14a: only so many fragments wait`() throws {
    try prove("4787 REQ-14a") { profile in
      let lab = try ProofLab(profile)
      let packet = TestPacket.udp(from: lab.one, to: lab.remote, payload: Array(0..<100))
      var heldCount = 0
      for identification in 0..<3000 as Range<UInt16> {
        let later = TestPacket.fragments(packet, size: 64, identification: identification)[1]
        if case .held = lab.send(later).verdict { heldCount += 1 }
      }
      // The flood takes nothing from packets that are whole.
      return heldCount <= 1024 && lab.udp(lab.one, to: lab.remote) != nil
    }
  }
}
