/// A small random number generator (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", 2014).
///
/// The draw below a bound is written out here because the standard library's may change from one
/// release of Swift to the next, and with it every captured port.
struct SplitMix64 {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A port of `range`, each as likely as any other to within one part in 2^48.
  mutating func port(in range: ClosedRange<UInt16>) -> UInt16 {
    let offset = next().multipliedFullWidth(by: UInt64(range.count)).high
    return range.lowerBound + UInt16(offset)
  }
}
