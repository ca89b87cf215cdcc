import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// What RFC 6888 asks of carrier-grade translators, proven for each profile by packets.
@Suite struct RFC6888Tests {
  @Test func `REQ-1: every MUST of RFC 4787, 5382 and 5508 is met`() throws {
    // Each of those statements is proven by its own test.
    try prove("6888 REQ-1") { profile in
      let all = Requirement.rfc4787 + Requirement.rfc5382 + Requirement.rfc5508
      return all.allSatisfy {
        $0.level != .must && $0.level != .mustNot
          || $0.statement(of: profile)?.standing != .violated
      }
    }
  }

  @Test func `REQ-2: a host keeps to one outside address by default`() throws {
    try prove("6888 REQ-2", RFC4787Tests.keepsToOneAddress)
  }

  @Test func `REQ-3: outside addresses need not be neighbours`() throws {
    try prove("6888 REQ-3") { profile in
      let lab = try ProofLab(
        profile, addresses: [IPv4Address(203, 0, 113, 7), IPv4Address(192, 0, 2, 200)])
      var addresses: Set<IPv4Address> = []
      for host in [
        lab.one.address, lab.two.address, IPv4Address(10, 0, 0, 3), IPv4Address(10, 0, 0, 4),
      ] {
        for port in 1...20 as ClosedRange<UInt16> {
          if let end = lab.udp(TransportAddress(host, port), to: lab.remote) {
            addresses.insert(end.address)
          }
        }
      }
      return addresses.count >= 2
    }
  }

  @Test func `REQ-4: the ports of one host can be limited`() throws {
    try prove("6888 REQ-4") { profile in
      let lab = try ProofLab(profile) { $0.portQuota = 2 }
      func begins(_ host: TransportAddress, _ port: UInt16) -> Bool {
        lab.udp(TransportAddress(host.address, port), to: lab.remote) != nil
      }
      return begins(lab.one, 1) && begins(lab.one, 2) && !begins(lab.one, 3) && begins(lab.two, 1)
    }
  }

  @Test func `REQ-5: the state kept for one host can be limited`() throws {
    try prove("6888 REQ-5") { profile in
      let lab = try ProofLab(profile) { $0.portQuota = 2 }
      for port in 1...100 as ClosedRange<UInt16> {
        _ = lab.udp(lab.one, to: TransportAddress(lab.remote.address, port))
      }
      return lab.translationCount <= 2
    }
  }

  @Test func `REQ-7: no filtering by remote end`() throws {
    try prove("6888 REQ-7") { profile in
      let lab = try ProofLab(profile)
      let end = try #require(lab.udp(lab.one, to: lab.remote))
      return lab.udpComesIn(lab.elsewhere, to: end)
    }
  }

  @Test func `REQ-8: the port of a closed connection rests 120 s`() throws {
    try prove("6888 REQ-8") { profile in
      let lab = try ProofLab(profile) { $0.ports = 5000...5000 }
      let end = try lab.connect(lab.one, to: lab.remote)
      try lab.close(lab.one, to: lab.remote, by: end)
      lab.wait(120, less: 1)
      return lab.tcp(.syn, lab.two, to: lab.remote) == nil
    }
  }

  @Test func `REQ-8u: a port that UDP gave back rests, or filtering guards it`() throws {
    try prove("6888 REQ-8u") { profile in
      let lab = try ProofLab(profile) { $0.ports = 5000...5000 }
      let end = try #require(lab.udp(lab.one, to: lab.remote))
      lab.wait(400)
      guard lab.udp(lab.two, to: lab.elsewhere) == end else { return true }
      // REQ-8c: what was sent to the first host must not come to the second.
      return !lab.udpComesIn(lab.remote, to: end)
    }
  }

  @Test func `REQ-11: who gets no mapping is told`() throws {
    try prove("6888 REQ-11") { try RFC5508Tests.answerWhenFull($0) == .hostUnreachable }
  }

  @Test func `REQ-11d: no mapping ends to make room for another`() throws {
    try prove("6888 REQ-11d") { profile in
      let lab = try ProofLab(profile) { $0.ports = 5000...5003 }
      var ends: [TransportAddress] = []
      for port in 1...20 as ClosedRange<UInt16> {
        if let end = lab.udp(TransportAddress(lab.one.address, 2000 + port), to: lab.remote) {
          ends.append(end)
        }
      }
      return ends.count == 4 && ends.allSatisfy { lab.udpComesIn(lab.remote, to: $0) }
    }
  }

  @Test func `REQ-13: addresses are used to the full`() throws {
    try prove("6888 REQ-13") { profile in
      let lab = try ProofLab(profile) { $0.ports = 2000...2999 }
      var ports: Set<UInt16> = []
      for port in 0..<1000 as Range<UInt16> {
        let source = TransportAddress(lab.one.address, 5000 + port)
        if let end = lab.udp(source, to: lab.remote) { ports.insert(end.port) }
      }
      return ports.count == 1000
    }
  }

  @Test func `REQ-15: ports are hard to guess`() throws {
    try prove("6888 REQ-15", Self.portsAreHardToGuess)
  }

  /// Whether ports follow neither those inside nor each other; also RFC 7857, section 9.
  static func portsAreHardToGuess(_ profile: Profile) throws -> Bool {
    let lab = try ProofLab(profile)
    var guessed = 0
    var last: UInt16 = 0
    for port in 40_000..<40_100 as Range<UInt16> {
      let end = try #require(lab.udp(TransportAddress(lab.one.address, port), to: lab.remote))
      if end.port == port || end.port == last &+ 1 || end.port &+ 1 == last { guessed += 1 }
      last = end.port
    }
    return guessed <= 1
  }
}
