import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// What RFC 5382 asks of translators of TCP, proven for each profile by packets.
@Suite struct RFC5382Tests {
  @Test func `REQ-1: one mapping for all destinations`() throws {
    try prove("5382 REQ-1") { profile in
      let lab = try ProofLab(profile)
      _ = lab.tcp(.syn, lab.one, to: lab.remote)
      let end = try #require(lab.tcp(.syn, lab.two, to: lab.remote))
      return lab.tcp(.syn, lab.two, to: lab.elsewhere) == end
    }
  }

  @Test func `REQ-2: all valid openings pass, simultaneous ones too`() throws {
    try prove("5382 REQ-2") { profile in
      let lab = try ProofLab(profile)
      _ = try lab.connect(lab.one, to: lab.remote)
      // RFC 9293, figure 7.
      let end = try #require(lab.tcp(.syn, lab.one, to: lab.elsewhere))
      func arrives(_ flags: TCPHeader.Flags, _ acknowledgment: UInt32) -> [UInt8] {
        TestPacket.tcp(
          from: TransportAddress(IPv4Address(198, 51, 100, 10), 443), to: end, flags,
          sequence: 5000, acknowledgment: acknowledgment)
      }
      return lab.passesIn(arrives(.syn, 0))
        && lab.tcp([.syn, .ack], lab.one, to: lab.elsewhere, acknowledgment: 5001) == end
        && lab.passesIn(arrives([.syn, .ack], 1001))
        && lab.tcp(.ack, lab.one, to: lab.elsewhere, sequence: 1001, acknowledgment: 5001) == end
        && lab.isConnected(lab.one, to: lab.elsewhere, by: end)
    }
  }

  @Test func `REQ-3: filtering by address at most`() throws {
    try prove("5382 REQ-3") { profile in
      let lab = try ProofLab(profile)
      let end = try #require(lab.tcp(.syn, lab.one, to: lab.remote))
      return lab.passesIn(
        TestPacket.tcp(from: TransportAddress(lab.remote.address, 9), to: end, .syn))
    }
  }

  /// Where nobody listens.
  private let nowhere = TransportAddress(ProofLab.outside[0], 1)

  @Test func `REQ-4: a SYN nobody asked for is not answered for 6 s`() throws {
    try prove("5382 REQ-4") { profile in
      let lab = try ProofLab(profile)
      let verdict = lab.receive(TestPacket.tcp(from: lab.remote, to: nowhere, .syn)).verdict
      lab.wait(6, less: 1)
      guard lab.nextRelease() == nil else { return false }
      if case .held = verdict { return true }
      return verdict == .dropped(.unsolicited)
    }
  }

  @Test func `REQ-4a: after 6 s it is answered`() throws {
    try prove("5382 REQ-4a") { profile in
      let lab = try ProofLab(profile)
      guard
        case .held(let number) =
          lab.receive(TestPacket.tcp(from: lab.remote, to: nowhere, .syn)).verdict
      else { return false }
      lab.wait(6)
      return lab.nextRelease()
        == Release(number: number, decision: .refuse(.unsolicited, .portUnreachable))
    }
  }

  @Test func `REQ-5e: an idle established connection lasts 2 h 4 min`() throws {
    try prove("5382 REQ-5e") { profile in
      let lab = try ProofLab(profile)
      let end = try lab.connect(lab.one, to: lab.remote)
      lab.wait(7_440, less: 1)
      return lab.isConnected(lab.one, to: lab.remote, by: end)
    }
  }

  @Test func `REQ-5t: one that is half open or closing lasts 4 min`() throws {
    try prove("5382 REQ-5t", Self.lastsInTransit)
  }

  /// Whether a connection lasts 4 min in each transitory state; also RFC 7857, section 2.1.
  static func lastsInTransit(_ profile: Profile) throws -> Bool {
    let lab = try ProofLab(profile)
    let remote = lab.remote
    // A SYN from one side.
    var end = try #require(lab.tcp(.syn, lab.one, to: remote))
    lab.wait(240, less: 1)
    guard
      lab.passesIn(
        TestPacket.tcp(from: remote, to: end, [.syn, .ack], sequence: 1, acknowledgment: 1001))
    else { return false }
    // A SYN from each side.
    lab.wait(240, less: 1)
    guard
      lab.passesIn(
        TestPacket.tcp(from: remote, to: end, [.syn, .ack], sequence: 1, acknowledgment: 1001))
    else { return false }
    // A FIN from each side.
    end = try lab.connect(lab.two, to: remote)
    let closing: [[UInt8]] = [
      TestPacket.tcp(from: remote, to: end, [.fin, .ack], sequence: 5001, acknowledgment: 1001)
    ]
    for packet in closing { #expect(lab.passesIn(packet)) }
    #expect(
      lab.tcp([.fin, .ack], lab.two, to: remote, sequence: 1001, acknowledgment: 5001) != nil)
    lab.wait(240, less: 1)
    return lab.passesIn(
      TestPacket.tcp(from: remote, to: end, [.fin, .ack], sequence: 5001, acknowledgment: 1001))
  }

  @Test func `REQ-6: payloads are left alone`() throws {
    try prove("5382 REQ-6") { profile in
      let lab = try ProofLab(profile)
      let ftp = TransportAddress(lab.remote.address, 21)
      _ = try lab.connect(lab.one, to: ftp)
      // What an FTP gateway would change (RFC 959).
      let payload = Array("PORT 10,0,0,1,156,64\r\n".utf8)
      let (verdict, bytes) = lab.send(
        TestPacket.tcp(
          from: lab.one, to: ftp, [.psh, .ack], sequence: 1001, acknowledgment: 5001,
          payload: payload))
      #expect(ProofLab.isTranslated(verdict))
      return Array(bytes[40...]) == payload
    }
  }

  @Test func `REQ-7: no port serves two hosts at a time`() throws {
    try prove("5382 REQ-7") { profile in
      let lab = try ProofLab(profile) { $0.ports = 5000...5000 }
      let end = try #require(lab.tcp(.syn, lab.one, to: lab.remote))
      return lab.tcp(.syn, lab.two, to: lab.elsewhere) != end
    }
  }

  @Test func `REQ-8: hosts inside reach each other by their outside ends`() throws {
    try prove("5382 REQ-8") { profile in
      let lab = try ProofLab(profile)
      let first = try #require(lab.tcp(.syn, lab.one, to: lab.remote))
      let second = try #require(lab.tcp(.syn, lab.two, to: lab.remote))
      let (verdict, bytes) = lab.send(TestPacket.tcp(from: lab.one, to: second, .syn))
      guard case .hairpinned = verdict else { return false }
      return TestPacket.source(of: bytes) == first && TestPacket.destination(of: bytes) == lab.two
    }
  }

  @Test func `REQ-9: ICMP destination unreachable is translated`() throws {
    try prove("5382 REQ-9") { profile in
      let lab = try ProofLab(profile)
      let end = try #require(lab.tcp(.syn, lab.one, to: lab.remote))
      let quoted = TestPacket.tcp(from: end, to: lab.remote, .syn)
      for code in 0...15 as ClosedRange<UInt8> {
        let (verdict, bytes) = lab.receive(
          TestPacket.error(3, code: code, from: ProofLab.router, about: quoted))
        guard ProofLab.isTranslated(verdict),
          TestPacket.destination(of: bytes).address == lab.one.address,
          TestPacket.source(of: Array(bytes[28...])) == lab.one
        else { return false }
      }
      return true
    }
  }

  @Test func `REQ-10: no ICMP message ends a connection`() throws {
    try prove("5382 REQ-10") { profile in
      let lab = try ProofLab(profile)
      let end = try lab.connect(lab.one, to: lab.remote)
      let quoted = TestPacket.tcp(from: end, to: lab.remote, .ack)
      for type in 0...40 as ClosedRange<UInt8> {
        _ = lab.receive(TestPacket.error(type, from: ProofLab.router, about: quoted))
      }
      return lab.isConnected(lab.one, to: lab.remote, by: end)
    }
  }
}
