/// Complete blocks that wait to be written.
///
/// The one place of the writer that owns raw memory.
@safe
struct BlockBuffer: ~Copyable {
  private var storage: UnsafeMutableRawPointer
  /// How much there is room for, in bytes.
  private(set) var capacity: Int
  /// How much of that is taken, in bytes.
  private(set) var used = 0
  /// Whose memory it is, if it is not the buffer's own.
  private var arena: BufferArena?

  /// A buffer in the memory of `arena`, or with memory of its own if there is none to have.
  init(capacity: Int, in arena: BufferArena? = nil) {
    self.capacity = capacity
    if let arena, let place = unsafe arena.take(capacity) {
      unsafe storage = place
      self.arena = arena
    } else {
      unsafe storage = .allocate(byteCount: capacity, alignment: 16)
      self.arena = nil
    }
  }

  deinit {
    if arena == nil { unsafe storage.deallocate() }
  }

  /// Where the next block goes.
  ///
  /// The caller has checked that it fits into ``capacity``, once for the whole block.
  @inline(__always)
  var end: UnsafeMutableRawPointer {
    unsafe storage + used
  }

  /// Takes over a block that was written at ``end``.
  @inline(__always)
  mutating func advance(by byteCount: Int) {
    used += byteCount
  }

  /// Adds `bytes`.
  ///
  /// - Precondition: they fit.
  mutating func append(_ bytes: RawSpan) {
    precondition(bytes.byteCount <= capacity - used, "the buffer is full")
    unsafe end.copy(bytes, bytes.byteCount, at: 0)
    used += bytes.byteCount
  }

  /// Gives up the last `byteCount` bytes.
  ///
  /// - Precondition: so many wait.
  mutating func removeLast(_ byteCount: Int) {
    precondition(byteCount >= 0 && byteCount <= used, "more than the buffer holds")
    used -= byteCount
  }

  mutating func removeAll() {
    used = 0
  }

  mutating func grow(to newCapacity: Int) {
    precondition(newCapacity >= used, "a buffer never loses bytes")
    let larger = UnsafeMutableRawPointer.allocate(byteCount: newCapacity, alignment: 16)
    unsafe larger.copyMemory(from: storage, byteCount: used)
    if arena == nil { unsafe storage.deallocate() }
    arena = nil
    unsafe storage = larger
    capacity = newCapacity
  }

  /// Everything that waits.
  @unsafe
  func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
    unsafe body(UnsafeRawBufferPointer(start: storage, count: used))
  }

  /// Gives `body` everything that waits.
  func withSpan<R>(_ body: (RawSpan) -> R) -> R {
    body(unsafe RawSpan(_unsafeStart: storage, byteCount: used))
  }

  /// The 32-bit number at `offset`, in the order given.
  ///
  /// - Precondition: it lies within what waits.
  func word(at offset: Int, bigEndian: Bool) -> UInt32 {
    precondition(offset >= 0 && offset <= used - 4, "outside the buffer")
    let word = unsafe storage.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    return bigEndian ? word.bigEndian : word.littleEndian
  }
}

extension UnsafeMutableRawPointer {
  /// Stores `value` in little-endian order; `offset` need not be aligned.
  @inline(__always)
  func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int) {
    unsafe storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
  }

  /// Copies the first `byteCount` bytes of `source`.
  @inline(__always)
  func copy(_ source: RawSpan, _ byteCount: Int, at offset: Int) {
    unsafe source.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      unsafe (self + offset).copyMemory(from: start, byteCount: byteCount)
    }
  }
}
