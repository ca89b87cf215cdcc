import PacketFormats

/// Reads the members of a JSON object that stands on one line (RFC 8259).
///
/// Texts and whole numbers are told; other values are checked and passed over.
struct JSONLine {
  enum Value: Hashable {
    case text(String)
    case number(Int64)
    case other
  }

  /// What is wrong, and at which byte of the line.
  struct Problem: Error {
    var found: String
    var expected: String
  }

  private var position = 0
  private let end: Int
  /// How deep values may be nested: more is no record of ours.
  private static let depthLimit = 32

  private init(end: Int) {
    self.end = end
  }

  /// Tells every member of the object in `line`.
  static func read(
    _ line: RawSpan, _ tell: (String, Value) -> Void
  ) throws(Problem) {
    var reader = JSONLine(end: line.byteCount)
    reader.skipBlanks(line)
    try reader.members(line, depth: 0, tell)
    reader.skipBlanks(line)
    guard reader.position == reader.end else {
      throw reader.problem(line, "the end of the line")
    }
  }

  /// Makes sure that `text` is one object.
  static func check(_ text: String) throws(Problem) {
    let bytes = Array(text.utf8)
    try unsafe read(bytes.span.bytes) { _, _ in }
  }

  private func byte(_ line: RawSpan) -> UInt8? {
    position < end ? line[Field<UInt8>(at: 0), at: position] : nil
  }

  private func problem(_ line: RawSpan, _ expected: String) -> Problem {
    guard let byte = byte(line) else {
      return Problem(found: "the end of the line", expected: expected)
    }
    let shown =
      byte > 0x20 && byte < 0x7f
      ? "`\(Unicode.Scalar(byte))`" : "a byte 0x\(String(byte, radix: 16))"
    return Problem(found: "\(shown) in column \(position + 1)", expected: expected)
  }

  private mutating func skipBlanks(_ line: RawSpan) {
    while let byte = byte(line), byte == 0x20 || byte == 0x09 || byte == 0x0d { position += 1 }
  }

  private mutating func take(_ wanted: Unicode.Scalar, _ line: RawSpan) -> Bool {
    guard let byte = byte(line), UInt32(byte) == wanted.value else { return false }
    position += 1
    return true
  }

  private mutating func members(
    _ line: RawSpan, depth: Int, _ tell: (String, Value) -> Void
  ) throws(Problem) {
    guard take("{", line) else { throw problem(line, "an object, which begins with `{`") }
    skipBlanks(line)
    if take("}", line) { return }
    while true {
      skipBlanks(line)
      let key = try text(line)
      skipBlanks(line)
      guard take(":", line) else { throw problem(line, "`:`") }
      skipBlanks(line)
      tell(key, try value(line, depth: depth + 1))
      skipBlanks(line)
      if take("}", line) { return }
      guard take(",", line) else { throw problem(line, "`,` or `}`") }
    }
  }

  private mutating func value(_ line: RawSpan, depth: Int) throws(Problem) -> Value {
    guard depth < Self.depthLimit else {
      throw Problem(found: "values in values in values", expected: "an object of plain values")
    }
    switch byte(line) {
    case UInt8(ascii: "\""): return .text(try text(line))
    case UInt8(ascii: "{"):
      try members(line, depth: depth) { _, _ in }
      return .other
    case UInt8(ascii: "["):
      position += 1
      skipBlanks(line)
      if take("]", line) { return .other }
      while true {
        skipBlanks(line)
        _ = try value(line, depth: depth + 1)
        skipBlanks(line)
        if take("]", line) { return .other }
        guard take(",", line) else { throw problem(line, "`,` or `]`") }
      }
    case UInt8(ascii: "t"): return try word("true", line)
    case UInt8(ascii: "f"): return try word("false", line)
    case UInt8(ascii: "n"): return try word("null", line)
    default: return try number(line)
    }
  }

  private mutating func word(_ word: StaticString, _ line: RawSpan) throws(Problem) -> Value {
    for scalar in word.description.unicodeScalars {
      guard take(scalar, line) else { throw problem(line, "`\(word)`") }
    }
    return .other
  }

  private mutating func digits(_ line: RawSpan) throws(Problem) {
    guard let first = byte(line), (48...57).contains(first) else {
      throw problem(line, "a value")
    }
    while let byte = byte(line), (48...57).contains(byte) { position += 1 }
  }

  private mutating func number(_ line: RawSpan) throws(Problem) -> Value {
    let start = position
    _ = take("-", line)
    let firstDigit = position
    try digits(line)
    guard position == firstDigit + 1 || line[Field<UInt8>(at: 0), at: firstDigit] != 48 else {
      position = firstDigit
      throw problem(line, "a number without a zero in front")
    }
    var isWhole = true
    if take(".", line) {
      isWhole = false
      try digits(line)
    }
    if take("e", line) || take("E", line) {
      isWhole = false
      if !take("+", line) { _ = take("-", line) }
      try digits(line)
    }
    guard isWhole, let value = Int64(string(line, start..<position)) else { return .other }
    return .number(value)
  }

  /// Reads a text with its quotation marks.
  private mutating func text(_ line: RawSpan) throws(Problem) -> String {
    guard take("\"", line) else { throw problem(line, "a text, which begins with `\"`") }
    let start = position
    while let byte = byte(line), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
      guard byte >= 0x20 else { throw problem(line, "no control character in a text") }
      position += 1
    }
    if byte(line) == UInt8(ascii: "\"") {
      position += 1
      return string(line, start..<position - 1)
    }
    return try escapedText(line, start)
  }

  private func string(_ line: RawSpan, _ range: Range<Int>) -> String {
    unsafe line.extracting(range).withUnsafeBytes { bytes in
      unsafe String(decoding: bytes, as: UTF8.self)
    }
  }

  /// Reads the rest of a text that has escapes in it.
  private mutating func escapedText(_ line: RawSpan, _ start: Int) throws(Problem) -> String {
    var bytes = Array(string(line, start..<position).utf8)
    while let byte = byte(line), byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw problem(line, "no control character in a text") }
      position += 1
      guard byte == UInt8(ascii: "\\") else {
        bytes.append(byte)
        continue
      }
      bytes += String(try escape(line)).utf8
    }
    guard take("\"", line) else { throw problem(line, "`\"` at the end of the text") }
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func escape(_ line: RawSpan) throws(Problem) -> Unicode.Scalar {
    let letters: [(Unicode.Scalar, Unicode.Scalar)] = [
      ("\"", "\""), ("\\", "\\"), ("/", "/"), ("b", "\u{8}"), ("f", "\u{c}"), ("n", "\n"),
      ("r", "\r"), ("t", "\t"),
    ]
    for (letter, meaning) in letters where take(letter, line) { return meaning }
    guard take("u", line) else { throw problem(line, "an escape such as `\\n`") }
    let high = try hexadecimal(line)
    guard high & 0xf800 == 0xd800 else {
      return Unicode.Scalar(high) ?? "\u{fffd}"
    }
    // Two halves of a character beyond the first 65,536 (RFC 8259, section 7).
    guard high < 0xdc00, take("\\", line), take("u", line) else {
      throw problem(line, "the other half of a surrogate pair")
    }
    let low = try hexadecimal(line)
    guard low & 0xfc00 == 0xdc00 else {
      throw problem(line, "the other half of a surrogate pair")
    }
    return Unicode.Scalar(0x1_0000 + (high & 0x3ff) << 10 + low & 0x3ff) ?? "\u{fffd}"
  }

  private mutating func hexadecimal(_ line: RawSpan) throws(Problem) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = byte(line), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw problem(line, "four hexadecimal digits")
      }
      position += 1
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}
