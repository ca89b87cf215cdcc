/// A growable block of records that come and go, each reached in place by its index.
///
/// A record keeps its index for life, and an index that was freed is the next one handed out.
/// Every index counts how often it has been handed out, so that a name kept too long is noticed
/// instead of reaching somebody else's record. Unlike an array the block has one owner, so
/// reaching a record asks no questions about sharing.
@safe struct RecordPool<Record: ~Copyable>: ~Copyable {
  private var storage: UnsafeMutablePointer<Record>?
  /// How often each index was taken and freed: odd while a record lives there.
  private var generations: [UInt32] = []
  private var freeIndices: [UInt32] = []
  private var capacity = 0
  /// Records that live now.
  private(set) var count = 0

  init() {}

  deinit {
    guard let storage = unsafe storage else { return }
    for index in 0..<generations.count where generations[index] & 1 == 1 {
      unsafe (storage + index).deinitialize(count: 1)
    }
    unsafe storage.deallocate()
  }

  /// One more than the highest index ever handed out.
  var endIndex: Int { generations.count }

  /// Adds `record`, which is called by the returned name from now on.
  mutating func insert(_ record: consuming Record) -> RecordID {
    let index: Int
    if let free = freeIndices.popLast() {
      index = Int(free)
    } else {
      index = generations.count
      if index == capacity { grow() }
      generations.append(0)
    }
    guard let storage = unsafe storage else { preconditionFailure("no room was made") }
    unsafe (storage + index).initialize(to: record)
    generations[index] &+= 1
    count += 1
    return id(of: index)
  }

  private mutating func grow() {
    let larger = max(4, capacity * 2)
    let block = UnsafeMutablePointer<Record>.allocate(capacity: larger)
    if let storage = unsafe storage {
      // Freed places hold nothing to move.
      for index in 0..<generations.count where generations[index] & 1 == 1 {
        unsafe (block + index).moveInitialize(from: storage + index, count: 1)
      }
      unsafe storage.deallocate()
    }
    unsafe storage = block
    capacity = larger
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
    generations[index] &+= 1
    freeIndices.append(UInt32(truncatingIfNeeded: index))
    count -= 1
    return unsafe (storage + index).move()
  }

  /// Whether a record lives at `index`.
  func contains(_ index: Int) -> Bool {
    index >= 0 && index < generations.count && generations[index] & 1 == 1
  }

  /// The name of the record at `index`.
  func id(of index: Int) -> RecordID {
    RecordID(
      index: UInt32(truncatingIfNeeded: index),
      generation: generations[index] & RecordID.generationMask)
  }

  /// The index of the record called `id`, or `nil` if it is gone.
  func index(of id: RecordID) -> Int? {
    let index = Int(id.index)
    guard contains(index), generations[index] & RecordID.generationMask == id.generation else {
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
      precondition(index >= 0 && index < generations.count, "outside the pool")
      guard let storage = unsafe storage else { preconditionFailure("an empty pool") }
      return unsafe UnsafePointer(storage + index)
    }
    @inline(__always)
    unsafeMutableAddress {
      precondition(index >= 0 && index < generations.count, "outside the pool")
      guard let storage = unsafe storage else { preconditionFailure("an empty pool") }
      return unsafe storage + index
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
