/// A 64-bit hash of a seed and names, the same in every run and on every machine.
///
/// The standard library's hash changes with each process, so nothing that ends up in a file may come
/// from it. This one is FNV-1a over the bytes, which spreads names, and the finaliser of SplitMix64
/// over the result, which spreads bits.
package struct SeededHash {
  private var state: UInt64

  package init(seed: UInt64) {
    state = 0xcbf2_9ce4_8422_2325 ^ Self.mix(seed)
  }

  /// Adds the bytes of `text` and an end mark, so that "ab" + "c" differs from "a" + "bc".
  package mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
    add(0xff)
  }

  private mutating func add(_ byte: UInt8) {
    state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
  }

  /// The hash of everything added so far.
  package var value: UInt64 { Self.mix(state) }

  /// A bijection in which every input bit can flip every output bit.
  package static func mix(_ x: UInt64) -> UInt64 {
    var z = x &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

extension SeededHash {
  /// A UUID of these bits, in its usual form.
  ///
  /// Version 4, variant 10: the bits that say "random" (RFC 9562, section 5.4).
  package static func uuid(_ high: UInt64, _ low: UInt64) -> String {
    let digits =
      hexadecimal(high & ~0xf000 | 0x4000) + hexadecimal(low & ~(0b11 << 62) | 0b10 << 62)
    var uuid = ""
    for (position, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(position) { uuid += "-" }
      uuid.append(digit)
    }
    return uuid
  }

  private static func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
