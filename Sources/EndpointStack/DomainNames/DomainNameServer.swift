public import PacketFormats

/// A name server: answers questions for addresses, over UDP and over TCP (RFC 1035; RFC 7766).
public struct DomainNameServer: Sendable {
  /// What it says to a question.
  public enum Answer: Hashable, Sendable {
    /// The addresses of the name; those of the family that was asked for are the answer, and there
    /// may be none (RFC 2308, section 2.2, "NODATA").
    case addresses([IPAddress], timeToLive: UInt32)
    /// The name stands for another one, that perhaps for a third, and the last has the addresses
    /// (RFC 1034, section 3.6.2).
    case alias([DNSName], [IPAddress], timeToLive: UInt32)
    /// Another name server is asked, and its answer passed on.
    case forward(to: IPAddress)
    case nameNotFound
    /// It does not answer questions about this name.
    case refused
  }

  public var port: UInt16
  /// From question to answer (A-26 and lambda-vpc §8: 200 µs, assumed); a question that is passed on
  /// does not wait for it.
  public var thinkTime: Duration
  /// The longest answer that it sends over UDP, in bytes, however much the other side takes (RFC 6891,
  /// section 6.2.5; `max-udp-size` of BIND 9.16 and later, by DNS flag day 2020: 1,232).
  public var payloadLimit: Int
  /// The answer to a question.
  public var answer: @Sendable (DNSQuestion) -> Answer

  public init(
    port: UInt16 = UDPHeader.Port.dns, thinkTime: Duration = .zero, payloadLimit: Int = 1232,
    answer: @escaping @Sendable (DNSQuestion) -> Answer
  ) {
    self.port = port
    self.thinkTime = thinkTime
    self.payloadLimit = payloadLimit
    self.answer = answer
  }

  /// A server for these names and no others.
  public init(
    port: UInt16 = UDPHeader.Port.dns, thinkTime: Duration = .zero,
    addresses: [DNSName: [IPAddress]], timeToLive: UInt32 = 60
  ) {
    self.init(port: port, thinkTime: thinkTime) { question in
      guard let found = addresses[question.name] else { return .nameNotFound }
      return .addresses(found, timeToLive: timeToLive)
    }
  }

  /// What becomes of a question.
  enum Reaction {
    case respond(DNSMessage)
    case forward(to: IPAddress)
    /// It is none, and is left alone.
    case nothing
  }

  /// What a resolver that recurses would do about `query`.
  func reaction(to query: DNSMessage) -> Reaction {
    // Answering an answer could go on for ever.
    guard !query.isResponse else { return .nothing }
    var response = query.response()
    response.isRecursionAvailable = true
    if query.edns != nil {
      // RFC 6891, section 6.1.1: who is asked with an OPT record answers with one.
      response.additionals = [EDNS(payloadByteCount: UInt16(clamping: payloadLimit)).record]
    }
    guard query.operation == .query else {
      response.responseCode = .notImplemented
      return .respond(response)
    }
    guard query.questions.count == 1, let question = query.questions.first else {
      response.responseCode = .formatError
      return .respond(response)
    }
    switch answer(question) {
    case .addresses(let addresses, let timeToLive):
      response.answers = Self.records(question.name, addresses, timeToLive, for: question)
    case .alias(let names, let addresses, let timeToLive):
      var owner = question.name
      for name in names {
        response.answers.append(
          DNSResourceRecord(name: owner, timeToLive: timeToLive, data: .cname(name)))
        owner = name
      }
      response.answers += Self.records(owner, addresses, timeToLive, for: question)
    case .forward(let server): return .forward(to: server)
    case .nameNotFound: response.responseCode = .nameError
    case .refused: response.responseCode = .refused
    }
    return .respond(response)
  }

  /// The records of a name that `question` is about.
  private static func records(
    _ name: DNSName, _ addresses: [IPAddress], _ timeToLive: UInt32, for question: DNSQuestion
  ) -> [DNSResourceRecord] {
    guard question.recordClass == .internet else { return [] }
    var records: [DNSResourceRecord] = []
    for address in addresses {
      let data: DNSRecordData
      switch address {
      case .v4(let address): data = .a(address)
      case .v6(let address): data = .aaaa(address)
      }
      if question.type == data.type || question.type == .any {
        records.append(DNSResourceRecord(name: name, timeToLive: timeToLive, data: data))
      }
    }
    return records
  }

  /// How long an answer to `query` over UDP may be, in bytes (RFC 6891, section 6.2.3).
  func limit(for query: DNSMessage) -> Int {
    let plain = DNSMessage.maximumPlainUDPByteCount
    guard let offered = query.edns?.payloadByteCount else { return plain }
    return min(max(plain, Int(offered)), max(plain, payloadLimit))
  }

  /// The bytes of `response`, cut to what `limit` allows.
  static func encoded(_ response: DNSMessage, limit: Int) -> [UInt8] {
    let encoded = response.encoded()
    if encoded.count <= limit { return encoded }
    // RFC 1035, section 4.2.1: what does not fit is left out, and the header says so.
    var response = response
    response.isTruncated = true
    while !response.answers.isEmpty {
      response.answers.removeLast()
      let shorter = response.encoded()
      if shorter.count <= limit { return shorter }
    }
    return response.encoded()
  }
}
