/// Why a text is not an address, a prefix or a name.
public struct AddressError: Error, Hashable, Sendable {
  /// What the text should have been.
  public var form: Form
  /// Where it went wrong, in UTF-8 bytes from the start of the text.
  ///
  /// Equal to the length of the text if something is missing at its end.
  public var position: Int
  /// What would have been right there.
  public var expected: Expectation

  public init(_ form: Form, position: Int, expected: Expectation) {
    self.form = form
    self.position = position
    self.expected = expected
  }

  /// The kinds of text that this module reads.
  public enum Form: String, Hashable, Sendable {
    case macAddress = "MAC address"
    case ipv4Address = "IPv4 address"
    case ipv4Prefix = "IPv4 prefix"
    case ipv6Address = "IPv6 address"
    case ipv6Prefix = "IPv6 prefix"
    case domainName = "domain name"
  }

  /// What may stand at a position.
  public enum Expectation: Hashable, Sendable {
    /// A decimal digit.
    case digit
    /// A number from 0 to 255 (RFC 6943, section 3.1.1).
    case octet
    /// A number without leading zeros, which some programs would take for octal (RFC 6943,
    /// section 3.1.1).
    case noLeadingZero
    /// Exactly this many hexadecimal digits.
    case hexadecimalDigits(Int)
    /// One to four hexadecimal digits.
    case hexadecimalGroup
    /// Eight groups, or fewer with one `::` (RFC 4291, section 2.2).
    case eightGroups
    /// A second `::` would leave open how many zeros each stands for (RFC 4291, section 2.2).
    case onlyOneDoubleColon
    /// No zone: it means something on one host only (RFC 4007, section 11).
    case noZone
    /// This character.
    case character(Character)
    /// A prefix length of at most this many bits.
    case prefixLength(Int)
    /// Only zeros after the prefix length: `10.0.0.0/16`, not `10.0.0.1/16`.
    case zeroHostBits
    /// A label of 1 to 63 bytes (RFC 1035, section 2.3.4).
    case label
    /// A name of at most 255 bytes in all (RFC 1035, section 2.3.4).
    case shorterName
    /// An escape: a backslash with three digits up to 255 or one other character (RFC 1035,
    /// section 5.1).
    case escape
    /// Nothing more.
    case end
  }
}

extension AddressError: CustomStringConvertible {
  public var description: String {
    "\(form.rawValue): expected \(expected) at position \(position)"
  }
}

extension AddressError.Expectation: CustomStringConvertible {
  public var description: String {
    switch self {
    case .digit: "a digit"
    case .octet: "a number from 0 to 255"
    case .noLeadingZero: "a number without leading zeros"
    case .hexadecimalDigits(let count): "\(count) hexadecimal digits"
    case .hexadecimalGroup: "1 to 4 hexadecimal digits"
    case .eightGroups: "8 groups, or fewer with '::'"
    case .onlyOneDoubleColon: "no second '::'"
    case .noZone: "no zone"
    case .character(let character): "'\(character)'"
    case .prefixLength(let limit): "a prefix length from 0 to \(limit)"
    case .zeroHostBits: "an address whose host bits are zero"
    case .label: "a label of 1 to 63 bytes"
    case .shorterName: "at most 255 bytes in all"
    case .escape: "an escape such as '\\.' or '\\046'"
    case .end: "nothing more"
    }
  }
}
