/// A record that can be kept in a ``Slab``.
protocol SlabRecord: BitwiseCopyable {
  /// Chains the free records; has no meaning of its own while the record is in use.
  var nextFree: UInt32 { get set }
}

/// Records of one size, each with a number that stays the same for its life.
///
/// The records lie in chunks, each as large as all before it together, so that growing moves
/// nothing and stalls nobody. Number 0 is never given out and stands for *none*.
///
/// It is safe because every access is checked against the numbers given out so far, and all
/// records up to there lie in chunks that are neither moved nor freed before the slab is.
@safe struct Slab<Record: SlabRecord>: ~Copyable {
  /// Records in the first chunk, and the first number given out.
  ///
  /// Chunk `k` holds the numbers from `16 << k` to `(32 << k) - 1`, which makes the chunk of a
  /// number the position of its highest bit.
  private static var smallest: UInt32 { 16 }
  private static var maximumChunkCount: Int { 27 }

  private var chunks: UnsafeMutablePointer<UnsafeMutablePointer<Record>?>?
  private var chunkCount = 0
  /// All numbers below have been given out at least once.
  private(set) var end: UInt32 = smallest
  private var firstFree: UInt32 = 0
  /// Records in use.
  private(set) var count = 0

  init() {
    unsafe chunks = nil
  }

  deinit {
    guard let chunks = unsafe chunks else { return }
    for k in 0..<chunkCount {
      guard let chunk = unsafe chunks[k] else { continue }
      unsafe ZeroedMemory.deallocate(chunk, byteCount: Self.byteCount(ofChunk: k))
    }
    unsafe chunks.deallocate()
  }

  private static func byteCount(ofChunk k: Int) -> Int {
    (Int(smallest) << k) * MemoryLayout<Record>.stride
  }

  /// The numbers given out so far, whether in use or not.
  var indices: Range<UInt32> { Self.smallest..<end }

  @inline(__always)
  private func pointer(to index: UInt32) -> UnsafeMutablePointer<Record> {
    precondition(index >= Self.smallest && index < end, "no such record")
    let k = 27 &- index.leadingZeroBitCount
    // Both exist, because `index` was given out.
    let chunk = unsafe chunks.unsafelyUnwrapped[k].unsafelyUnwrapped
    return unsafe chunk + Int(index & (Self.smallest &<< UInt32(k) &- 1))
  }

  subscript(index: UInt32) -> Record {
    @inline(__always) _read { yield unsafe pointer(to: index).pointee }
    @inline(__always) _modify { yield &(unsafe pointer(to: index)).pointee }
  }

  /// Hands a record to `body`, for when it is read or changed several times in a row.
  @inline(__always)
  mutating func with<Result>(_ index: UInt32, _ body: (inout Record) -> Result) -> Result {
    body(&(unsafe pointer(to: index)).pointee)
  }

  /// Takes a record into use and fills it.
  ///
  /// - Returns: its number, or `nil` if all 2^31 are in use.
  mutating func insert(_ record: Record) -> UInt32? {
    var index = firstFree
    if index != 0 {
      firstFree = self[index].nextFree
    } else {
      guard end < Self.smallest << UInt32(Self.maximumChunkCount) else { return nil }
      if end == Self.smallest << UInt32(chunkCount) { addChunk() }
      index = end
      end += 1
    }
    self[index] = record
    count += 1
    return index
  }

  /// Puts `blank` in place of the record and takes it out of use.
  mutating func remove(_ index: UInt32, leaving blank: Record) {
    self[index] = blank
    self[index].nextFree = firstFree
    firstFree = index
    count -= 1
  }

  private mutating func addChunk() {
    if unsafe chunks == nil {
      let table = UnsafeMutablePointer<UnsafeMutablePointer<Record>?>.allocate(
        capacity: Self.maximumChunkCount)
      unsafe table.initialize(repeating: nil, count: Self.maximumChunkCount)
      unsafe chunks = table
    }
    let byteCount = Self.byteCount(ofChunk: chunkCount)
    // All-zero bytes are a valid record: it is bitwise copyable and every field is a number.
    unsafe chunks.unsafelyUnwrapped[chunkCount] =
      ZeroedMemory.allocate(byteCount: byteCount).bindMemory(
        to: Record.self, capacity: byteCount / MemoryLayout<Record>.stride)
    chunkCount += 1
  }
}
