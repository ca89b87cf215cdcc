/// A stream of random numbers that belongs to one named entity.
///
/// Streams are derived from the run's seed and the entity's name, so adding an entity to a
/// scenario does not disturb the numbers that the others draw. The generator is
/// xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021),
/// its state filled by SplitMix64 as its authors recommend.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  /// The stream of the entity called `name` in a run with `seed`.
  public init(seed: UInt64, name: String) {
    // FNV-1a: the standard library's hashes change with every process.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    var mixer = hash ^ Self.mix(seed)
    func next() -> UInt64 {
      mixer &+= 0x9e37_79b9_7f4a_7c15
      return Self.mix(mixer)
    }
    state = (next(), next(), next(), next())
  }

  /// The output function of SplitMix64.
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  public mutating func next() -> UInt64 {
    func rotated(_ x: UInt64, by k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
    let result = rotated(state.1 &* 5, by: 7) &* 9
    let t = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= t
    state.3 = rotated(state.3, by: 45)
    return result
  }

  /// A number below `bound`, each equally likely up to one part in 2⁶⁴ ÷ `bound`.
  ///
  /// - Precondition: `bound` is not zero.
  public mutating func next(below bound: UInt64) -> UInt64 {
    precondition(bound > 0)
    return next().multipliedFullWidth(by: bound).high
  }

  /// A number from 0 up to but not including 1.
  ///
  /// Only for set-up and control-plane durations; nothing on the packet path uses it.
  public mutating func nextUnit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }
}
