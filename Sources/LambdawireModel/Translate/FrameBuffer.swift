/// A frame that is being rewritten.
///
/// The one place here that owns raw memory; it grows to the longest frame there is.
@safe struct FrameBuffer: ~Copyable {
  private var storage: UnsafeMutableRawPointer
  private var capacity: Int
  private(set) var byteCount = 0

  init() {
    capacity = 1 << 17
    unsafe storage = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit {
    unsafe storage.deallocate()
  }

  /// Takes a copy of `bytes`, followed by zeros up to `byteCount` if that is longer.
  @inline(__always)
  mutating func load(_ bytes: RawSpan, byteCount: Int) {
    let count = max(bytes.byteCount, byteCount)
    if count > capacity { grow(to: count) }
    unsafe bytes.withUnsafeBytes { source in
      guard let start = source.baseAddress else { return }
      unsafe storage.copyMemory(from: start, byteCount: source.count)
    }
    if count > bytes.byteCount { zero(bytes.byteCount..<count) }
    self.byteCount = count
  }

  @inline(never)
  private mutating func grow(to byteCount: Int) {
    unsafe storage.deallocate()
    capacity = byteCount * 2
    unsafe storage = .allocate(byteCount: capacity, alignment: 16)
  }

  @inline(never)
  private mutating func zero(_ range: Range<Int>) {
    unsafe (storage + range.lowerBound).initializeMemory(
      as: UInt8.self, repeating: 0, count: range.count)
  }

  /// Sets the length, for a frame that is made here.
  ///
  /// - Precondition: the buffer has room for it.
  mutating func setByteCount(_ byteCount: Int) {
    precondition(byteCount >= 0 && byteCount <= capacity, "the frame does not fit")
    self.byteCount = byteCount
  }

  /// Lends the frame for rewriting.
  @inline(__always)
  mutating func edit<Result>(_ body: (inout MutableRawSpan) -> Result) -> Result {
    var span = unsafe MutableRawSpan(_unsafeStart: storage, byteCount: byteCount)
    return body(&span)
  }

  /// Lends the first `count` bytes of the frame.
  ///
  /// - Precondition: there are so many.
  @inline(__always)
  func withBytes<Result>(first count: Int, _ body: (RawSpan) -> Result) -> Result {
    precondition(count <= byteCount, "longer than the frame")
    return body(unsafe RawSpan(_unsafeStart: storage, byteCount: count))
  }
}
