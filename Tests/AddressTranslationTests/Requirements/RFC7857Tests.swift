import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// What RFC 7857 changes of RFC 4787, 5382 and 5508, proven for each profile by packets.
@Suite struct RFC7857Tests {
  @Test func `§2: connections are followed as in RFC 6146`() throws {
    try prove("7857 §2") { profile in
      let lab = try ProofLab(profile)
      lab.recordEvents()
      let end = try lab.connect(lab.one, to: lab.remote)
      try lab.close(lab.one, to: lab.remote, by: end)
      return lab.takeEvents().map(\.translation.state)
        == [.opening, .openingAnswered, .established, .halfClosed, .closing, .closed]
    }
  }

  @Test func `§2.1: half open and closing have timers of 4 min by default`() throws {
    try prove("7857 §2.1", RFC5382Tests.lastsInTransit)
  }

  @Test func `§2.2: after a RST the mapping waits 4 min`() throws {
    try prove("7857 §2.2") { profile in
      let lab = try ProofLab(profile)
      let end = try lab.connect(lab.one, to: lab.remote)
      // It is translated …
      #expect(lab.passesIn(TestPacket.tcp(from: lab.remote, to: end, .rst, sequence: 5001)))
      // … and then waits.
      lab.wait(240, less: 1)
      return lab.isConnected(lab.one, to: lab.remote, by: end)
    }
  }

  @Test func `§3: one port may serve several destinations`() throws {
    try prove("7857 §3") { profile in
      let lab = try ProofLab(profile) { $0.ports = 5000...5000 }
      let end = try #require(lab.tcp(.syn, lab.one, to: lab.remote))
      return lab.tcp(.syn, lab.two, to: lab.elsewhere) == end
        && lab.tcp(.syn, lab.two, to: lab.remote) == nil
    }
  }

  @Test func `§4: a host whose address is full is not moved to another`() throws {
    try prove("7857 §4") { profile in
      let lab = try ProofLab(profile, addresses: ProofLab.outside) { $0.ports = 5000...5000 }
      let end = try #require(lab.udp(lab.one, to: lab.remote))
      // One-to-one has room for every port of its host.
      let other = TransportAddress(lab.one.address, 40_001)
      let next = lab.udp(other, to: lab.remote)
      return next == nil || next?.address == end.address
    }
  }

  @Test func `§5: a mapping of one protocol says nothing of another's`() throws {
    try prove("7857 §5") { profile in
      let lab = try ProofLab(profile) { $0.ports = 5000...5001 }
      // Were the mappings one, the second host's UDP would take what the first one's TCP has.
      let flow = Flow(protocol: .tcp, inside: lab.one, remote: lab.remote)
      #expect(lab.udp(lab.one, to: lab.remote) != nil)
      guard lab.translation(of: flow) == nil else {
        return false
      }
      #expect(lab.udp(lab.two, to: lab.remote) != nil)
      return lab.tcp(.syn, lab.one, to: lab.remote) != nil
        && lab.tcp(.syn, lab.two, to: lab.remote) != nil
    }
  }

  @Test func `§6: filtering of one protocol says nothing of another's`() throws {
    try prove("7857 §6") { profile in
      let lab = try ProofLab(profile)
      let end = try #require(lab.udp(lab.one, to: lab.remote))
      return !lab.passesIn(TestPacket.tcp(from: lab.remote, to: end, .syn))
    }
  }

  @Test func `§7.1: errors sent from inside restart no timer`() throws {
    try prove("7857 §7.1") { profile in
      let lab = try ProofLab(profile)
      let end = try #require(lab.udp(lab.one, to: lab.remote))
      let flow = Flow(protocol: .udp, inside: lab.one, remote: lab.remote)
      let before = lab.translation(of: flow)?.expiry
      lab.wait(20)
      let seen = TestPacket.udp(from: lab.remote, to: lab.one)
      #expect(lab.passesOut(TestPacket.error(from: lab.one.address, about: seen)))
      let after = try #require(
        lab.translation(of: flow))
      return after.outside == end && after.expiry == before
    }
  }

  @Test func `§9: ports are random`() throws {
    try prove("7857 §9", RFC6888Tests.portsAreHardToGuess)
  }

  @Test func `§10: the identification of what is not cut stays`() throws {
    try prove("7857 §10") { profile in
      let lab = try ProofLab(profile)
      for host in [lab.one, lab.two] {
        let (verdict, bytes) = lab.send(TestPacket.udp(from: host, to: lab.remote))
        #expect(ProofLab.isTranslated(verdict))
        guard TestPacket.word(at: 4, of: bytes) == 7 else { return false }
      }
      return true
    }
  }

  @Test func `§10f: packets in fragments keep apart by their identification`() throws {
    try prove("7857 §10f") { profile in
      let lab = try ProofLab(profile)
      var seen: [[UInt8]] = []
      for host in [lab.one, lab.two] {
        let packet = TestPacket.udp(from: host, to: lab.remote, payload: Array(0..<100))
        let (verdict, bytes) = lab.send(TestPacket.fragments(packet, size: 64)[0])
        #expect(ProofLab.isTranslated(verdict))
        // What tells packets apart: addresses and identification.
        seen.append(Array(bytes[12..<20] + bytes[4..<6]))
      }
      return seen[0] != seen[1]
    }
  }

  @Test func `§12: queries between hosts inside come back`() throws {
    try prove("7857 §12") { profile in
      let lab = try ProofLab(profile)
      _ = lab.echo(lab.one.address, to: lab.remote.address)
      let identifier = try #require(lab.echo(lab.two.address, to: lab.remote.address))
      let destination =
        profile == .workerEBPF ? ProofLab.outside[1] : ProofLab.outside[0]
      let (verdict, bytes) = lab.send(
        TestPacket.echo(from: lab.one.address, to: destination, identifier: identifier))
      guard case .hairpinned = verdict else { return false }
      return TestPacket.destination(of: bytes).address == lab.two.address
    }
  }
}
