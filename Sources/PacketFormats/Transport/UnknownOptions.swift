extension TCPOptions {
  /// Options that have no field of their own, as bytes one after the other.
  public struct UnknownOptions: Hashable, Sendable {
    private var storage = InlineArray<40, UInt8>(repeating: 0)
    /// How many bytes there are, 0 to 40.
    public private(set) var byteCount = 0

    public init() {}

    /// The byte at `index`.
    ///
    /// - Precondition: `index` is less than ``byteCount``.
    public subscript(index: Int) -> UInt8 {
      precondition(index >= 0 && index < byteCount, "no such byte")
      return storage[index]
    }

    /// Adds an option: its kind, its length and its data.
    ///
    /// - Precondition: all options together take at most 40 bytes.
    public mutating func append(_ bytes: RawSpan, from offset: Int, byteCount count: Int) {
      precondition(count <= TCPOptions.maximumByteCount - byteCount, "more than 40 bytes")
      for i in 0..<count {
        storage[byteCount + i] = bytes[Field<UInt8>(at: i), at: offset]
      }
      byteCount += count
    }

    /// Four bytes from `index` on, zeros (the end of the list) behind the last.
    func word(at index: Int) -> UInt32 {
      var word: UInt32 = 0
      for i in index..<index + 4 {
        word = word << 8 | (i < byteCount ? UInt32(storage[i]) : 0)
      }
      return word
    }

    public static func == (left: Self, right: Self) -> Bool {
      guard left.byteCount == right.byteCount else { return false }
      for i in 0..<left.byteCount where left.storage[i] != right.storage[i] { return false }
      return true
    }

    public func hash(into hasher: inout Hasher) {
      hasher.combine(byteCount)
      for i in 0..<byteCount { hasher.combine(storage[i]) }
    }
  }
}
