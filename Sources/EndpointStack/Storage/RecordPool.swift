/// A growable block of records that come and go, each reached in place by its index.
///
/// A record keeps its index for life, and an index that was freed is the next one handed out.
/// Every index counts how often it has been handed out, so that a name kept too long is noticed
/// instead of reaching somebody else's record. Unlike an array the block has one owner, so
/// reaching a record asks no questions about sharing.
///
/// Each record has its count and its place in the list of free indices in front of it, in one block
/// that begins with a single place: a simulation has a hundred thousand hosts with hardly anything
/// in most of their pools, and what belongs together is to be found in one line of the cache.
@safe struct RecordPool<Record: ~Copyable>: ~Copyable {
  private var storage: UnsafeMutableRawPointer?
  private var capacity: UInt32 = 0
  /// Indices that were ever handed out.
  private var used: UInt32 = 0
  private var firstFree: UInt32 = .max
  private var liveCount: UInt32 = 0

  /// What stands in front of each record.
  private struct Header {
    /// How often the index was taken and freed: odd while a record lives there.
    var generation: UInt32
    /// The index that was freed before this one.
    var nextFree: UInt32
  }

  init() {}

  deinit {
    guard let storage = unsafe storage else { return }
    for index in 0..<endIndex where contains(index) {
      unsafe Self.record(index, in: storage).deinitialize(count: 1)
    }
    unsafe storage.deallocate()
  }

  /// Records that live now.
  var count: Int { Int(liveCount) }

  /// One more than the highest index ever handed out.
  var endIndex: Int { Int(used) }

  // MARK: The block

  private static var alignment: Int {
    max(MemoryLayout<Record>.alignment, MemoryLayout<Header>.alignment)
  }

  /// Where in its place a record begins.
  @inline(__always)
  private static var recordOffset: Int {
    max(MemoryLayout<Header>.size, MemoryLayout<Record>.alignment)
  }

  @inline(__always)
  private static var stride: Int {
    (recordOffset &+ MemoryLayout<Record>.size &+ alignment &- 1) & ~(alignment &- 1)
  }

  @inline(__always)
  private static func record(
    _ index: Int, in storage: UnsafeMutableRawPointer
  ) -> UnsafeMutablePointer<Record> {
    unsafe (storage + (index &* stride &+ recordOffset)).assumingMemoryBound(to: Record.self)
  }

  @inline(__always)
  private static func header(
    _ index: Int, in storage: UnsafeMutableRawPointer
  ) -> UnsafeMutablePointer<Header> {
    unsafe (storage + (index &* stride)).assumingMemoryBound(to: Header.self)
  }

  private mutating func grow() {
    let larger = max(1, capacity * 2)
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: Int(larger) * Self.stride, alignment: Self.alignment)
    if let storage = unsafe storage {
      for index in 0..<endIndex {
        unsafe Self.header(index, in: block).initialize(to: Self.header(index, in: storage).pointee)
        // Freed places hold nothing to move.
        if contains(index) {
          unsafe Self.record(index, in: block).moveInitialize(
            from: Self.record(index, in: storage), count: 1)
        }
      }
      unsafe storage.deallocate()
    }
    unsafe storage = block
    capacity = larger
  }

  // MARK: Records

  /// Adds `record`, which is called by the returned name from now on.
  mutating func insert(_ record: consuming Record) -> RecordID {
    let index: Int
    if firstFree != .max, let storage = unsafe storage {
      index = Int(firstFree)
      firstFree = unsafe Self.header(index, in: storage).pointee.nextFree
    } else {
      index = endIndex
      if used == capacity { grow() }
      guard let storage = unsafe storage else { preconditionFailure("no room was made") }
      unsafe Self.header(index, in: storage).initialize(to: Header(generation: 0, nextFree: .max))
      used += 1
    }
    guard let storage = unsafe storage else { preconditionFailure("no room was made") }
    unsafe Self.record(index, in: storage).initialize(to: record)
    unsafe Self.header(index, in: storage).pointee.generation &+= 1
    liveCount += 1
    return id(of: index)
  }

  /// Ends the record at `index`.
  ///
  /// - Precondition: there is one.
  mutating func remove(_ index: Int) {
    _ = take(index)
  }

  /// Takes the record at `index` out.
  ///
  /// - Precondition: there is one.
  mutating func take(_ index: Int) -> Record {
    precondition(contains(index), "no such record")
    guard let storage = unsafe storage else { preconditionFailure("no record was ever added") }
    unsafe Self.header(index, in: storage).pointee.generation &+= 1
    unsafe Self.header(index, in: storage).pointee.nextFree = firstFree
    firstFree = UInt32(truncatingIfNeeded: index)
    liveCount -= 1
    return unsafe Self.record(index, in: storage).move()
  }

  /// How often `index` was taken and freed; 0 if it never was.
  @inline(__always)
  private func generation(of index: Int) -> UInt32 {
    guard index >= 0, index < endIndex, let storage = unsafe storage else { return 0 }
    return unsafe Self.header(index, in: storage).pointee.generation
  }

  /// Whether a record lives at `index`.
  @inline(__always)
  func contains(_ index: Int) -> Bool { generation(of: index) & 1 == 1 }

  /// The name of the record at `index`.
  func id(of index: Int) -> RecordID {
    precondition(index >= 0 && index < endIndex, "outside the pool")
    return RecordID(
      index: UInt32(truncatingIfNeeded: index),
      generation: generation(of: index) & RecordID.generationMask)
  }

  /// The index of the record called `id`, or `nil` if it is gone.
  @inline(__always)
  func index(of id: RecordID) -> Int? {
    let index = Int(id.index)
    let generation = generation(of: index)
    guard generation & 1 == 1, generation & RecordID.generationMask == id.generation else {
      return nil
    }
    return index
  }

  /// The record at `index`.
  ///
  /// - Precondition: there is one.
  subscript(index: Int) -> Record {
    @inline(__always)
    unsafeAddress {
      precondition(index >= 0 && index < endIndex, "outside the pool")
      guard let storage = unsafe storage else { preconditionFailure("an empty pool") }
      return unsafe UnsafePointer(Self.record(index, in: storage))
    }
    @inline(__always)
    unsafeMutableAddress {
      precondition(index >= 0 && index < endIndex, "outside the pool")
      guard let storage = unsafe storage else { preconditionFailure("an empty pool") }
      return unsafe Self.record(index, in: storage)
    }
  }
}

/// Names one record for as long as it lives.
struct RecordID: Hashable, Sendable {
  /// What fits beside an index into the token of an event.
  static let generationMask: UInt32 = 0xff_ffff

  var index: UInt32
  /// How often the index had been taken and freed, modulo 2²⁴.
  var generation: UInt32

  /// A name that no record has.
  static var none: RecordID { RecordID(index: .max, generation: 0) }
}
