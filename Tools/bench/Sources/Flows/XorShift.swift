/// Marsaglia's generator ("Xorshift RNGs", 2003), the same as the peer's, so that both look up the
/// same flows in the same order.
struct XorShift {
  private var state: UInt64 = 88_172_645_463_325_252

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
