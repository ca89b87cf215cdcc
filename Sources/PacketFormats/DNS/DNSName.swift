/// A domain name (RFC 1035, section 3.1).
///
/// Letters compare without regard to case (RFC 4343, section 3), but are kept as they were given.
public struct DNSName: Sendable {
  /// The most a name may take, in bytes, its lengths included (RFC 1035, section 2.3.4).
  @inlinable public static var maximumByteCount: Int { 255 }
  /// The most a label may take, in bytes (RFC 1035, section 2.3.4).
  @inlinable public static var maximumLabelByteCount: Int { 63 }

  /// The labels, each behind its length, and the empty label of the root.
  public private(set) var wireForm: [UInt8]

  /// The name of the root, which has no labels.
  public static let root = DNSName(wireForm: [0])

  /// A name in wire form that is known to be right.
  private init(wireForm: [UInt8]) {
    self.wireForm = wireForm
  }

  /// How many labels the name has, that of the root not counted.
  public var labelCount: Int {
    var count = 0
    var offset = 0
    while wireForm[offset] > 0 {
      offset += Int(wireForm[offset]) + 1
      count += 1
    }
    return count
  }

  /// The name without its first label, or `nil` for the root.
  public var parent: DNSName? {
    guard wireForm[0] > 0 else { return nil }
    return DNSName(wireForm: Array(wireForm[(Int(wireForm[0]) + 1)...]))
  }

  /// Whether the name is `ancestor` or lies below it.
  public func isEqualToOrBelow(_ ancestor: DNSName) -> Bool {
    var name: DNSName? = self
    while let candidate = name {
      if candidate == ancestor { return true }
      name = candidate.parent
    }
    return false
  }
}

extension DNSName {
  /// Reads labels with dots between them, such as `db.shop.internal`; a dot at the end is allowed.
  ///
  /// A backslash makes the next character, or the byte given by the next three digits, part of a
  /// label (RFC 1035, section 5.1).
  public init(_ text: some StringProtocol) throws(AddressError) {
    var cursor = TextCursor(text, form: .domainName)
    var wire: [UInt8] = []
    var label: [UInt8] = []
    if cursor.bytes == [UInt8(ascii: ".")] {
      self = .root
      return
    }
    var labelStart = 0
    while let byte = cursor.next {
      let position = cursor.position
      cursor.move(to: position + 1)
      switch byte {
      case UInt8(ascii: "."):
        guard !label.isEmpty else { throw cursor.failure(.label, at: labelStart) }
        wire.append(UInt8(label.count))
        wire += label
        label.removeAll()
        labelStart = cursor.position
      case UInt8(ascii: "\\"): label.append(try Self.escape(&cursor, at: position))
      default: label.append(byte)
      }
      guard label.count <= Self.maximumLabelByteCount else {
        throw cursor.failure(.label, at: labelStart)
      }
      // One byte each for the length of the label under way and for the root.
      let length = wire.count + (label.isEmpty ? 0 : label.count + 1) + 1
      guard length <= Self.maximumByteCount else {
        throw cursor.failure(.shorterName, at: position)
      }
    }
    if !label.isEmpty {
      wire.append(UInt8(label.count))
      wire += label
    } else if wire.isEmpty {
      throw cursor.failure(.label)
    }
    wire.append(0)
    self.init(wireForm: wire)
  }

  /// Reads what stands behind the backslash at `start`.
  private static func escape(
    _ cursor: inout TextCursor, at start: Int
  ) throws(AddressError) -> UInt8 {
    guard let first = cursor.next else { throw cursor.failure(.escape, at: start) }
    cursor.move(to: cursor.position + 1)
    guard let digit = decimalDigit(first) else { return first }
    var value = digit
    for _ in 1..<3 {
      guard let next = cursor.next, let digit = decimalDigit(next) else {
        throw cursor.failure(.escape, at: start)
      }
      value = value * 10 + digit
      cursor.move(to: cursor.position + 1)
    }
    guard let byte = UInt8(exactly: value) else { throw cursor.failure(.escape, at: start) }
    return byte
  }

  private static func decimalDigit(_ byte: UInt8) -> Int? {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? Int(byte - UInt8(ascii: "0")) : nil
  }
}

extension DNSName {
  /// Reads the name at `offset` in the message that begins at `start` and ends at `end`, and moves
  /// `offset` behind it.
  ///
  /// Every pointer must lead to an earlier place than the one before it, as a "prior occurrence"
  /// does (RFC 1035, section 4.1.4); so no message can make this go round in circles.
  init(
    parsing bytes: RawSpan, at offset: inout Int, start: Int, end: Int
  ) throws(HeaderError) {
    let byte = Field<UInt8>(at: 0)
    var wire: [UInt8] = []
    var position = offset
    // The lowest place that has been read from; pointers must lead below it.
    var lowest = offset
    var behind: Int?
    while true {
      try Dissection.require(1, of: .dns, at: position, end: end)
      let length = Int(bytes[byte, at: position])
      switch length >> 6 {
      case 0:
        try Dissection.require(1 + length, of: .dns, at: position, end: end)
        guard wire.count + 1 + length + (length == 0 ? 0 : 1) <= Self.maximumByteCount else {
          throw .malformed(.dns, offset: position, value: UInt64(length))
        }
        for i in 0...length { wire.append(bytes[byte, at: position + i]) }
        position += 1 + length
        if length == 0 {
          offset = behind ?? position
          self.init(wireForm: wire)
          return
        }
      case 3:
        try Dissection.require(2, of: .dns, at: position, end: end)
        let pointer = bytes[Field<UInt16>(at: 0), at: position] & 0x3fff
        let target = start + Int(pointer)
        // Names begin behind the header of the message.
        guard target < lowest, pointer >= DNSMessage.headerByteCount else {
          throw .malformed(.dns, offset: position, value: UInt64(pointer))
        }
        if behind == nil { behind = position + 2 }
        position = target
        lowest = target
      case 1:
        // Extended label types (RFC 6891, section 5).
        throw .unsupported(.dns, offset: position, value: UInt64(length))
      default: throw .malformed(.dns, offset: position, value: UInt64(length))
      }
    }
  }
}

extension DNSName: Hashable {
  public static func == (left: Self, right: Self) -> Bool {
    guard left.wireForm.count == right.wireForm.count else { return false }
    return zip(left.wireForm, right.wireForm).allSatisfy { lowercase($0) == lowercase($1) }
  }

  public func hash(into hasher: inout Hasher) {
    for byte in wireForm { hasher.combine(Self.lowercase(byte)) }
  }

  /// ASCII letters only; lengths are below them and stay as they are (RFC 4343, section 3).
  private static func lowercase(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }
}

extension DNSName: CustomStringConvertible {
  /// The labels with dots between them, without a dot at the end, except for the root's `.`.
  public var description: String {
    guard wireForm[0] > 0 else { return "." }
    var text = ""
    var offset = 0
    while wireForm[offset] > 0 {
      let end = offset + 1 + Int(wireForm[offset])
      if offset > 0 { text += "." }
      for byte in wireForm[(offset + 1)..<end] {
        let scalar = Unicode.Scalar(byte)
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "\\"):
          text += "\\"
          text.unicodeScalars.append(scalar)
        case 0x21...0x7e: text.unicodeScalars.append(scalar)
        default:
          let digits = String(byte)
          text += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
        }
      }
      offset = end
    }
    return text
  }
}
