/// A DNS message (RFC 1035, section 4.1).
///
/// Unlike a packet header, a message is made of parts of any size and is therefore read into
/// arrays. Over TCP a two-byte length stands before it (RFC 1035, section 4.2.2), which is not
/// part of the message.
public struct DNSMessage: Hashable, Sendable {
  /// Header length, in bytes.
  @inlinable public static var headerByteCount: Int { 12 }
  /// The most a message may take over UDP without EDNS, in bytes (RFC 1035, section 2.3.4).
  @inlinable public static var maximumPlainUDPByteCount: Int { 512 }

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
    @inlinable public static var query: Self { Self(rawValue: 0) }
    @inlinable public static var status: Self { Self(rawValue: 2) }
    @inlinable public static var notify: Self { Self(rawValue: 4) }
    @inlinable public static var update: Self { Self(rawValue: 5) }
  }

  /// What became of a question (IANA, "DNS RCODEs").
  ///
  /// The set is open: a value without a name here still round-trips.
  public struct ResponseCode: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    @inlinable public static var noError: Self { Self(rawValue: 0) }
    @inlinable public static var formatError: Self { Self(rawValue: 1) }
    @inlinable public static var serverFailure: Self { Self(rawValue: 2) }
    /// NXDOMAIN.
    @inlinable public static var nameError: Self { Self(rawValue: 3) }
    @inlinable public static var notImplemented: Self { Self(rawValue: 4) }
    @inlinable public static var refused: Self { Self(rawValue: 5) }
  }

  public enum Layout {
    @inlinable public static var identification: Field<UInt16> { Field(at: 0) }
    @inlinable public static var flags: Field<UInt16> { Field(at: 2) }
    @inlinable public static var questionCount: Field<UInt16> { Field(at: 4) }
    @inlinable public static var answerCount: Field<UInt16> { Field(at: 6) }
    @inlinable public static var authorityCount: Field<UInt16> { Field(at: 8) }
    @inlinable public static var additionalCount: Field<UInt16> { Field(at: 10) }
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
