/// A place in a TCP stream, counted modulo 2³² (RFC 9293, section 3.4).
///
/// Two of them compare by which is the nearer way round, so the order is not transitive and the
/// type is not `Comparable`.
struct SequenceNumber: RawRepresentable, Hashable {
  var rawValue: UInt32

  init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  static func + (number: Self, count: Int) -> Self {
    Self(rawValue: number.rawValue &+ UInt32(truncatingIfNeeded: count))
  }

  static func += (number: inout Self, count: Int) {
    number = number + count
  }

  /// How far `left` is behind `right`, negative if it stands before it.
  static func - (left: Self, right: Self) -> Int {
    Int(Int32(bitPattern: left.rawValue &- right.rawValue))
  }

  static func < (left: Self, right: Self) -> Bool { left - right < 0 }
  static func <= (left: Self, right: Self) -> Bool { left - right <= 0 }
  static func > (left: Self, right: Self) -> Bool { left - right > 0 }
  static func >= (left: Self, right: Self) -> Bool { left - right >= 0 }

  /// Whichever of the two stands later.
  static func later(_ left: Self, _ right: Self) -> Self { left < right ? right : left }
}
