import EventSimulation

/// Frames put aside until something happens: an address is resolved, a gap is filled, a delay ends.
///
/// Frames wait in lists, each known by its first and last element. Nothing is copied: the bytes
/// stay in the frame pool.
@safe struct HeldFrames: ~Copyable {
  /// A frame and what is to be known when its time comes.
  struct Element: ~Copyable {
    var frame: Frame
    /// Next in its list.
    var next: Int32
    /// Where the bytes that matter begin, counted from the start of the frame.
    var offset: UInt16
    /// How many bytes matter.
    var byteCount: UInt16
    /// The sequence number of the first of them, for a TCP segment.
    var sequenceNumber: SequenceNumber
    /// Whether a FIN follows them.
    var isLast: Bool

    consuming func takeFrame() -> Frame { frame }
  }

  /// The end of a list.
  static var none: Int32 { -1 }

  private var storage: UnsafeMutablePointer<Element>?
  private var capacity = 0
  private var used = 0
  private var freeIndices: [Int32] = []

  init() {}

  deinit {
    // Without ending the frames: a run may stop while some wait, and the pool that holds their
    // bytes ends with it.
    unsafe storage?.deallocate()
  }

  /// Frames that wait now.
  var count: Int { used - freeIndices.count }

  /// Puts `frame` aside in a list of its own.
  mutating func hold(
    _ frame: consuming Frame, offset: Int = 0, byteCount: Int = 0,
    sequenceNumber: SequenceNumber = SequenceNumber(rawValue: 0),
    isLast: Bool = false
  ) -> Int32 {
    let index: Int32
    if let free = freeIndices.popLast() {
      index = free
    } else {
      if used == capacity { grow() }
      index = Int32(used)
      used += 1
    }
    guard let storage = unsafe storage else { preconditionFailure("no room was made") }
    unsafe (storage + Int(index)).initialize(
      to: Element(
        frame: frame, next: Self.none, offset: UInt16(truncatingIfNeeded: offset),
        byteCount: UInt16(truncatingIfNeeded: byteCount), sequenceNumber: sequenceNumber,
        isLast: isLast))
    return index
  }

  private mutating func grow() {
    let larger = max(1, capacity * 2)
    let block = UnsafeMutablePointer<Element>.allocate(capacity: larger)
    if let storage = unsafe storage {
      // Only called while no place is free, so every place holds a frame.
      unsafe block.moveInitialize(from: storage, count: used)
      unsafe storage.deallocate()
    }
    unsafe storage = block
    capacity = larger
  }

  /// Gives the frame at `index` back, whose list the caller has already closed around it.
  ///
  /// - Precondition: a frame waits there.
  mutating func release(_ index: Int32) -> Element {
    precondition(index >= 0 && Int(index) < used, "no such frame")
    guard let storage = unsafe storage else { preconditionFailure("no frame was ever held") }
    freeIndices.append(index)
    return unsafe (storage + Int(index)).move()
  }

  /// The element at `index`.
  ///
  /// - Precondition: a frame waits there.
  subscript(index: Int32) -> Element {
    @inline(__always)
    unsafeAddress {
      precondition(index >= 0 && Int(index) < used, "no such frame")
      guard let storage = unsafe storage else { preconditionFailure("no frame was ever held") }
      return unsafe UnsafePointer(storage + Int(index))
    }
    @inline(__always)
    unsafeMutableAddress {
      precondition(index >= 0 && Int(index) < used, "no such frame")
      guard let storage = unsafe storage else { preconditionFailure("no frame was ever held") }
      return unsafe storage + Int(index)
    }
  }
}
