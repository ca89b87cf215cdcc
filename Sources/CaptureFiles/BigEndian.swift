/// Big-endian bytes of whole numbers, for the few fields that have network order in any section.
enum BigEndian {
  static func bytes(of value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
    stride(from: value.bitWidth - 8, through: 0, by: -8).map {
      UInt8(truncatingIfNeeded: value >> $0)
    }
  }

  /// The number that `bytes` spell, of which the last that fit count.
  static func number<Value: FixedWidthInteger & UnsignedInteger>(
    _ bytes: some Sequence<UInt8>, as type: Value.Type = Value.self
  ) -> Value {
    bytes.reduce(0) { $0 << 8 | Value($1) }
  }
}
