/// Walks over the bytes of a text and says what was expected where it fails.
struct TextCursor {
  let form: AddressError.Form
  let bytes: [UInt8]
  private(set) var position = 0

  init(_ text: some StringProtocol, form: AddressError.Form) {
    bytes = Array(text.utf8)
    self.form = form
  }

  /// The byte at the cursor, or `nil` at the end.
  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  func failure(
    _ expected: AddressError.Expectation, at position: Int? = nil
  ) -> AddressError {
    AddressError(form, position: position ?? self.position, expected: expected)
  }

  /// Steps over `character` if it comes next.
  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(AddressError) {
    guard skip(character) else { throw failure(.character(Character(character))) }
  }

  func expectEnd() throws(AddressError) {
    guard position == bytes.count else { throw failure(.end) }
  }

  mutating func move(to position: Int) {
    self.position = position
  }

  /// Reads one hexadecimal digit if it comes next.
  mutating func hexadecimalDigit() -> UInt8? {
    let digit: UInt8
    switch next {
    case .some(let c) where c >= UInt8(ascii: "0") && c <= UInt8(ascii: "9"):
      digit = c - UInt8(ascii: "0")
    case .some(let c) where c >= UInt8(ascii: "a") && c <= UInt8(ascii: "f"):
      digit = c - UInt8(ascii: "a") + 10
    case .some(let c) where c >= UInt8(ascii: "A") && c <= UInt8(ascii: "F"):
      digit = c - UInt8(ascii: "A") + 10
    default: return nil
    }
    position += 1
    return digit
  }

  /// Reads a decimal number without leading zeros, `limit` or less.
  mutating func number(
    upTo limit: Int, else expected: AddressError.Expectation
  ) throws(AddressError) -> Int {
    let start = position
    var value = 0
    while let c = next, c >= UInt8(ascii: "0"), c <= UInt8(ascii: "9") {
      value = value * 10 + Int(c - UInt8(ascii: "0"))
      position += 1
      guard value <= limit else { throw failure(expected, at: start) }
      // Stopping at the second digit also bounds how long a run of zeros can be.
      guard position == start + 1 || bytes[start] != UInt8(ascii: "0") else {
        throw failure(.noLeadingZero, at: start)
      }
    }
    guard position > start else { throw failure(.digit) }
    return value
  }

  /// Reads four decimal octets with dots between them (RFC 6943, section 3.1.1, strict form).
  mutating func dottedQuad() throws(AddressError) -> UInt32 {
    var value = UInt32(try number(upTo: 255, else: .octet))
    for _ in 1..<4 {
      try expect(".")
      value = value << 8 | UInt32(try number(upTo: 255, else: .octet))
    }
    return value
  }
}
