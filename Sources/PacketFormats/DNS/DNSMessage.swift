/// A DNS message (RFC 1035, section 4.1).
///
/// Unlike a packet header, a message is made of parts of any size and is therefore read into
/// arrays. Over TCP a two-byte length stands before it (RFC 1035, section 4.2.2), which is not
/// part of the message.
public struct DNSMessage: Hashable, Sendable {
  /// Header length, in bytes.
  public static let headerByteCount = 12
  /// The most a message may take over UDP without EDNS, in bytes (RFC 1035, section 2.3.4).
  public static let maximumPlainUDPByteCount = 512

  /// Connects an answer with its question.
  public var identification: UInt16
  public var isResponse: Bool
  public var operation: Operation
  public var isAuthoritativeAnswer: Bool
  /// Whether records were left out for want of room.
  public var isTruncated: Bool
  public var isRecursionDesired: Bool
  public var isRecursionAvailable: Bool
  /// RFC 4035, section 3.2.3.
  public var isAuthenticData: Bool
  /// RFC 4035, section 3.2.2.
  public var isCheckingDisabled: Bool
  /// The lower four bits; ``EDNS`` has the upper eight.
  public var responseCode: ResponseCode
  public var questions: [DNSQuestion]
  public var answers: [DNSResourceRecord]
  public var authorities: [DNSResourceRecord]
  public var additionals: [DNSResourceRecord]

  public init(
    identification: UInt16, isResponse: Bool = false, operation: Operation = .query,
    isAuthoritativeAnswer: Bool = false, isTruncated: Bool = false,
    isRecursionDesired: Bool = false, isRecursionAvailable: Bool = false,
    isAuthenticData: Bool = false, isCheckingDisabled: Bool = false,
    responseCode: ResponseCode = .noError, questions: [DNSQuestion] = [],
    answers: [DNSResourceRecord] = [], authorities: [DNSResourceRecord] = [],
    additionals: [DNSResourceRecord] = []
  ) {
    self.identification = identification
    self.isResponse = isResponse
    self.operation = operation
    self.isAuthoritativeAnswer = isAuthoritativeAnswer
    self.isTruncated = isTruncated
    self.isRecursionDesired = isRecursionDesired
    self.isRecursionAvailable = isRecursionAvailable
    self.isAuthenticData = isAuthenticData
    self.isCheckingDisabled = isCheckingDisabled
    self.responseCode = responseCode
    self.questions = questions
    self.answers = answers
    self.authorities = authorities
    self.additionals = additionals
  }

  /// What a message wants done (IANA, "DNS OpCodes").
  ///
  /// The set is open: a value without a name here still round-trips.
  public struct Operation: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let query = Self(rawValue: 0)
    public static let status = Self(rawValue: 2)
    public static let notify = Self(rawValue: 4)
    public static let update = Self(rawValue: 5)
  }

  /// What became of a question (IANA, "DNS RCODEs").
  ///
  /// The set is open: a value without a name here still round-trips.
  public struct ResponseCode: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let noError = Self(rawValue: 0)
    public static let formatError = Self(rawValue: 1)
    public static let serverFailure = Self(rawValue: 2)
    /// NXDOMAIN.
    public static let nameError = Self(rawValue: 3)
    public static let notImplemented = Self(rawValue: 4)
    public static let refused = Self(rawValue: 5)
  }

  public enum Layout {
    public static let identification = Field<UInt16>(at: 0)
    public static let flags = Field<UInt16>(at: 2)
    public static let questionCount = Field<UInt16>(at: 4)
    public static let answerCount = Field<UInt16>(at: 6)
    public static let authorityCount = Field<UInt16>(at: 8)
    public static let additionalCount = Field<UInt16>(at: 10)
  }
}

extension DNSMessage {
  /// The extension of the header, or `nil` if there is none.
  public var edns: EDNS? {
    for record in additionals {
      if let edns = EDNS(record) { return edns }
    }
    return nil
  }

  /// A response to this message with nothing in it but the questions.
  public func response(_ code: ResponseCode = .noError) -> DNSMessage {
    DNSMessage(
      identification: identification, isResponse: true, operation: operation,
      isRecursionDesired: isRecursionDesired, responseCode: code, questions: questions)
  }

  /// The second 16 bits of the header.
  var flags: UInt16 {
    precondition(operation.rawValue < 16 && responseCode.rawValue < 16, "four bits each")
    var flags = UInt16(operation.rawValue) << 11 | UInt16(responseCode.rawValue)
    if isResponse { flags |= 0x8000 }
    if isAuthoritativeAnswer { flags |= 0x0400 }
    if isTruncated { flags |= 0x0200 }
    if isRecursionDesired { flags |= 0x0100 }
    if isRecursionAvailable { flags |= 0x0080 }
    if isAuthenticData { flags |= 0x0020 }
    if isCheckingDisabled { flags |= 0x0010 }
    return flags
  }

  /// A message with this header and nothing behind it.
  init(identification: UInt16, flags: UInt16) {
    self.init(
      identification: identification, isResponse: flags & 0x8000 != 0,
      operation: Operation(rawValue: UInt8(truncatingIfNeeded: flags >> 11) & 0xf),
      isAuthoritativeAnswer: flags & 0x0400 != 0, isTruncated: flags & 0x0200 != 0,
      isRecursionDesired: flags & 0x0100 != 0, isRecursionAvailable: flags & 0x0080 != 0,
      isAuthenticData: flags & 0x0020 != 0, isCheckingDisabled: flags & 0x0010 != 0,
      responseCode: ResponseCode(rawValue: UInt8(truncatingIfNeeded: flags) & 0xf))
  }
}
