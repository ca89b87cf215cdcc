import Glibc

/// Writes a pcapng file, little-endian and with nanosecond timestamps.
///
/// Blocks collect in one buffer that goes to the file when it is full, so writing a packet costs a
/// copy: no allocation, no reference counting, no system call. The buffer starts small, so that a file
/// with little in it costs little.
///
/// Writing never throws. The first refusal of the system is kept in ``failure``, the file is cut
/// back to its last complete block, and what comes later is discarded and counted. ``finish()``
/// throws it. A writer that goes away without `finish()` still writes what it holds.
///
/// A process whose pipe was closed or whose file reached `RLIMIT_FSIZE` is killed by a signal unless
/// it ignores `SIGPIPE` and `SIGXFSZ`; doing that is the program's business.
public struct PcapngWriter: ~Copyable {
  private var file: OutputFile
  private let bufferLimit: Int
  var buffer: BlockBuffer
  /// Writes full buffers on another thread, if there is one.
  private var writeBehind: WriteBehind?
  /// The file as that thread knows it.
  private var fileBehind: FileBehind?
  /// What that thread has got and not reported yet.
  private var pendingByteCount = 0
  private var pendingPacketCount: UInt64 = 0
  /// How far packets may fill the buffer; 0 sends every one of them to ``makeRoom(for:)``.
  var fastEnd: Int
  /// What went to the file, in bytes.
  private var flushedByteCount: UInt64 = 0
  /// Packets in complete blocks of the file.
  private var flushedPacketCount: UInt64 = 0
  /// Packets in the buffer.
  var heldPacketCount: UInt64 = 0
  /// Byte order of the block at the start of the buffer, which a copied section decides.
  private var startsBigEndian = false
  /// Byte order of the section being written.
  private var isBigEndian = false
  /// What the times of each interface are written without, in nanoseconds.
  private var timeOffsets: [Int64] = []
  var interfaceCount: UInt32 = 0
  private var hasTimeOffsets = false

  /// Why the file could not be written, if so: the first reason counts.
  public private(set) var failure: CaptureFileError?
  /// Packets that came after ``failure`` or were lost with it.
  public internal(set) var discardedPacketCount: UInt64 = 0

  /// Length of the file so far, in bytes, including what is still held back.
  public var byteCount: UInt64 { flushedByteCount + UInt64(pendingByteCount + buffer.used) }
  /// Packets written so far, including those still held back; after a failure, those safe in the
  /// file.
  public var packetCount: UInt64 { flushedPacketCount + pendingPacketCount + heldPacketCount }

  /// Size of the buffer at first, in bytes.
  private static let firstCapacity = 1 << 12
  /// Its size once that is too small, in bytes.
  private static let usualCapacity = 1 << 16

  private static var foreignSection: String {
    "this section's numbers are big-endian: blocks can only be copied into it"
  }

  init(file: consuming OutputFile, bufferByteCount: Int) {
    precondition(bufferByteCount > 0, "a writer needs a buffer")
    self.file = file
    bufferLimit = bufferByteCount
    fastEnd = min(Self.firstCapacity, bufferByteCount)
    buffer = BlockBuffer(capacity: fastEnd)
  }

  /// Creates a file and begins a section.
  ///
  /// - Parameters:
  ///   - path: Where to create the file.
  ///   - section: What the section says about itself.
  ///   - overwrite: Whether an existing file is emptied; otherwise it is an error.
  ///   - bufferByteCount: How much to collect before writing to the file, in bytes.
  /// - Throws: ``CaptureFileError/cannotOpen(path:code:)``.
  public init(
    path: String, section: SectionHeader = SectionHeader(), overwrite: Bool = false,
    bufferByteCount: Int = 1 << 18
  ) throws(CaptureFileError) {
    self.init(
      file: try OutputFile(path: path, overwrite: overwrite), bufferByteCount: bufferByteCount)
    append(section.block)
  }

  /// Begins a section on a descriptor that is open for writing, such as standard output.
  ///
  /// - Parameters:
  ///   - fileDescriptor: Where to write.
  ///   - name: What messages call it.
  ///   - section: What the section says about itself.
  ///   - closing: Whether the writer closes the descriptor at the end.
  ///   - bufferByteCount: How much to collect before writing to the file, in bytes.
  public init(
    fileDescriptor: Int32, name: String = "standard output",
    section: SectionHeader = SectionHeader(), closing: Bool = false,
    bufferByteCount: Int = 1 << 18
  ) {
    self.init(
      file: OutputFile(descriptor: fileDescriptor, name: name, owned: closing),
      bufferByteCount: bufferByteCount)
    append(section.block)
  }

  /// Creates a file for blocks of another file, section headers included.
  ///
  /// - Parameters:
  ///   - path: Where to create the file.
  ///   - overwrite: Whether an existing file is emptied; otherwise it is an error.
  ///   - bufferByteCount: How much to collect before writing to the file, in bytes.
  /// - Throws: ``CaptureFileError/cannotOpen(path:code:)``.
  public init(
    copyingTo path: String, overwrite: Bool = false, bufferByteCount: Int = 1 << 18
  ) throws(CaptureFileError) {
    self.init(
      file: try OutputFile(path: path, overwrite: overwrite), bufferByteCount: bufferByteCount)
    // Nothing of our own until a section header has been copied.
    isBigEndian = true
    fastEnd = 0
  }

  deinit {
    if pendingByteCount > 0, let writeBehind, let fileBehind {
      if writeBehind.settle(fileBehind).code != 0 { return }
    }
    if failure == nil, file.descriptor >= 0 {
      _ = buffer.write(heldBatch, to: file.descriptor)
    }
  }
}

extension PcapngWriter: @unchecked Sendable {}

// MARK: - Packets

extension PcapngWriter {
  /// Writes a packet as an enhanced packet block.
  ///
  /// Options come in the order comment, flags, packet id, verdict; each is left out when there is
  /// nothing to say. A packet longer than 262,144 bytes and a comment longer than 65,535 are cut.
  ///
  /// - Parameters:
  ///   - bytes: What was captured.
  ///   - interface: What `add(_:)` returned for the interface.
  ///   - time: Nanoseconds since the Unix epoch; the format knows no earlier time than that.
  ///   - originalByteCount: Length of the packet on the wire, of which `bytes` may be the beginning.
  ///   - flags: Which way the packet went.
  ///   - packetID: The same for one packet on every interface that saw it.
  ///   - comment: UTF-8 text; empty is none.
  ///   - verdict: What became of the packet.
  /// - Precondition: the interface belongs to this section.
  public mutating func write(
    _ bytes: RawSpan, interface: UInt32, time: Int64, originalByteCount: Int, flags: PacketFlags,
    packetID: UInt64?, comment: RawSpan, verdict: PacketVerdict? = nil
  ) {
    precondition(interface < interfaceCount, "no such interface")
    let captured = min(bytes.byteCount, PcapngFormat.snapshotLength)
    let packetEnd = Layout.packet + PcapngFormat.padded(captured)
    var options = 0
    if comment.byteCount > 0 {
      options = 4 + PcapngFormat.padded(min(comment.byteCount, PcapngFormat.longestOption))
    }
    if flags.rawValue != 0 { options += Layout.flagsByteCount }
    if packetID != nil { options += Layout.packetIDByteCount }
    if verdict != nil { options += Layout.verdictByteCount }
    if options > 0 { options += Layout.endOfOptionsByteCount }
    let total = packetEnd + options + Layout.trailerByteCount
    if total > fastEnd - buffer.used {
      precondition(!isBigEndian, Self.foreignSection)
      guard makeRoom(for: total) else {
        discardedPacketCount += 1
        return
      }
    }
    let stamp = max(0, hasTimeOffsets ? time &- timeOffsets[Int(interface)] : time)
    let block = unsafe buffer.end
    // The words that hold padding come first, so that what follows overwrites what is not padding.
    unsafe block.store(0 as UInt32, at: packetEnd - 4)
    unsafe block.store(UInt64(total) << 32 | 6, at: 0)
    // The upper half of the time comes before the lower one, in either byte order.
    unsafe block.store(interface, at: 8)
    unsafe block.store(UInt32(truncatingIfNeeded: stamp >> 32), at: 12)
    unsafe block.store(
      UInt64(UInt32(truncatingIfNeeded: stamp)) | UInt64(captured) << 32, at: 16)
    unsafe block.store(UInt32(clamping: max(originalByteCount, captured)), at: 24)
    unsafe block.copy(bytes, captured, at: Layout.packet)
    var at = packetEnd
    if options > 0 {
      if comment.byteCount > 0 {
        at = unsafe Self.writeComment(comment, to: block, at: at)
      }
      if flags.rawValue != 0 {
        unsafe block.store(UInt64(flags.rawValue) << 32 | 4 << 16 | 2, at: at)
        at += Layout.flagsByteCount
      }
      if let packetID {
        unsafe block.store(8 << 16 | 5 as UInt32, at: at)
        unsafe block.store(packetID, at: at + 4)
        at += Layout.packetIDByteCount
      }
      if let verdict {
        // One octet for the judge, eight for the value, three of padding.
        unsafe block.store(UInt64(verdict.judge.rawValue) << 32 | 9 << 16 | 7, at: at)
        unsafe block.store(0 as UInt32, at: at + 12)
        unsafe block.store(verdict.value, at: at + 5)
        at += Layout.verdictByteCount
      }
      unsafe block.store(0 as UInt32, at: at)
      at += Layout.endOfOptionsByteCount
    }
    unsafe block.store(UInt32(total), at: at)
    buffer.advance(by: total)
    heldPacketCount += 1
  }

  /// Writes a packet without comment or verdict.
  ///
  /// - Parameters:
  ///   - bytes: What was captured.
  ///   - interface: What `add(_:)` returned for the interface.
  ///   - time: Nanoseconds since the Unix epoch.
  ///   - originalByteCount: Length of the packet on the wire, of which `bytes` may be the beginning.
  ///   - flags: Which way the packet went.
  ///   - packetID: The same for one packet on every interface that saw it.
  public mutating func write(
    _ bytes: RawSpan, interface: UInt32, time: Int64, originalByteCount: Int,
    flags: PacketFlags = .none, packetID: UInt64? = nil
  ) {
    write(
      bytes, interface: interface, time: time, originalByteCount: originalByteCount, flags: flags,
      packetID: packetID, comment: RawSpan(), verdict: nil)
  }

  /// Takes back the packet written last, so that it can be written again with more to say.
  ///
  /// - Returns: `false` if something else was written since, or the file cannot be written.
  public mutating func withdrawLastPacket() -> Bool {
    guard failure == nil, heldPacketCount > 0, buffer.used >= 12 else { return false }
    // Every block ends with its length, and the last one is still in the buffer.
    let total = Int(buffer.word(at: buffer.used - 4, bigEndian: isBigEndian))
    guard total <= buffer.used,
      buffer.word(at: buffer.used - total, bigEndian: isBigEndian)
        == PcapngBlockType.enhancedPacket.rawValue
    else { return false }
    buffer.removeLast(total)
    heldPacketCount -= 1
    return true
  }

  /// Offsets and lengths in an enhanced packet block, in bytes.
  private enum Layout {
    static let packet = 28
    static let flagsByteCount = 8
    static let packetIDByteCount = 12
    static let verdictByteCount = 16
    static let endOfOptionsByteCount = 4
    static let trailerByteCount = 4
  }

  /// Writes a comment option.
  ///
  /// - Returns: Where the next option goes.
  @inline(__always)
  private static func writeComment(
    _ comment: RawSpan, to block: UnsafeMutableRawPointer, at offset: Int
  ) -> Int {
    var count = comment.byteCount
    if count > PcapngFormat.longestOption {
      count = PcapngFormat.longestOption
      // Do not cut a character in two: its later bytes all begin with the bits 10.
      while count > 0,
        unsafe comment.unsafeLoad(fromByteOffset: count, as: UInt8.self) & 0xc0 == 0x80
      {
        count -= 1
      }
    }
    let end = offset + 4 + PcapngFormat.padded(min(comment.byteCount, PcapngFormat.longestOption))
    unsafe block.store(0 as UInt32, at: end - 4)
    unsafe block.store(UInt32(count) << 16 | 1, at: offset)
    unsafe block.copy(comment, count, at: offset + 4)
    return end
  }
}

// MARK: - Other blocks

extension PcapngWriter {
  /// Begins another section; its interfaces count from 0 again.
  public mutating func add(_ section: SectionHeader) {
    isBigEndian = false
    fastEnd = failure == nil ? buffer.capacity : 0
    interfaceCount = 0
    hasTimeOffsets = false
    timeOffsets.removeAll()
    append(section.block)
  }

  /// Adds an interface to the section.
  ///
  /// A time offset that 64-bit nanoseconds cannot say is left out.
  ///
  /// - Returns: The number that packets refer to it by.
  public mutating func add(_ interface: InterfaceDescription) -> UInt32 {
    var interface = interface
    var offset = interface.timeOffset.multipliedReportingOverflow(by: 1_000_000_000)
    if offset.overflow {
      interface.timeOffset = 0
      offset.partialValue = 0
    }
    append(interface.block)
    timeOffsets.append(offset.partialValue)
    hasTimeOffsets = hasTimeOffsets || offset.partialValue != 0
    interfaceCount += 1
    return interfaceCount - 1
  }

  /// Adds names; before the packets, because tshark uses them only from here on.
  public mutating func add(_ names: NameResolution) {
    append(names.block)
  }

  /// Adds keys; before the packets, because a key after them decrypts nothing.
  public mutating func add(_ secrets: DecryptionSecrets) {
    append(secrets.block)
  }

  /// Adds counters of an interface.
  ///
  /// - Precondition: the interface belongs to this section.
  public mutating func add(_ statistics: InterfaceStatistics) {
    precondition(timeOffsets.indices.contains(statistics.interface), "no such interface")
    append(statistics.block(timeOffset: timeOffsets[statistics.interface]))
  }

  public mutating func add(_ custom: CustomBlock) {
    append(custom.block)
  }

  private mutating func append(_ block: consuming BlockBuilder) {
    let bytes = block.finish()
    precondition(!isBigEndian, Self.foreignSection)
    unsafe appendRaw(bytes.span.bytes)
  }
}

// MARK: - Copying

extension PcapngWriter {
  /// Copies a whole block, as ``PcapngBlockReader`` delivers it, byte for byte.
  ///
  /// A copied section header starts a section, whose byte order the file keeps; blocks of this
  /// writer's own can be added to it only if that is little-endian.
  ///
  /// - Precondition: `bytes` is exactly one block, its two lengths included.
  public mutating func copy(_ bytes: RawSpan, of block: PcapngBlock) {
    precondition(bytes.byteCount == block.byteCount, "not this block's bytes")
    switch block.type {
    case .sectionHeader:
      isBigEndian = block.isBigEndian
      if buffer.used == 0 { startsBigEndian = isBigEndian }
      fastEnd = failure == nil && !isBigEndian ? buffer.capacity : 0
      interfaceCount = 0
      hasTimeOffsets = false
      timeOffsets.removeAll()
    case .interfaceDescription:
      timeOffsets.append(0)
      interfaceCount += 1
    default: break
    }
    guard appendRaw(bytes) else {
      if block.type.isPacket { discardedPacketCount += 1 }
      return
    }
    if block.type.isPacket { heldPacketCount += 1 }
  }

  /// Adds complete blocks to the buffer.
  ///
  /// - Returns: Whether they will get into the file, as far as we know.
  @discardableResult
  mutating func appendRaw(_ bytes: RawSpan) -> Bool {
    guard makeRoom(for: bytes.byteCount) else { return false }
    buffer.append(bytes)
    return true
  }
}

// MARK: - The file

extension PcapngWriter {
  /// Makes sure that `byteCount` more bytes fit into the buffer, by growing or emptying it.
  ///
  /// - Returns: `false` if the file can no longer be written.
  @inline(never)
  private mutating func makeRoom(for byteCount: Int) -> Bool {
    guard failure == nil else { return false }
    if buffer.capacity - buffer.used >= byteCount { return true }
    if buffer.capacity < bufferLimit {
      // Up to the usual size at once: room that is never used is only address space.
      let enough = max(2 * buffer.capacity, buffer.used + byteCount, Self.usualCapacity)
      grow(to: min(enough, bufferLimit))
      if buffer.capacity - buffer.used >= byteCount { return true }
    }
    flush()
    guard failure == nil else { return false }
    // A single block larger than the limit: rare, and better than refusing it.
    if byteCount > buffer.capacity { grow(to: byteCount) }
    return true
  }

  private mutating func grow(to byteCount: Int) {
    buffer.grow(to: byteCount)
    fastEnd = isBigEndian ? 0 : byteCount
  }

  /// Has full buffers written by another thread from now on, where this one need not wait for it.
  ///
  /// A failure then shows some buffers later, at the latest in ``finish()``.
  public mutating func write(behind thread: WriteBehind?) {
    settle()
    writeBehind = thread
    fileBehind = thread == nil ? nil : FileBehind(descriptor: file.descriptor)
  }

  /// What there is to know about the buffer.
  private var heldBatch: WriteBatch {
    WriteBatch(packetCount: heldPacketCount, startsBigEndian: startsBigEndian)
  }

  /// Hands everything collected so far to the file, or to the thread that writes it.
  public mutating func flush() {
    guard failure == nil, buffer.used > 0 else { return }
    let (batch, byteCount, capacity) = (heldBatch, buffer.used, buffer.capacity)
    heldPacketCount = 0
    startsBigEndian = isBigEndian
    if let writeBehind, let fileBehind {
      pendingByteCount += byteCount
      pendingPacketCount += batch.packetCount
      account(writeBehind.submit(&buffer, batch, to: fileBehind))
      if buffer.capacity < capacity { buffer.grow(to: capacity) }
      if failure == nil {
        fastEnd = isBigEndian ? 0 : buffer.capacity
      } else {
        // What else is on its way is lost, and is counted now.
        settle()
      }
    } else {
      let outcome = buffer.write(batch, to: file.descriptor)
      account(batch.packetCount, outcome.byteCount, outcome.packetCount, outcome.code)
      buffer.removeAll()
    }
  }

  /// Waits for what the other thread has got, if any, and takes note of what became of it.
  private mutating func settle() {
    guard pendingByteCount > 0, let writeBehind, let fileBehind else { return }
    account(writeBehind.settle(fileBehind))
  }

  private mutating func account(_ report: WriteReport) {
    pendingByteCount -= report.byteCount
    pendingPacketCount -= report.packetCount
    account(
      report.packetCount, report.writtenByteCount, report.writtenPacketCount, report.code)
    guard failure != nil else { return }
    // What was collected meanwhile would leave a gap.
    discardedPacketCount += heldPacketCount
    heldPacketCount = 0
    buffer.removeAll()
  }

  private mutating func account(
    _ packets: UInt64, _ writtenByteCount: Int, _ writtenPackets: UInt64, _ code: Int32
  ) {
    flushedByteCount += UInt64(writtenByteCount)
    flushedPacketCount += writtenPackets
    discardedPacketCount += packets - writtenPackets
    if code != 0 && failure == nil { fail(code) }
  }

  private mutating func fail(_ code: Int32) {
    failure = .cannotWrite(
      path: file.path, code: code, safePackets: flushedPacketCount,
      safeByteCount: flushedByteCount)
    fastEnd = 0
  }

  /// Writes what is held back and closes the file.
  ///
  /// - Throws: ``failure``, if there is one.
  public consuming func finish() throws(CaptureFileError) {
    flush()
    settle()
    let code = file.close()
    if failure == nil && code != 0 { fail(code) }
    if let failure { throw failure }
  }
}
