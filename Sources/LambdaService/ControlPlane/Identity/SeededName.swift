import VirtualNetwork

/// Identifiers that AWS would have drawn at random, drawn from the seed and a name instead.
enum SeededName {
  /// A UUID.
  static func uuid(_ names: String..., seed: UInt64) -> String {
    var hash = SeededHash(seed: seed)
    hash.add("uuid")
    for name in names { hash.add(name) }
    let high = hash.value
    hash.add("low")
    return SeededHash.uuid(high, hash.value)
  }

  /// An identifier of IAM: a prefix such as `AROA` and 17 letters and digits, or 16 for keys (AWS,
  /// "IAM identifiers": base 32).
  static func unique(_ prefix: String, count: Int = 17, _ name: String, seed: UInt64) -> String {
    var hash = SeededHash(seed: seed)
    hash.add(prefix)
    hash.add(name)
    var bits = hash.value
    var text = prefix
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    for _ in 0..<count {
      text.append(letters[Int(bits >> 59)])
      bits = SeededHash.mix(bits)
    }
    return text
  }

  /// The identifier of an attachment: a prefix such as `ela-attach` and 17 hexadecimal digits.
  static func attachment(_ prefix: String, _ name: String, seed: UInt64) -> String {
    var hash = SeededHash(seed: seed)
    hash.add(prefix)
    hash.add(name)
    let digits = String(hash.value, radix: 16)
    return "\(prefix)-\(String(repeating: "0", count: 17 - digits.count))\(digits)"
  }
}
