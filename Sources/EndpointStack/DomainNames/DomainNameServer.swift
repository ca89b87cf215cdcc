public import PacketFormats

/// A name server: answers questions for IPv4 addresses (RFC 1035).
public struct DomainNameServer: Sendable {
  /// What it knows about a name.
  public enum Answer: Hashable, Sendable {
    /// The addresses of the name, none if it has other records only.
    case addresses([IPv4Address], timeToLive: UInt32)
    case nameNotFound
    /// It does not answer questions about this name.
    case refused
  }

  public var port: UInt16
  /// From question to answer (A-26 and lambda-vpc §8: 200 µs, assumed).
  public var thinkTime: Duration
  /// The answer for a name.
  public var answer: @Sendable (DNSName) -> Answer

  public init(
    port: UInt16 = UDPHeader.Port.dns, thinkTime: Duration = .zero,
    answer: @escaping @Sendable (DNSName) -> Answer
  ) {
    self.port = port
    self.thinkTime = thinkTime
    self.answer = answer
  }

  /// A server for these names and no others.
  public init(
    port: UInt16 = UDPHeader.Port.dns, thinkTime: Duration = .zero,
    addresses: [DNSName: [IPv4Address]], timeToLive: UInt32 = 60
  ) {
    self.init(port: port, thinkTime: thinkTime) { name in
      guard let found = addresses[name] else { return .nameNotFound }
      return .addresses(found, timeToLive: timeToLive)
    }
  }

  /// What a resolver that recurses would answer to `query`, or `nil` if nothing.
  func response(to query: DNSMessage) -> DNSMessage? {
    // Answering an answer could go on for ever.
    guard !query.isResponse else { return nil }
    var response = query.response()
    response.isRecursionAvailable = true
    guard query.operation == .query else {
      response.responseCode = .notImplemented
      return response
    }
    guard query.questions.count == 1, let question = query.questions.first else {
      response.responseCode = .formatError
      return response
    }
    switch answer(question.name) {
    case .addresses(let addresses, let timeToLive):
      if question.type == .a || question.type == .any, question.recordClass == .internet {
        response.answers = addresses.map {
          DNSResourceRecord(name: question.name, timeToLive: timeToLive, data: .a($0))
        }
      }
    case .nameNotFound: response.responseCode = .nameError
    case .refused: response.responseCode = .refused
    }
    return response
  }

  /// The bytes of the answer to `query`, or `nil` if there is none.
  func encodedResponse(to query: DNSMessage) -> [UInt8]? {
    guard var response = response(to: query) else { return nil }
    let encoded = response.encoded()
    if encoded.count <= DNSMessage.maximumPlainUDPByteCount { return encoded }
    // RFC 1035, section 4.2.1: what does not fit is left out, and the header says so.
    response.isTruncated = true
    while !response.answers.isEmpty {
      response.answers.removeLast()
      let shorter = response.encoded()
      if shorter.count <= DNSMessage.maximumPlainUDPByteCount { return shorter }
    }
    return response.encoded()
  }
}
