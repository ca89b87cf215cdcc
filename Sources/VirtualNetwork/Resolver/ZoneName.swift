public import PacketFormats

/// A domain name in the one spelling under which zones keep it: lower case, no final dot.
///
/// Names compare without regard to the case of ASCII letters (RFC 1035, section 2.3.3; RFC 4343).
/// Labels have 1 to 63 bytes and all together fit into 255 on the wire (RFC 1035, section 2.3.4).
public struct ZoneName: Hashable, Sendable {
  /// The name, without the dot that stands for the root.
  public let text: String

  /// Reads a name, with or without the final dot.
  ///
  /// Any printable ASCII is taken in a label, because services use underscores and asterisks.
  public init(_ name: String) throws(VirtualNetworkError) {
    guard let read = Self.canonical(name) else { throw .malformedName(name) }
    text = read
  }

  private init(canonical: String) { text = canonical }

  /// The name that a PTR question about `address` asks for (RFC 1035, section 3.5).
  public static func reverse(of address: IPv4Address) -> Self {
    let octets = stride(from: 0, through: 24, by: 8).map { shift in
      "\(UInt8(truncatingIfNeeded: address.rawValue >> UInt32(shift)))"
    }
    return Self(canonical: octets.joined(separator: ".") + ".in-addr.arpa")
  }

  /// Whether the name is `zone` or ends in it.
  public func isInside(_ zone: ZoneName) -> Bool {
    text == zone.text || text.utf8.count > zone.text.utf8.count && text.hasSuffix("." + zone.text)
  }

  /// The name without its first label.
  ///
  /// - Returns: `nil` for a name of one label, whose parent is the root.
  public var parent: ZoneName? {
    text.firstIndex(of: ".").map { ZoneName(canonical: String(text[text.index(after: $0)...])) }
  }

  /// The name with one more label in front.
  ///
  /// - Returns: `nil` if it would be too long.
  func prepending(_ label: String) -> ZoneName? {
    Self.canonical("\(label).\(text)").map { ZoneName(canonical: $0) }
  }

  /// The address that a PTR question of this name is about (RFC 1035, section 3.5).
  ///
  /// - Returns: `nil` if it is not such a name.
  public var reversedAddress: IPv4Address? {
    let suffix = ".in-addr.arpa"
    guard text.hasSuffix(suffix) else { return nil }
    let labels = text.dropLast(suffix.count).split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count == 4 else { return nil }
    var bits: UInt32 = 0
    for label in labels.reversed() {
      // Numbers as they are written, so that 007 is not taken for 7.
      guard let octet = UInt8(label), "\(octet)" == label else { return nil }
      bits = bits << 8 | UInt32(octet)
    }
    return IPv4Address(rawValue: bits)
  }

  private static func canonical(_ name: String) -> String? {
    var bytes = Array(name.utf8)
    if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
    // A length before each label and the root's zero: two more bytes than the text has.
    guard !bytes.isEmpty, bytes.count + 2 <= 255 else { return nil }
    var length = 0
    for (position, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: ".") {
        guard length > 0 else { return nil }
        length = 0
        continue
      }
      length += 1
      guard (0x21...0x7e).contains(byte), length <= 63 else { return nil }
      if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) { bytes[position] = byte | 0x20 }
    }
    return length > 0 ? String(decoding: bytes, as: UTF8.self) : nil
  }
}

extension ZoneName: CustomStringConvertible {
  public var description: String { text }
}
