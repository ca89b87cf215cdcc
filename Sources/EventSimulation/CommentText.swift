/// The text of one capture comment while it is composed: a fixed number of bytes, no allocation.
///
/// What does not fit is left out; comments are for people, and nothing reads them back.
@safe public struct CommentText: ~Copyable {
  /// The longest comment, in bytes.
  public static let capacity = 512

  @usableFromInline let storage: UnsafeMutableRawPointer
  /// The decimal digits of each byte with a full stop behind them, and in the top byte how many
  /// characters that makes.
  @usableFromInline let octets: UnsafeMutablePointer<UInt64>
  @usableFromInline var used = 0
  public var byteCount: Int { used }

  /// What may be written beyond the end before the end is set.
  @usableFromInline static var slack: Int { 24 }

  package init() {
    unsafe storage = .allocate(byteCount: Self.capacity + Self.slack, alignment: 16)
    unsafe octets = .allocate(capacity: 256)
    for value in 0..<256 {
      let digits = "\(value).".utf8
      let text = digits.reversed().reduce(0) { $0 << 8 | UInt64($1) }
      unsafe (octets + value).initialize(to: UInt64(digits.count) << 56 | text)
    }
  }

  deinit {
    unsafe storage.deallocate()
    unsafe octets.deallocate()
  }

  package mutating func removeAll() {
    used = 0
  }

  /// Adds one byte of UTF-8.
  @inlinable @inline(__always)
  public mutating func append(byte: UInt8) {
    guard used < Self.capacity else { return }
    unsafe storage.storeBytes(of: byte, toByteOffset: used, as: UInt8.self)
    used &+= 1
  }

  /// Adds a fixed text, whose length is known where this is called.
  @inlinable @inline(__always)
  public mutating func append(_ text: StaticString) {
    guard text.hasPointerRepresentation else { return }
    let count = text.utf8CodeUnitCount
    guard count <= Self.capacity &- used else { return appendPart(of: text) }
    unsafe (storage + used).copyMemory(from: text.utf8Start, byteCount: count)
    used &+= count
  }

  /// Adds as much of a text as there is room for.
  @usableFromInline mutating func appendPart(of text: StaticString) {
    unsafe (storage + used).copyMemory(
      from: text.utf8Start, byteCount: Self.capacity &- used)
    used = Self.capacity
  }

  /// Adds an IPv4 address and a port as `10.0.1.37:41822`.
  @inlinable
  public mutating func append(address: UInt32, port: UInt16) {
    guard used &+ 21 <= Self.capacity else { return }
    append(octet: address >> 24)
    append(octet: address >> 16 & 255)
    append(octet: address >> 8 & 255)
    append(octet: address & 255)
    unsafe storage.storeBytes(of: UInt8(ascii: ":"), toByteOffset: used &- 1, as: UInt8.self)
    // All five digits, the first in the lowest byte; zeros in front are then shifted out.
    let port = UInt64(port)
    let (hundreds, rest) = (port / 100, port % 100)
    let (tenThousands, middle) = (hundreds / 100, hundreds % 100)
    let digits =
      tenThousands | (middle / 10) << 8 | (middle % 10) << 16 | (rest / 10) << 24
      | (rest % 10) << 32
    let zeros = min(digits.trailingZeroBitCount / 8, 4)
    unsafe storage.storeBytes(
      of: ((digits | 0x30_3030_3030) >> UInt64(8 &* zeros)).littleEndian, toByteOffset: used,
      as: UInt64.self)
    used &+= 5 &- zeros
  }

  /// Adds a byte's digits and a full stop; the caller has checked that there is room.
  @inlinable @inline(__always)
  mutating func append(octet: UInt32) {
    let text = unsafe octets[Int(octet)]
    unsafe storage.storeBytes(
      of: UInt32(truncatingIfNeeded: text).littleEndian, toByteOffset: used, as: UInt32.self)
    used &+= Int(text >> 56)
  }

  /// Adds a text made while the program runs; for the slow path.
  public mutating func append(text: String) {
    for byte in text.utf8 { append(byte: byte) }
  }

  /// Adds a number in decimal; for the slow path.
  public mutating func append(decimal value: UInt32) {
    append(text: String(value))
  }

  /// The text so far.
  package func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
    body(unsafe RawSpan(_unsafeStart: storage, byteCount: used))
  }
}
