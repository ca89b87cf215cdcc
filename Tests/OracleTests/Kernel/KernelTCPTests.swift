import AddressTranslation
import PacketFormats
import Testing

/// TCP connections through the kernel and through `worker-legacy`.
@Suite(.enabled(if: KernelRouter.isAvailable), .serialized)
struct KernelTCPTests {
  @Test func `A connection from its first segment to its last`() throws {
    let pair = try SideBySide()
    for (host, port): (IPv4Address, UInt16) in [
      (KernelTests.a, 40_000), (KernelTests.b, 40_000), (KernelTests.c, 700),
    ] {
      let talk = Conversation(pair, from: TransportAddress(host, port))
      try talk.handshake()
      try talk.out([.psh, .ack], 100, expecting: .forwarded)
      try talk.in(.ack, expecting: .forwarded)
      try talk.in([.psh, .ack], 1200, expecting: .forwarded)
      try talk.out(.ack, expecting: .forwarded)
      try talk.out([.fin, .ack], expecting: .forwarded)
      try talk.in(.ack, expecting: .forwarded)
      try talk.in([.psh, .ack], 10, expecting: .forwarded)
      try talk.in([.fin, .ack], expecting: .forwarded)
      try talk.out(.ack, expecting: .forwarded)
      // The last segments once more, then the same ports again.
      try talk.out(.ack, expecting: .forwarded)
      talk.begin(outsideAt: 900_000, insideAt: 500_000)
      try talk.handshake()
    }
  }

  @Test func `Simultaneous open`() throws {
    let pair = try SideBySide()
    let talk = Conversation(pair, from: TransportAddress(KernelTests.a, 40_000))
    try talk.out(.syn, expecting: .forwarded)
    try talk.in(.syn, expecting: .forwarded)
    try talk.out([.syn, .ack], again: true, expecting: .forwarded)
    try talk.in([.syn, .ack], again: true, expecting: .forwarded)
    try talk.out(.ack, expecting: .forwarded)
    try talk.in(.ack, expecting: .forwarded)
    try talk.out([.psh, .ack], 10, expecting: .forwarded)
  }

  @Test func `A segment in mid-connection is picked up if it comes from inside`() throws {
    let pair = try SideBySide()
    let talk = Conversation(pair, from: TransportAddress(KernelTests.a, 40_000))
    try talk.in(.ack, expecting: .dropped)
    try talk.out([.fin, .ack], expecting: .dropped)
    try talk.out([.rst, .ack], expecting: .dropped)
    try talk.out(.rst, expecting: .dropped)
    try talk.out([.syn, .ack], expecting: .dropped)
    try talk.out([.psh, .ack], 10, expecting: .forwarded)
    try talk.in(.ack, expecting: .forwarded)
    try talk.in([.psh, .ack], 10, expecting: .forwarded)
    try talk.out(.ack, expecting: .forwarded)
    try talk.in([.fin, .ack], expecting: .forwarded)
    try talk.out([.fin, .ack], expecting: .forwarded)
    try talk.in(.ack, expecting: .forwarded)
  }

  @Test func `RSTs in and far out of the window`() throws {
    let pair = try SideBySide()
    let talk = Conversation(pair, from: TransportAddress(KernelTests.a, 40_000))
    try talk.handshake()
    try talk.in(.rst, offset: 0x4000_0000, expecting: .dropped)
    try talk.out(.rst, offset: 0x4000_0000, expecting: .dropped)
    try talk.in(.rst, offset: 0xc000_0000, expecting: .dropped)
    try talk.out([.psh, .ack], 10, expecting: .forwarded)
    try talk.in(.ack, expecting: .forwarded)
    try talk.in(.rst, expecting: .forwarded)
    // From the other end, and after it a new connection.
    talk.begin(outsideAt: 1_000_000, insideAt: 2_000_000)
    try talk.handshake()
    try talk.out([.rst, .ack], expecting: .forwarded)
    let refused = Conversation(pair, from: TransportAddress(KernelTests.b, 40_000))
    try refused.out(.syn, expecting: .forwarded)
    try refused.in([.rst, .ack], expecting: .forwarded)
  }

  @Test func `What the kernel knows of a connection and we do not`() throws {
    let pair = try SideBySide()
    let talk = Conversation(pair, from: TransportAddress(KernelTests.a, 40_000))
    try talk.handshake()
    try talk.in([.psh, .ack], 10)
    try talk.out(.ack)
    try talk.out([.psh, .ack], 10, offset: 0x4000_0000, except: .sequenceWindows)
    try talk.in([.psh, .ack], 10, offset: 0x4000_0000, except: .sequenceWindows)
    try talk.in(.rst, offset: 0x8_0000, except: .sequenceWindows)
    let closing = Conversation(pair, from: TransportAddress(KernelTests.a, 40_001))
    try closing.handshake()
    try closing.in([.fin, .ack], expecting: .forwarded)
    try closing.out(.rst, offset: 0x4000_0000, except: .resetsWhileClosing)
    let distant = Conversation(pair, from: TransportAddress(KernelTests.a, 40_003))
    try distant.out(.syn, expecting: .forwarded)
    try distant.in([.syn, .ack], expecting: .forwarded)
    try distant.out(.ack, timeToLive: 1, expecting: .answered)
    try distant.out([.syn, .ack], again: true, except: .hopsUsedUp)
    let refused = Conversation(pair, from: TransportAddress(KernelTests.a, 40_002))
    try refused.out(.syn, expecting: .forwarded)
    try refused.in([.rst, .ack], expecting: .forwarded)
    try refused.in([.rst, .ack], except: .refusedConnections)
  }

  @Test func `All control bits in every state`() throws {
    let pair = try SideBySide()
    var port: UInt16 = 20_000
    /// A connection in a state, by what has been sent so far.
    let states: [(String, (Conversation) throws -> Void)] = [
      ("none", { _ in }),
      ("opening", { try $0.out(.syn) }),
      (
        "answered",
        {
          try $0.out(.syn)
          try $0.in([.syn, .ack])
        }
      ),
      ("established", { try $0.handshake() }),
      (
        "finished inside",
        {
          try $0.handshake()
          try $0.out([.fin, .ack])
          try $0.in(.ack)
        }
      ),
      (
        "finished outside",
        {
          try $0.handshake()
          try $0.in([.fin, .ack])
          try $0.out(.ack)
        }
      ),
      (
        "closing",
        {
          try $0.handshake()
          try $0.out([.fin, .ack])
          try $0.in([.fin, .ack])
        }
      ),
      (
        "closed",
        {
          try $0.handshake()
          try $0.out([.fin, .ack])
          try $0.in([.fin, .ack])
          try $0.out(.ack)
        }
      ),
      (
        "reset",
        {
          try $0.handshake()
          try $0.in([.rst, .ack])
        }
      ),
    ]
    for (name, prepare) in states {
      for bits in UInt8.min...UInt8.max where bits & 0xc8 == 0 || bits & 0x3f == 0x10 {
        for isOut in [true, false] {
          port += 1
          let talk = Conversation(pair, from: TransportAddress(KernelTests.a, port))
          try prepare(talk)
          let flags = TCPHeader.Flags(rawValue: bits)
          pair.note = "\(name), \(isOut ? "out" : "in"), \(String(bits, radix: 2))"
          let isSYN = bits & 0x1f == 2
          let difference: KnownDifference? =
            switch name {
            case "opening" where !isOut && bits == 4: .resetsWithoutAcknowledgment
            case "answered" where !isOut && isSYN: .simultaneousOpen
            default: nil
            }
          if isOut {
            try talk.out(flags, except: difference)
          } else {
            try talk.in(flags, except: difference)
          }
        }
      }
    }
  }
}
