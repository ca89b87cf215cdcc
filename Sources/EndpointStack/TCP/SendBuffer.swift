import PacketFormats

/// What a connection still has to send or to have acknowledged.
///
/// Either bytes that a program wrote, in a ring that grows to what is needed; or a number of
/// bytes of ``PayloadPattern``, which are made when they are sent and kept nowhere.
@safe struct SendBuffer: ~Copyable {
  /// Bytes that are not acknowledged yet, sent or not.
  private(set) var count = 0
  private var storage: UnsafeMutableRawPointer?
  /// A power of two, or zero.
  private var capacity = 0
  /// Where in the ring the first byte stands, or its place in the pattern.
  private var start = 0
  private var isPattern = false
  /// How many bytes of the pattern were ever added.
  var patternEnd: Int { start &+ count }

  init() {}

  deinit {
    unsafe storage?.deallocate()
  }

  /// Adds `byteCount` bytes of the pattern.
  ///
  /// - Precondition: nothing else was ever added.
  mutating func appendPattern(byteCount: Int) {
    precondition(capacity == 0 && byteCount >= 0, "a stream is either made up or written")
    isPattern = true
    count += byteCount
  }

  /// Adds `bytes`.
  ///
  /// - Precondition: no pattern was ever added.
  mutating func append(_ bytes: RawSpan) {
    precondition(!isPattern, "a stream is either made up or written")
    let added = bytes.byteCount
    guard added > 0 else { return }
    if count + added > capacity { grow(to: count + added) }
    guard let storage = unsafe storage else { preconditionFailure("no room was made") }
    let position = (start + count) & (capacity - 1)
    let first = min(added, capacity - position)
    unsafe bytes.withUnsafeBytes { source in
      guard let base = source.baseAddress else { return }
      unsafe (storage + position).copyMemory(from: base, byteCount: first)
      unsafe storage.copyMemory(from: base + first, byteCount: added - first)
    }
    count += added
  }

  /// Adds the bytes at `positions` of the pattern that bodies are made of.
  ///
  /// - Precondition: ``appendPattern(byteCount:)`` was never called.
  mutating func append(bodyIn positions: Range<Int>) {
    precondition(!isPattern, "a stream is either made up or written")
    guard !positions.isEmpty else { return }
    if count + positions.count > capacity { grow(to: count + positions.count) }
    guard let storage = unsafe storage else { preconditionFailure("no room was made") }
    var position = positions.lowerBound
    while position < positions.upperBound {
      let place = (start + count) & (capacity - 1)
      let part = min(positions.upperBound - position, capacity - place)
      var bytes = unsafe MutableRawSpan(_unsafeStart: storage + place, byteCount: part)
      PayloadPattern.fillBody(&bytes, in: 0..<part, from: position)
      position += part
      count += part
    }
  }

  private mutating func grow(to needed: Int) {
    var larger = max(256, capacity)
    while larger < needed { larger *= 2 }
    let block = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    if let storage = unsafe storage {
      let first = min(count, capacity - start)
      unsafe block.copyMemory(from: storage + start, byteCount: first)
      unsafe (block + first).copyMemory(from: storage, byteCount: count - first)
      unsafe storage.deallocate()
    }
    unsafe storage = block
    capacity = larger
    start = 0
  }

  /// Forgets the first `byteCount` bytes, which have been acknowledged.
  mutating func removeFirst(_ byteCount: Int) {
    precondition(byteCount >= 0 && byteCount <= count, "more than there is")
    count -= byteCount
    start = isPattern || capacity == 0 ? start &+ byteCount : (start + byteCount) & (capacity - 1)
  }

  /// Forgets everything but ``patternEnd``, and gives the memory back.
  mutating func removeAll() {
    unsafe storage?.deallocate()
    unsafe storage = nil
    capacity = 0
    start = isPattern ? patternEnd : 0
    count = 0
  }

  /// Copies `byteCount` bytes, from `offset` on, to `place` in `target`, and sums them.
  @inline(__always)
  func copy(
    _ byteCount: Int, from offset: Int, to target: inout MutableRawSpan, at place: Int
  ) -> InternetChecksum {
    precondition(offset >= 0 && byteCount >= 0 && offset + byteCount <= count, "not there")
    var sum = InternetChecksum()
    if byteCount == 0 { return sum }
    if isPattern {
      return PayloadPattern.fill(
        &target, in: place..<place + byteCount, from: start &+ offset)
    }
    guard let storage = unsafe storage else { preconditionFailure("nothing was ever added") }
    let position = (start + offset) & (capacity - 1)
    let first = min(byteCount, capacity - position)
    let head = unsafe RawSpan(_unsafeStart: storage + position, byteCount: first)
    target.copyBytes(from: head, at: place)
    if first < byteCount {
      let tail = unsafe RawSpan(_unsafeStart: storage, byteCount: byteCount - first)
      target.copyBytes(from: tail, at: place + first)
    }
    sum.add(target.bytes, in: place..<place + byteCount)
    return sum
  }
}
