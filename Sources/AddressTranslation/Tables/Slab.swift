/// A record that can be kept in a ``Slab``.
protocol SlabRecord: BitwiseCopyable {
  /// Chains the free records; has no meaning of its own while the record is in use.
  var nextFree: UInt32 { get set }
}

/// Records of one size, each with a number that stays the same for its life.
///
/// The records lie in chunks of 2^15, which for flows is two megabytes, a huge page. A chunk is
/// never moved, so that growing a large slab copies nothing and stalls nobody; only the first
/// begins small and is copied a few times before it is made whole. Number 0 is never given out and
/// stands for *none*.
///
/// It is safe because every access is checked against the numbers given out so far, and all
/// records up to there lie in chunks that are not freed before the slab is.
@safe struct Slab<Record: SlabRecord>: ~Copyable {
  private typealias Chunk = UnsafeMutablePointer<Record>

  /// Records in the first chunk when it is made, and the first number given out.
  private static var smallest: UInt32 { 16 }
  /// Records in a whole chunk are two to this power.
  private static var chunkBitCount: UInt32 { 15 }
  /// Records up to which the first chunk grows step by step.
  ///
  /// Then it is made whole: what it does not use yet is only address space.
  private static var stepped: UInt32 { 1 << 10 }
  /// No number is as large.
  private static var limit: UInt32 { 1 << 31 }

  private var chunks: UnsafeMutablePointer<Chunk>?
  private var chunkCount = 0
  /// Room for chunks in `chunks`.
  private var chunkCapacity = 0
  /// Records there is room for.
  private var capacity: UInt32 = 0
  /// Numbers below need no new memory.
  private var ready: UInt32 = 0
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
      unsafe ZeroedMemory.deallocate(
        chunks[k], byteCount: Self.byteCount(min(capacity, 1 << Self.chunkBitCount)))
    }
    unsafe chunks.deallocate()
  }

  private static func byteCount(_ count: UInt32) -> Int {
    Int(count) * MemoryLayout<Record>.stride
  }

  /// The numbers given out so far, whether in use or not.
  var indices: Range<UInt32> { Self.smallest..<end }

  @inline(__always)
  private func pointer(to index: UInt32) -> UnsafeMutablePointer<Record> {
    precondition(index < end, "no such record")
    // Both exist: 0 was not asked for before the first chunk was made, all else was given out.
    let chunk = unsafe chunks.unsafelyUnwrapped[Int(index &>> Self.chunkBitCount)]
    return unsafe chunk + Int(index & (1 &<< Self.chunkBitCount &- 1))
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
      guard end < Self.limit else { return nil }
      if end >= ready { makeReady() }
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

  /// Makes room for `count` records in all, at once.
  mutating func reserve(_ count: Int) {
    while Int(capacity) < min(count + Int(Self.smallest), Int(Self.limit)) { grow(.immediate) }
  }

  /// Makes memory for the next records, 64 kilobytes at a time once there is a whole chunk.
  @inline(never)
  private mutating func makeReady() {
    if end >= capacity { grow() }
    let whole: UInt32 = 1 << Self.chunkBitCount
    guard capacity >= whole, let chunks = unsafe chunks else { return ready = capacity }
    let step: UInt32 = 1 << 16 / UInt32(MemoryLayout<Record>.stride)
    ready = min(capacity, end + step)
    let page = 1 << 12
    let start = Self.byteCount(end % whole) & ~(page - 1)
    unsafe ZeroedMemory.prepare(
      start..<start + 16 * page, of: chunks[Int(end / whole)], byteCount: Self.byteCount(whole))
  }

  private mutating func grow(_ readiness: ZeroedMemory.Readiness = .gradual) {
    let whole: UInt32 = 1 << Self.chunkBitCount
    if capacity >= whole {
      unsafe addChunk(Self.makeChunk(whole, readiness))
      capacity += whole
    } else {
      let isSmall = readiness == .gradual && capacity < Self.stepped
      let larger = isSmall ? max(capacity * 2, Self.smallest * 2) : whole
      let chunk = unsafe Self.makeChunk(larger, readiness)
      if let chunks = unsafe chunks {
        unsafe chunk.update(from: chunks[0], count: Int(capacity))
        unsafe ZeroedMemory.deallocate(chunks[0], byteCount: Self.byteCount(capacity))
        unsafe chunks[0] = chunk
      } else {
        unsafe addChunk(chunk)
      }
      capacity = larger
    }
  }

  private mutating func addChunk(_ chunk: Chunk) {
    if chunkCount == chunkCapacity {
      chunkCapacity = max(1, chunkCapacity * 2)
      let longer = UnsafeMutablePointer<Chunk>.allocate(capacity: chunkCapacity)
      if let chunks = unsafe chunks {
        unsafe longer.initialize(from: chunks, count: chunkCount)
        unsafe chunks.deallocate()
      }
      unsafe chunks = longer
    }
    unsafe chunks.unsafelyUnwrapped.advanced(by: chunkCount).initialize(to: chunk)
    chunkCount += 1
  }

  private static func makeChunk(_ count: UInt32, _ readiness: ZeroedMemory.Readiness) -> Chunk {
    // All-zero bytes are a valid record: it is bitwise copyable and every field is a number.
    unsafe ZeroedMemory.allocate(byteCount: byteCount(count), readiness)
      .bindMemory(to: Record.self, capacity: Int(count))
  }
}
