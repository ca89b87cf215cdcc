import Glibc

/// Storage for every frame in a simulation: a slab of equal slots, made once.
///
/// The slab is address space; the kernel gives it memory as slots are first used, and a slot
/// freed is the next one handed out, so a run touches no more memory than it has frames in
/// flight. Each slot begins with a line of bookkeeping, followed by head-room, so that
/// encapsulating a frame moves an offset instead of bytes. The stride is an odd number of
/// cache lines: with a power of two the same bytes of all frames would compete for a few sets.
@safe public struct FramePool: ~Copyable {
  /// The longest frame of each slot size, in bytes.
  ///
  /// The larger one holds an Ethernet frame with the 9,001-byte packets of a VPC (AWS,
  /// "Network MTU for your EC2 instance": documented).
  public static let longestFrame = (
    small: smallStride - headRoomEnd, jumbo: jumboStride - headRoomEnd
  )

  /// Bytes a tunnel may put in front of a frame: two Geneve headers over IPv4 and Ethernet.
  public static let headRoom = headRoomEnd - bookkeepingByteCount

  private static var bookkeepingByteCount: Int { 64 }
  /// Makes the IP header of a fresh Ethernet frame begin on a cache line.
  private static var headRoomEnd: Int { 178 }
  @usableFromInline static var smallStride: Int { 33 * 64 }
  @usableFromInline static var jumboStride: Int { 145 * 64 }
  /// Slots from this number on are jumbo slots.
  @usableFromInline static var firstJumbo: UInt32 { 1 << 31 }

  @usableFromInline let smallSlots: UnsafeMutableRawPointer
  @usableFromInline let jumboSlots: UnsafeMutableRawPointer
  private let smallCapacity: UInt32
  private let jumboCapacity: UInt32
  private var smallUsed: UInt32 = 0
  private var jumboUsed: UInt32 = 0
  private var firstFreeSmall: UInt32 = FramePool.none
  private var firstFreeJumbo: UInt32 = FramePool.none
  /// The number of the next frame, and how much larger that of the one after it is.
  private var nextPacketID: UInt64
  private let packetIDStep: UInt64
  /// Frames made since the pool was.
  public private(set) var madeCount: UInt64 = 0
  /// Frames that exist now.
  public private(set) var inUse = 0
  /// The most frames that ever existed at once.
  public private(set) var mostInUse = 0

  static var none: UInt32 { .max }

  /// Reserves address space for `capacity` frames of ordinary size and an eighth as many jumbo
  /// frames.
  ///
  /// - Parameters:
  ///   - capacity: How many frames of ordinary size there may be at once.
  ///   - firstPacketID: The number of the first frame.
  ///   - packetIDStep: How much larger the number of each frame is than that of the one before:
  ///     simulations whose captures are merged number their frames in turns.
  public init(capacity: Int = 1 << 21, firstPacketID: UInt64 = 1, packetIDStep: UInt64 = 1) {
    precondition((1..<Int(Self.firstJumbo)).contains(capacity), "capacity out of range")
    nextPacketID = firstPacketID
    self.packetIDStep = packetIDStep
    smallCapacity = UInt32(capacity)
    jumboCapacity = UInt32(max(1, capacity / 8))
    unsafe smallSlots = Self.reserve(byteCount: Int(smallCapacity) * Self.smallStride)
    unsafe jumboSlots = Self.reserve(byteCount: Int(jumboCapacity) * Self.jumboStride)
  }

  deinit {
    unsafe munmap(smallSlots, Int(smallCapacity) * Self.smallStride)
    unsafe munmap(jumboSlots, Int(jumboCapacity) * Self.jumboStride)
  }

  /// Address space without memory behind it yet.
  private static func reserve(byteCount: Int) -> UnsafeMutableRawPointer {
    let address = unsafe mmap(
      nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      preconditionFailure("no address space for the frame pool")
    }
    // Large pages spare a translation miss on nearly every frame once many are in flight. A
    // kernel without them loses only that.
    unsafe madvise(address, byteCount, MADV_HUGEPAGE)
    return unsafe address
  }

  @inlinable @inline(__always)
  func base(of slot: UInt32) -> UnsafeMutableRawPointer {
    if slot < Self.firstJumbo {
      return unsafe smallSlots + Int(slot) &* Self.smallStride
    }
    return unsafe jumboSlots + Int(slot &- Self.firstJumbo) &* Self.jumboStride
  }

  /// The bookkeeping at the head of a slot.
  @usableFromInline struct Bookkeeping {
    /// Next in a link's queue, or next free slot.
    var next: UInt32
    var start: UInt16
    var byteCount: UInt16
    /// When the frame leaves the link it is on, in nanoseconds.
    var arrival: Int64
    /// Breaks ties between arrivals.
    var sequence: UInt64
    @usableFromInline var packetID: UInt64
    /// What a node wants to know again when the frame comes back to it.
    @usableFromInline var note: UInt64
  }

  /// The bookkeeping of `slot`.
  @inlinable @inline(__always)
  func bookkeeping(of slot: UInt32) -> UnsafeMutablePointer<Bookkeeping> {
    unsafe base(of: slot).assumingMemoryBound(to: Bookkeeping.self)
  }

  /// A frame of `byteCount` bytes with unspecified contents and a packet number of its own.
  ///
  /// - Precondition: `byteCount` is at most the jumbo size of ``longestFrame``.
  /// - Returns: `nil` if every slot is in use.
  public mutating func makeFrame(byteCount: Int) -> Frame? {
    precondition(byteCount >= 0 && byteCount <= Self.longestFrame.jumbo, "longer than a slot")
    let slot: UInt32
    if byteCount <= Self.longestFrame.small {
      if firstFreeSmall != Self.none {
        slot = firstFreeSmall
        firstFreeSmall = unsafe bookkeeping(of: slot).pointee.next
      } else {
        guard smallUsed < smallCapacity else { return nil }
        slot = smallUsed
        smallUsed += 1
      }
    } else if firstFreeJumbo != Self.none {
      slot = firstFreeJumbo
      firstFreeJumbo = unsafe bookkeeping(of: slot).pointee.next
    } else {
      guard jumboUsed < jumboCapacity else { return nil }
      slot = Self.firstJumbo + jumboUsed
      jumboUsed += 1
    }
    unsafe bookkeeping(of: slot).pointee.packetID = nextPacketID
    nextPacketID += packetIDStep
    madeCount += 1
    inUse += 1
    if inUse > mostInUse { mostInUse = inUse }
    return Frame(slot: slot, start: UInt16(Self.headRoomEnd), byteCount: UInt16(byteCount))
  }

  /// Ends `frame`'s life and frees its slot.
  public mutating func discard(_ frame: consuming Frame) {
    free(frame.relinquish().slot)
  }

  mutating func free(_ slot: UInt32) {
    if slot < Self.firstJumbo {
      unsafe bookkeeping(of: slot).pointee.next = firstFreeSmall
      firstFreeSmall = slot
    } else {
      unsafe bookkeeping(of: slot).pointee.next = firstFreeJumbo
      firstFreeJumbo = slot
    }
    inUse -= 1
  }

  /// The number `frame` got when it was made.
  @inlinable
  public func packetID(of frame: borrowing Frame) -> PacketID {
    PacketID(rawValue: unsafe bookkeeping(of: frame.slot).pointee.packetID)
  }

  /// What a node left with ``setNote(_:on:)``.
  @inlinable
  public func note(of frame: borrowing Frame) -> UInt64 {
    unsafe bookkeeping(of: frame.slot).pointee.note
  }

  /// Leaves `note` with `frame`, for a node that sends it over a link to itself.
  ///
  /// The note is not part of the packet, and the next node may overwrite it.
  @inlinable
  public func setNote(_ note: UInt64, on frame: borrowing Frame) {
    unsafe bookkeeping(of: frame.slot).pointee.note = note
  }

  /// Gives `body` the bytes of `frame` to read and change.
  @inlinable @inline(__always)
  public mutating func withBytes<Result, Failure: Error>(
    of frame: borrowing Frame,
    _ body: (inout MutableRawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var bytes = unsafe MutableRawSpan(
      _unsafeStart: base(of: frame.slot) + Int(frame.start), byteCount: frame.byteCount)
    return try body(&bytes)
  }

  /// Gives `body` the bytes of `frame` to read.
  @inlinable @inline(__always)
  public func withContents<Result, Failure: Error>(
    of frame: borrowing Frame,
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bytes = unsafe RawSpan(
      _unsafeStart: base(of: frame.slot) + Int(frame.start), byteCount: frame.byteCount)
    return try body(bytes)
  }

  /// Copies bytes of one frame into another.
  ///
  /// - Precondition: both frames have the bytes.
  public func copyBytes(
    _ range: Range<Int>, of source: borrowing Frame, to target: borrowing Frame, at offset: Int
  ) {
    precondition(range.lowerBound >= 0 && range.upperBound <= source.byteCount, "no such bytes")
    precondition(offset >= 0 && range.count <= target.byteCount - offset, "does not fit")
    unsafe (base(of: target.slot) + Int(target.start) + offset).copyMemory(
      from: base(of: source.slot) + Int(source.start) + range.lowerBound, byteCount: range.count)
  }

  /// Makes room for `byteCount` bytes in front of the frame.
  ///
  /// - Precondition: so much ``headRoom`` is left.
  public func prepend(_ byteCount: Int, to frame: inout Frame) {
    precondition(
      byteCount >= 0 && Int(frame.start) - byteCount >= Self.bookkeepingByteCount,
      "no head-room left")
    frame.start -= UInt16(byteCount)
    frame.storedByteCount += UInt16(byteCount)
  }

  /// Takes `byteCount` bytes off the front of the frame.
  ///
  /// - Precondition: the frame has so many bytes.
  public func removeFirst(_ byteCount: Int, of frame: inout Frame) {
    precondition(byteCount >= 0 && byteCount <= frame.byteCount, "longer than the frame")
    frame.start += UInt16(byteCount)
    frame.storedByteCount -= UInt16(byteCount)
  }
}
