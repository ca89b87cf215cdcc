extension RawSpan {
  /// The number at `offset`, in the byte order given.
  ///
  /// - Precondition: the number lies inside the span.
  @inline(__always)
  func number<Value: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, bigEndian: Bool, as type: Value.Type = Value.self
  ) -> Value {
    let value = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self)
    return bigEndian ? value.bigEndian : value.littleEndian
  }

  /// A copy of part of the span.
  ///
  /// - Precondition: the part lies inside the span.
  func array(at offset: Int, count: Int) -> [UInt8] {
    unsafe extracting(offset..<offset + count).withUnsafeBytes { bytes in unsafe Array(bytes) }
  }

  /// Text without the zero bytes that some programs end it with.
  ///
  /// - Precondition: the text lies inside the span.
  func text(at offset: Int, count: Int) -> String {
    var bytes = array(at: offset, count: count)[...]
    while bytes.last == 0 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
