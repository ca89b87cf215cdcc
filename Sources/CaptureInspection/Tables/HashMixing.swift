/// Hashing that is the same in every process, unlike the standard library's.
///
/// Results must not depend on the run, so nothing here is seeded: a capture made on purpose can
/// make tables slow, but not wrong.
enum HashMixing {
  static let first: UInt64 = 0x9e37_79b9_7f4a_7c15
  static let second: UInt64 = 0xbf58_476d_1ce4_e5b9
  static let third: UInt64 = 0x94d0_49bb_1331_11eb

  /// Folds the full product of two words into one.
  @inline(__always)
  static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }

  /// Spreads a counter, such as a packet id, over all bits.
  @inline(__always)
  static func spread(_ word: UInt64) -> UInt64 {
    mix(word ^ first, second)
  }
}
