import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// What RFC 5508 asks of translators of ICMP, proven for each profile by packets.
@Suite struct RFC5508Tests {
  /// Whether an echo request goes out and its reply comes back after so long.
  private func isAnswered(_ profile: Profile, after seconds: Int64, less nanoseconds: Int64 = 0)
    throws -> Bool
  {
    let lab = try ProofLab(profile)
    guard let identifier = lab.echo(lab.one.address, to: lab.remote.address) else { return false }
    lab.wait(seconds, less: nanoseconds)
    let (verdict, bytes) = lab.receive(
      TestPacket.echo(
        0, from: lab.remote.address, to: ProofLab.outside[0], identifier: identifier))
    return ProofLab.isTranslated(verdict)
      && TestPacket.destination(of: bytes).address == lab.one.address
      && TestPacket.identifier(of: bytes) == 40_000 && TestPacket.hasRightChecksums(bytes)
  }

  @Test func `REQ-1: a query from inside and its reply pass`() throws {
    try prove("5508 REQ-1") { try isAnswered($0, after: 0) }
  }

  @Test func `REQ-1a: one identifier for all destinations`() throws {
    try prove("5508 REQ-1a") { profile in
      let lab = try ProofLab(profile)
      _ = lab.echo(lab.one.address, to: lab.remote.address)
      let identifier = try #require(lab.echo(lab.two.address, to: lab.remote.address))
      return lab.echo(lab.two.address, to: lab.elsewhere.address) == identifier
    }
  }

  @Test func `REQ-2: a query waits 60 s for its reply`() throws {
    try prove("5508 REQ-2") { try isAnswered($0, after: 60, less: 1) }
  }

  /// What happens to an error about a datagram that a host has sent, once it is changed.
  private func error(
    _ lab: ProofLab, _ change: (inout [UInt8]) -> Void = { _ in },
    quote: (inout [UInt8]) -> Void = { _ in }
  ) throws -> (verdict: Verdict, bytes: [UInt8]) {
    let end = try #require(lab.udp(lab.one, to: lab.remote))
    var quoted = TestPacket.udp(from: end, to: lab.remote)
    quote(&quoted)
    var error = TestPacket.error(11, code: 0, from: ProofLab.router, about: quoted)
    change(&error)
    return lab.receive(error)
  }

  @Test func `REQ-3: an error with a wrong checksum is dropped`() throws {
    try prove("5508 REQ-3") { profile in
      let lab = try ProofLab(profile)
      return try error(lab, { $0[22] ^= 1 }).verdict == .dropped(.badChecksum)
    }
  }

  @Test func `REQ-3a: so is one that quotes a wrong IP header`() throws {
    try prove("5508 REQ-3a") { profile in
      let lab = try ProofLab(profile)
      return try error(lab, quote: { $0[10] ^= 1 }).verdict == .dropped(.badChecksum)
    }
  }

  @Test func `REQ-3b: options in a quoted IP header are stepped over`() throws {
    try prove("5508 REQ-3b") { profile in
      let lab = try ProofLab(profile)
      let (verdict, bytes) = try error(
        lab,
        quote: {
          $0.insert(contentsOf: [1, 1, 1, 0], at: 20)
          $0[0] = 0x46
          $0[3] += 4
          TestPacket.fixHeaderChecksum(&$0)
        })
      return ProofLab.isTranslated(verdict) && TestPacket.source(of: Array(bytes[28...])) == lab.one
    }
  }

  @Test func `REQ-3c: a quoted transport checksum is not looked at`() throws {
    try prove("5508 REQ-3c") { profile in
      let lab = try ProofLab(profile)
      return ProofLab.isTranslated(try error(lab, quote: { $0[26] ^= 1 }).verdict)
    }
  }

  @Test func `REQ-4: an error from outside about no mapping is dropped`() throws {
    try prove("5508 REQ-4") { profile in
      let lab = try ProofLab(profile)
      let end = TransportAddress(ProofLab.outside[0], 9)
      return lab.receive(RFC4787Tests.error(about: end, to: lab.remote)).verdict
        == .dropped(.unsolicited)
    }
  }

  @Test func `REQ-4a: else what it quotes is turned back, type and code stay`() throws {
    try prove("5508 REQ-4a") { profile in
      let lab = try ProofLab(profile)
      let (verdict, bytes) = try error(lab)
      let quoted = Array(bytes[28...])
      return ProofLab.isTranslated(verdict) && bytes[20] == 11 && bytes[21] == 0
        && TestPacket.destination(of: bytes).address == lab.one.address
        && TestPacket.source(of: quoted) == lab.one
        && TestPacket.destination(of: quoted) == lab.remote
        && TestPacket.hasRightChecksums(bytes) && TestPacket.hasRightChecksums(quoted)
    }
  }

  @Test func `REQ-5: an error from inside leaves with its quote turned back`() throws {
    try prove("5508 REQ-5") { profile in
      let lab = try ProofLab(profile)
      let end = try #require(lab.udp(lab.one, to: lab.remote))
      let (_, seen) = lab.receive(TestPacket.udp(from: lab.remote, to: end))
      let (verdict, bytes) = lab.send(
        TestPacket.error(from: lab.one.address, about: seen, to: lab.remote.address))
      let quoted = Array(bytes[28...])
      return ProofLab.isTranslated(verdict) && bytes[20] == 3 && bytes[21] == 3
        && TestPacket.source(of: bytes).address == end.address
        && TestPacket.destination(of: quoted) == end
        && TestPacket.hasRightChecksums(bytes) && TestPacket.hasRightChecksums(quoted)
    }
  }

  @Test func `REQ-6: errors neither prolong nor end a mapping`() throws {
    try prove("5508 REQ-6") { profile in
      let lab = try ProofLab(profile)
      let end = try #require(lab.udp(lab.one, to: lab.remote))
      let flow = Flow(protocol: .udp, inside: lab.one, remote: lab.remote)
      let before = lab.translation(of: flow)
      lab.wait(5)
      #expect(lab.passesIn(RFC4787Tests.error(about: end, to: lab.remote)))
      #expect(
        lab.passesOut(
          TestPacket.error(
            from: lab.one.address, about: TestPacket.udp(from: lab.remote, to: lab.one))))
      return lab.translation(of: flow) == before
    }
  }

  @Test func `REQ-7: errors between hosts inside come back`() throws {
    try prove("5508 REQ-7") { profile in
      let lab = try ProofLab(profile)
      let first = try #require(lab.udp(lab.one, to: lab.remote))
      let second = try #require(lab.udp(lab.two, to: lab.remote))
      _ = lab.send(TestPacket.udp(from: lab.one, to: second))
      let seen = TestPacket.udp(from: first, to: lab.two)
      let (verdict, bytes) = lab.send(
        TestPacket.error(from: lab.two.address, about: seen, to: first.address))
      guard case .hairpinned = verdict else { return false }
      let quoted = Array(bytes[28...])
      return TestPacket.destination(of: bytes).address == lab.one.address
        && TestPacket.source(of: quoted) == lab.one && TestPacket.destination(of: quoted) == second
    }
  }

  /// What a host hears that finds no port; also RFC 6888, REQ-11.
  static func answerWhenFull(_ profile: Profile) throws -> ICMPAnswer? {
    let lab = try ProofLab(profile) { $0.ports = 5000...5000 }
    #expect(lab.udp(lab.one, to: lab.remote) != nil)
    let verdict = lab.send(TestPacket.udp(from: lab.two, to: lab.remote)).verdict
    switch verdict {
    case .refused(.portsExhausted, let answer): return answer
    case .dropped(.portsExhausted): return nil
    default:
      Issue.record("\(profile.rawValue): \(verdict)")
      return nil
    }
  }

  @Test func `REQ-8: who gets no mapping is told`() throws {
    try prove("5508 REQ-8") { try Self.answerWhenFull($0) == .administrativelyProhibited }
  }

  @Test func `REQ-10: unreachable, time exceeded and echo are known`() throws {
    try prove("5508 REQ-10") { profile in
      let lab = try ProofLab(profile)
      let end = try #require(lab.udp(lab.one, to: lab.remote))
      return lab.passesIn(RFC4787Tests.error(3, about: end, to: lab.remote))
        && lab.passesIn(RFC4787Tests.error(11, about: end, to: lab.remote))
        && lab.echo(lab.one.address, to: lab.remote.address) != nil
    }
  }

  @Test func `REQ-11: other ICMP messages are dropped`() throws {
    try prove("5508 REQ-11") { profile in
      let lab = try ProofLab(profile)
      let end = try #require(lab.udp(lab.one, to: lab.remote))
      // Source quench, redirect, router advertisement and solicitation, traceroute.
      return [4, 5, 9, 10, 30].allSatisfy { type in
        lab.receive(RFC4787Tests.error(type, about: end, to: lab.remote)).verdict
          == .dropped(.unsupportedProtocol)
      }
    }
  }
}
