import Glibc

/// Bytes of UTF-8 text that grow at the end.
///
/// Room is made once for each piece, not for each byte as an array would. Much of it is only address
/// space until it is used.
@safe struct TextBuffer: ~Copyable {
  private var storage: UnsafeMutableRawPointer
  private var capacity: Int
  private(set) var byteCount = 0

  init() {
    capacity = 4096
    unsafe storage = Self.resize(nil, to: capacity)
  }

  deinit {
    unsafe free(storage)
  }

  /// Memory of another size with the same beginning; the system moves large pieces without a copy.
  private static func resize(
    _ storage: UnsafeMutableRawPointer?, to byteCount: Int
  ) -> UnsafeMutableRawPointer {
    guard let larger = unsafe realloc(storage, byteCount) else {
      fatalError("no memory for \(byteCount) bytes of text")
    }
    return unsafe larger
  }

  /// Makes room for `count` bytes more.
  @inline(__always)
  private mutating func reserve(_ count: Int) {
    if capacity - byteCount < count { grow(by: count) }
  }

  @inline(never)
  private mutating func grow(by count: Int) {
    let needed = byteCount + count
    if needed <= Self.smallCapacity {
      capacity = max(capacity * 2, needed)
      unsafe storage = Self.resize(storage, to: capacity)
    } else {
      growLarge(to: needed)
    }
  }

  /// Moves to memory for which the system is asked for large pages: with ordinary ones, the first
  /// touch of each costs about as much as the text that fills it.
  private mutating func growLarge(to needed: Int) {
    capacity = max(Self.largePage * 4, (needed * 2 + Self.largePage - 1) & -Self.largePage)
    var larger: UnsafeMutableRawPointer?
    guard unsafe posix_memalign(&larger, Self.largePage, capacity) == 0, let larger = unsafe larger
    else { fatalError("no memory for \(capacity) bytes of text") }
    _ = unsafe madvise(larger, capacity, MADV_HUGEPAGE)
    unsafe larger.copyMemory(from: storage, byteCount: byteCount)
    unsafe free(storage)
    unsafe storage = larger
  }

  /// What grows in ordinary memory, in bytes.
  private static var smallCapacity: Int { 1 << 17 }
  private static var largePage: Int { 1 << 21 }

  /// Adds a byte of room that ``reserve(_:)`` made.
  @inline(__always)
  private mutating func put(_ byte: UInt8) {
    unsafe storage.storeBytes(of: byte, toByteOffset: byteCount, as: UInt8.self)
    byteCount &+= 1
  }

  mutating func removeAll() { byteCount = 0 }

  /// Takes back the last `count` bytes, or all if there are fewer.
  mutating func removeLast(_ count: Int) {
    byteCount = max(0, byteCount - count)
  }

  /// Adds a text known when this was compiled.
  @inline(__always)
  mutating func append(_ text: StaticString) {
    guard text.hasPointerRepresentation else { return }
    let count = text.utf8CodeUnitCount
    reserve(count)
    unsafe (storage + byteCount).copyMemory(from: text.utf8Start, byteCount: count)
    byteCount &+= count
  }

  /// Adds bytes as they are.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    reserve(bytes.count)
    unsafe (storage + byteCount).copyMemory(from: source, byteCount: bytes.count)
    byteCount &+= bytes.count
  }

  /// Adds a number in decimal.
  mutating func append(decimal value: Int) {
    // Written from its end, two digits at a time, well behind the place where it belongs.
    reserve(1 + 2 * Self.longestNumber)
    if value < 0 { put(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let end = byteCount &+ 2 &* Self.longestNumber
    var position = end
    while rest >= 100 {
      let quotient = rest / 100
      position &-= 2
      put(pair: rest &- quotient &* 100, at: position)
      rest = quotient
    }
    if rest >= 10 {
      position &-= 2
      put(pair: rest, at: position)
    } else {
      position &-= 1
      unsafe storage.storeBytes(
        of: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest), toByteOffset: position,
        as: UInt8.self)
    }
    unsafe (storage + byteCount).copyMemory(
      from: storage + position, byteCount: end &- position)
    byteCount &+= end &- position
  }

  /// Digits of the longest number, 2⁶⁴ − 1.
  private static var longestNumber: Int { 20 }

  /// Stores two digits in room that was reserved.
  @inline(__always)
  private func put(pair number: UInt, at position: Int) {
    let tens = (number &* 103) &>> 10
    let digits = 0x3030 &+ tens &+ (number &- tens &* 10) &<< 8
    unsafe storage.storeBytes(
      of: UInt16(truncatingIfNeeded: digits).littleEndian, toByteOffset: position, as: UInt16.self)
  }

  /// Adds a JSON string with its quotation marks (RFC 8259, section 7).
  mutating func append(quoted text: String) {
    // An escape takes six bytes at most.
    reserve(text.utf8.count * 6 + 2)
    put(UInt8(ascii: "\""))
    let isPlain = unsafe text.utf8.withContiguousStorageIfAvailable { unsafe appendIfPlain($0) }
    if isPlain != true {
      for byte in text.utf8 { putEscaped(byte) }
    }
    put(UInt8(ascii: "\""))
  }

  /// Adds text that needs no escapes, which nearly all does.
  private mutating func appendIfPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let bytes = UnsafeRawBufferPointer(text)
    var position = 0
    while position < bytes.count, bytes.count >= 8 {
      // The last word may overlap the one before it.
      let start = min(position, bytes.count &- 8)
      let word = unsafe bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
      if Self.needsEscape(word) { return false }
      position &+= 8
    }
    while position < bytes.count {
      let byte = unsafe bytes[position]
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return false }
      position &+= 1
    }
    unsafe append(bytes)
    return true
  }

  /// Whether one of eight bytes is a control character, a quotation mark or a backslash.
  ///
  /// A byte below n is one whose top bit is set after n was subtracted but not before, as far as
  /// the lowest such byte is concerned, and only whether there is one matters (Warren, Hacker's
  /// Delight, section 6-1).
  @inline(__always)
  private static func needsEscape(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops = ones << 7
    let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
    let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
    let found =
      ((word &- ones &* 0x20) & ~word) | ((quotes &- ones) & ~quotes)
      | ((backslashes &- ones) & ~backslashes)
    return found & tops != 0
  }

  private mutating func putEscaped(_ byte: UInt8) {
    guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
      return put(byte)
    }
    put(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\n"): put(UInt8(ascii: "n"))
    case UInt8(ascii: "\t"): put(UInt8(ascii: "t"))
    case ..<0x20:
      for letter in ["u", "0", "0"] as [Unicode.Scalar] { put(UInt8(ascii: letter)) }
      for digit in [byte >> 4, byte & 0xf] {
        put(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      }
    default: put(byte)
    }
  }

  /// The bytes in `range`.
  ///
  /// - Precondition: `range` lies within the bytes there are.
  func withBytes<Result>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    precondition(range.upperBound <= byteCount)
    return unsafe body(
      UnsafeRawBufferPointer(start: storage + range.lowerBound, count: range.count))
  }

  /// The text so far.
  var text: String {
    unsafe withBytes(0..<byteCount) { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
