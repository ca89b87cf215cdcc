/// The text of one capture comment while it is composed: a fixed number of bytes, no allocation.
///
/// What does not fit is left out; comments are for people, and nothing reads them back.
@safe public struct CommentText: ~Copyable {
  /// The longest comment, in bytes.
  public static let capacity = 512

  private let storage: UnsafeMutableRawPointer
  public private(set) var byteCount = 0

  init() {
    unsafe storage = .allocate(byteCount: Self.capacity + 24, alignment: 16)
  }

  deinit {
    unsafe storage.deallocate()
  }

  mutating func removeAll() {
    byteCount = 0
  }

  /// Adds one byte of UTF-8.
  @inline(__always)
  public mutating func append(byte: UInt8) {
    guard byteCount < Self.capacity else { return }
    unsafe storage.storeBytes(of: byte, toByteOffset: byteCount, as: UInt8.self)
    byteCount &+= 1
  }

  /// Adds a fixed text.
  public mutating func append(_ text: StaticString) {
    let count = min(text.utf8CodeUnitCount, Self.capacity &- byteCount)
    guard text.hasPointerRepresentation, count > 0 else { return }
    unsafe (storage + byteCount).copyMemory(from: text.utf8Start, byteCount: count)
    byteCount &+= count
  }

  /// Adds a text made while the program runs; for the slow path.
  public mutating func append(_ text: String) {
    for byte in text.utf8 { append(byte: byte) }
  }

  /// Adds a number in decimal.
  @inline(__always)
  public mutating func append(decimal value: UInt32) {
    if value < 10 {
      append(byte: 48 &+ UInt8(truncatingIfNeeded: value))
      return
    }
    guard byteCount &+ 10 <= Self.capacity else { return }
    var digits = 2
    var limit: UInt32 = 100
    while digits < 10, value >= limit {
      digits &+= 1
      limit = limit &* 10
      if digits == 10 { break }
    }
    var rest = value
    var position = byteCount &+ digits
    byteCount = position
    while digits > 0 {
      let quotient = rest / 10
      position &-= 1
      unsafe storage.storeBytes(
        of: 48 &+ UInt8(truncatingIfNeeded: rest &- quotient &* 10), toByteOffset: position,
        as: UInt8.self)
      rest = quotient
      digits &-= 1
    }
  }

  /// The text so far.
  func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
    body(unsafe RawSpan(_unsafeStart: storage, byteCount: byteCount))
  }
}
