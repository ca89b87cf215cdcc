import CLibpcap
import Glibc

/// Writes a classic pcap file through libpcap.
///
/// Writing never throws: the first refusal of the system is kept in ``failure``, the file is cut
/// back to its last complete record, and what comes later is discarded and counted. A writer that
/// goes away without ``finish()`` still writes what it holds.
///
/// A process whose pipe was closed or whose file reached `RLIMIT_FSIZE` is killed by a signal unless
/// it ignores `SIGPIPE` and `SIGXFSZ`; doing that is the program's business.
@safe
public struct PcapWriter: ~Copyable {
  /// What the fraction of a record's time counts.
  public enum Precision: Sendable {
    case microseconds
    case nanoseconds
  }

  private var file: OutputFile
  private let precision: Precision
  private let handle: OpaquePointer
  /// What libpcap writes to, or `nil` once it is closed.
  private var dumper: OpaquePointer?
  /// The stream's buffer, large enough that the stream writes only when told to.
  ///
  /// So a failure shows up in one place.
  private let streamBuffer: UnsafeMutablePointer<CChar>
  /// Lengths of the records that the stream holds back, in bytes.
  private var heldRecords: [Int] = []
  private var heldByteCount = fileHeaderByteCount
  private var flushedByteCount: UInt64 = 0
  private var flushedPacketCount: UInt64 = 0

  /// Why the file could not be written, if so: the first reason counts.
  public private(set) var failure: CaptureFileError?
  /// Packets that came after ``failure`` or were lost with it.
  public private(set) var discardedPacketCount: UInt64 = 0

  /// Length of the file so far, in bytes, including what is still held back.
  public var byteCount: UInt64 { flushedByteCount + UInt64(heldByteCount) }
  /// Packets written so far, including those still held back; after a failure, those safe in the
  /// file.
  public var packetCount: UInt64 { flushedPacketCount + UInt64(heldRecords.count) }

  private static let fileHeaderByteCount = 24
  private static let recordHeaderByteCount = 16
  /// Holds the longest record twice.
  private static let bufferByteCount = 1 << 19

  /// Creates a file.
  ///
  /// - Parameters:
  ///   - path: Where to create the file.
  ///   - linkType: What the packets begin with.
  ///   - precision: Nanoseconds unless the reader is known not to understand them.
  ///   - overwrite: Whether an existing file is emptied; otherwise it is an error.
  /// - Throws: ``CaptureFileError/cannotOpen(path:code:)``.
  public init(
    path: String, linkType: LinkType = .ethernet, precision: Precision = .nanoseconds,
    overwrite: Bool = false
  ) throws(CaptureFileError) {
    try self.init(
      file: OutputFile(path: path, overwrite: overwrite), linkType: linkType,
      precision: precision)
  }

  /// Writes to a descriptor that is open for writing, such as standard output.
  ///
  /// - Parameters:
  ///   - fileDescriptor: Where to write.
  ///   - name: What messages call it.
  ///   - linkType: What the packets begin with.
  ///   - precision: Nanoseconds unless the reader is known not to understand them.
  ///   - closing: Whether the writer closes the descriptor at the end.
  /// - Throws: ``CaptureFileError/cannotOpen(path:code:)`` if the process has too many files open.
  public init(
    fileDescriptor: Int32, name: String = "standard output", linkType: LinkType = .ethernet,
    precision: Precision = .nanoseconds, closing: Bool = false
  ) throws(CaptureFileError) {
    try self.init(
      file: OutputFile(descriptor: fileDescriptor, name: name, owned: closing),
      linkType: linkType, precision: precision)
  }

  private init(
    file: consuming OutputFile, linkType: LinkType, precision: Precision
  ) throws(CaptureFileError) {
    // The stream gets a descriptor of its own, which can be pointed elsewhere after a failure.
    let descriptor = file.duplicate()
    guard descriptor >= 0, let stream = unsafe fdopen(descriptor, "w") else {
      throw .cannotOpen(path: file.path, code: errno)
    }
    let units =
      precision == .nanoseconds ? PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO
    guard
      let handle = unsafe pcap_open_dead_with_tstamp_precision(
        linkType.dataLinkType, Int32(PcapngFormat.snapshotLength), UInt32(units))
    else {
      unsafe fclose(stream)
      throw .cannotOpen(path: file.path, code: ENOMEM)
    }
    let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: Self.bufferByteCount)
    unsafe setvbuf(stream, buffer, _IOFBF, Self.bufferByteCount)
    guard let dumper = unsafe pcap_dump_fopen(handle, stream) else {
      let message = unsafe String(cString: pcap_geterr(handle))
      unsafe fclose(stream)
      unsafe buffer.deallocate()
      unsafe pcap_close(handle)
      throw .refusedByLibpcap(path: file.path, offset: 0, message: message)
    }
    unsafe self.handle = handle
    unsafe self.dumper = dumper
    unsafe streamBuffer = buffer
    self.file = file
    self.precision = precision
  }

  deinit {
    if failure == nil { _ = writeOut() }
    if let dumper = unsafe dumper { unsafe pcap_dump_close(dumper) }
    unsafe pcap_close(handle)
    unsafe streamBuffer.deallocate()
  }

  /// Adds a packet; one longer than 262,144 bytes is cut.
  ///
  /// - Parameters:
  ///   - bytes: What was captured.
  ///   - time: Nanoseconds since the Unix epoch; the format goes from there to 2106.
  ///   - originalByteCount: Length of the packet on the wire, of which `bytes` may be the beginning.
  public mutating func write(_ bytes: RawSpan, time: Int64, originalByteCount: Int) {
    let captured = min(bytes.byteCount, PcapngFormat.snapshotLength)
    let length = Self.recordHeaderByteCount + captured
    if heldByteCount + length > Self.bufferByteCount { flush() }
    guard failure == nil, let dumper = unsafe dumper else {
      discardedPacketCount += 1
      return
    }
    let (seconds, nanoseconds) = max(0, time).quotientAndRemainder(dividingBy: 1_000_000_000)
    var header = pcap_pkthdr()
    header.ts.tv_sec = Int(min(seconds, Int64(UInt32.max)))
    header.ts.tv_usec = Int(precision == .nanoseconds ? nanoseconds : nanoseconds / 1000)
    header.caplen = UInt32(captured)
    header.len = UInt32(clamping: max(originalByteCount, captured))
    unsafe bytes.withUnsafeBytes { buffer in
      let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      // libpcap takes the dumper under the type of a callback's context.
      unsafe pcap_dump(UnsafeMutablePointer(dumper), &header, start)
    }
    heldByteCount += length
    heldRecords.append(length)
  }

  /// Hands everything collected so far to the file.
  public mutating func flush() {
    guard failure == nil, heldByteCount > 0 else { return }
    let (complete, code) = writeOut()
    flushedByteCount += UInt64(complete.byteCount)
    flushedPacketCount += UInt64(complete.packets)
    discardedPacketCount += UInt64(heldRecords.count - complete.packets)
    if code != 0 {
      failure = .cannotWrite(
        path: file.path, code: code, safePackets: flushedPacketCount,
        safeByteCount: flushedByteCount)
    }
    heldByteCount = 0
    heldRecords.removeAll(keepingCapacity: true)
  }

  /// Writes what the stream holds, of which the file keeps only complete records if that fails.
  ///
  /// - Returns: What the file has got, and the `errno` if that is not everything.
  private func writeOut() -> (complete: (byteCount: Int, packets: Int), code: Int32) {
    guard let dumper = unsafe dumper else { return ((0, 0), 0) }
    let start = file.position
    if unsafe pcap_dump_flush(dumper) == 0 { return ((heldByteCount, heldRecords.count), 0) }
    let code = errno
    // The stream still holds what it could not write and would try again when closed.
    if let stream = unsafe pcap_dump_file(dumper) {
      let nowhere = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
      unsafe dup2(nowhere, fileno(stream))
      close(nowhere)
    }
    let written = start < 0 ? 0 : file.position - start
    let complete = completeRecords(in: written)
    OutputFile.cutBack(file.descriptor, by: written - complete.byteCount)
    return (complete, code)
  }

  /// How much of the first `byteCount` bytes held back is complete records.
  private func completeRecords(in byteCount: Int) -> (byteCount: Int, packets: Int) {
    // What the first part holds besides records is the file header.
    var end = heldByteCount - heldRecords.reduce(0, +)
    guard end <= byteCount else { return (0, 0) }
    var packets = 0
    for length in heldRecords {
      guard end + length <= byteCount else { break }
      end += length
      packets += 1
    }
    return (end, packets)
  }

  /// Writes what is held back and closes the file.
  ///
  /// - Throws: ``failure``, if there is one.
  public consuming func finish() throws(CaptureFileError) {
    flush()
    if let dumper = unsafe dumper { unsafe pcap_dump_close(dumper) }
    unsafe dumper = nil
    let code = file.close()
    if failure == nil && code != 0 {
      failure = .cannotWrite(
        path: file.path, code: code, safePackets: flushedPacketCount,
        safeByteCount: flushedByteCount)
    }
    if let failure { throw failure }
  }
}

extension PcapWriter: @unchecked Sendable {}
